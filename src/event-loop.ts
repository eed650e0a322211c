import { isBrowser } from './runtime.js';

/** How long the streams together may keep the loop, in milliseconds. */
const SHARE_MS = 12;
/** This many events also end a share, for runtimes whose clock stands still while code runs. */
const SHARE_EVENTS = 8192;
/** Requests that may start in one share: signing and fetching take long compared with an event. */
const SHARE_STARTS = 4;
/** Events between two looks at the clock. A power of two. */
const LOOK_EVERY = 16;

/** A stream that has not woken for more turns than this is gone. */
const PATIENCE = 2;
/** Events that one stream may deliver before waiting streams get their turn. */
const PART_EVENTS = 128;

/** What sharing needs from the runtime. */
export interface Surroundings {
  /** The time in milliseconds. */
  now(): number;
  /** Runs a task in a later turn of the event loop, after everything already queued. */
  later(task: () => void): void;
}

/**
 * A stream whose bytes have arrived never waits, so a few of them could keep timers, sockets and rendering from running.
 * All streams of a process therefore share the event loop:
 *
 *     closed --- a stream reads or starts ---> open --- 12 ms, 8192 events or 4 new requests ---> spent
 *       ^                                       |                                                   |
 *       +--------- the loop has turned ---------+                        every stream waits; in a later turn
 *                                               ^------------------- the one that waited longest opens a share
 *
 * Streams share numbers, never a promise or a timer: in a Worker those die with the request that made them, and the other
 * streams would hang.
 */
export class LoopShare {
  readonly #now: () => number;
  readonly #later: (task: () => void) => void;
  /** Counts the shares. */
  #share = 0;
  /** When an open share ends; 0 when it is closed. */
  #ends = 0;
  #isSpent = false;
  /** Counts the turns of the loop in which a stream waits: a stream that wakes is in a later one than before. */
  #turn = 0;
  /** The turn in which this share began, and the one in which the last was spent. */
  #begunIn = 0;
  #spentIn = 0;
  #events = 0;
  #starts = 0;
  /** The streams that wait, oldest first: the turn in which each was last awake, by ticket. */
  readonly #waiting = new Map<number, number>();
  #lastTicket = 0;

  constructor({ now, later }: Surroundings) {
    this.#now = now;
    this.#later = later;
  }

  /** Takes room for an event of a stream that has delivered this many since it last waited. */
  takeEvent(delivered: number): boolean {
    if (this.#isSpent || (delivered >= PART_EVENTS && this.#waiting.size > 0)) return false;
    this.#events += 1;
    if ((this.#events & (LOOK_EVERY - 1)) !== 0) return true;
    if (this.#ends === 0) this.#open();
    else if (this.#events >= SHARE_EVENTS || this.#now() >= this.#ends) this.#spend();
    return !this.#isSpent;
  }

  /** Takes room for a new request. */
  takeStart(): boolean {
    if (this.#isSpent) return false;
    if (this.#ends === 0) this.#open();
    if (this.#starts >= SHARE_STARTS) return false;
    this.#starts += 1;
    if (this.#now() >= this.#ends) this.#spend();
    return !this.#isSpent;
  }

  /** Resolves in a later turn of the loop, when there is room again. */
  async wait(): Promise<void> {
    this.#lastTicket += 1;
    const ticket = this.#lastTicket;
    do {
      const before = this.#turn;
      this.#waiting.set(ticket, before);
      await new Promise<void>(this.#later);
      this.#turn = Math.max(this.#turn, before + 1);
      const isFirst = this.#oldest() === ticket;
      if (this.#isSpent) {
        if (isFirst && this.#turn > this.#spentIn) this.#open();
      } else if (this.#turn > this.#begunIn) {
        // The stream that opened the share may be gone, together with the task that would close it.
        this.#ends = 0;
      }
    } while (this.#isSpent);
    this.#waiting.delete(ticket);
  }

  #open(): void {
    this.#share += 1;
    const own = this.#share;
    this.#begunIn = this.#turn;
    this.#isSpent = false;
    this.#events = 0;
    this.#starts = 0;
    this.#ends = this.#now() + SHARE_MS;
    this.#later(() => {
      if (this.#share === own && !this.#isSpent) this.#ends = 0;
    });
  }

  #spend(): void {
    this.#isSpent = true;
    this.#spentIn = this.#turn;
  }

  /** The ticket of the stream that has waited longest. Forgets those that have not woken: their requests are over. */
  #oldest(): number | undefined {
    for (const [ticket, awakeIn] of this.#waiting) {
      if (awakeIn >= this.#turn - PATIENCE) return ticket;
      this.#waiting.delete(ticket);
    }
    return undefined;
  }
}

/** All streams of the process share its event loop. The clock is the one at load: fake timers do not stop it. */
const shared = /* @__PURE__ */ new LoopShare({ now: Date.now, later: /* @__PURE__ */ macrotask() });

/** One stream's turns of the event loop. */
export class Turns {
  readonly #loop: LoopShare;
  /** Events delivered since the stream last waited. */
  #delivered = 0;

  constructor(loop: LoopShare = shared) {
    this.#loop = loop;
  }

  /** Whether another event may be delivered before the loop has turned. */
  mayRead(): boolean {
    if (!this.#loop.takeEvent(this.#delivered)) return false;
    this.#delivered += 1;
    return true;
  }

  /** Whether a request may start before the loop has turned. */
  mayStart(): boolean {
    return this.#loop.takeStart();
  }

  /** Resolves in a later turn of the loop, when the stream may continue. */
  next(): Promise<void> {
    this.#delivered = 0;
    return this.#loop.wait();
  }
}

type Schedule = (task: () => void) => void;

/**
 * Chooses by trying, at the first task: the edge sandbox of Next.js defines a `setImmediate` and a `MessageChannel` that throw
 * when called, so checking whether they are defined is not enough.
 */
function macrotask(): Schedule {
  const { setImmediate, setTimeout } = globalThis as typeof globalThis & { setImmediate: Schedule };
  const ways: Schedule[] = [(task) => setImmediate(task), (task) => void setTimeout(task)];
  // Pages delay timers by up to 4 ms, but not messages. Elsewhere an open port can keep a process alive.
  if (isBrowser()) ways.splice(1, 0, byMessage());
  let chosen: Schedule | undefined;
  return (task) => {
    if (chosen !== undefined) return chosen(task);
    let failure: unknown;
    for (const way of ways) {
      try {
        way(task);
        chosen = way;
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
}

/** Runs tasks in order, each after its own message. */
function byMessage(): Schedule {
  const tasks: (() => void)[] = [];
  let port: MessagePort | undefined;
  return (task) => {
    if (port === undefined) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => tasks.shift()?.();
      port = port2;
    }
    tasks.push(task);
    port.postMessage(0);
  };
}
