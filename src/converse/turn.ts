import { isBrowser } from '../credentials/runtime.js';

/**
 * A stream whose bytes have arrived never waits, so a few of them could keep timers, sockets and rendering from running.
 * The streams therefore take the event loop in shares:
 *
 *     |- share: up to 12 ms, 8192 events, 4 new requests -|- the loop turns -|- share -|- the loop turns -| ...
 *
 * When a share ends, every stream waits for a later turn of the loop, and they continue oldest first. Streams share numbers,
 * never a promise or a timer: in a Worker those die with the request that made them, and the others would hang.
 */

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

/** What the scheduler needs from the runtime. */
export interface Surroundings {
  /** The time in milliseconds. */
  now(): number;
  /** Runs a task in a later turn of the event loop, after everything already queued. */
  later(task: () => void): void;
}

/** One stream's turns of the event loop. */
export interface Turns {
  /** Whether another event may be delivered before the loop has turned. */
  mayRead(): boolean;
  /** Whether a request may start before the loop has turned. */
  mayStart(): boolean;
  /** Resolves in a later turn of the loop, when the stream may continue. */
  next(): Promise<void>;
}

/** The class whose instances share one event loop. */
export function shareLoop({ now, later }: Surroundings): new () => Turns {
  /** Counts the shares. */
  let share = 0;
  /** When this share ends; 0 once the loop has turned since it began. */
  let ends = 0;
  let isOver = false;
  /** Counts the turns of the loop in which a stream waits: a stream that wakes is in a later one than before. */
  let turn = 0;
  /** The turn in which this share began, and the one in which the last ended. */
  let begunIn = 0;
  let endedIn = 0;
  let events = 0;
  let starts = 0;
  /** The streams that wait, oldest first: the turn in which each was last awake, by ticket. */
  const waiting = new Map<number, number>();
  let lastTicket = 0;

  /** The ticket of the stream that has waited longest. Forgets those that have not woken: their requests are over. */
  function oldest(): number | undefined {
    for (const [ticket, awakeIn] of waiting) {
      if (awakeIn >= turn - PATIENCE) return ticket;
      waiting.delete(ticket);
    }
    return undefined;
  }

  function end(): void {
    isOver = true;
    endedIn = turn;
  }

  function begin(): void {
    share += 1;
    const own = share;
    begunIn = turn;
    isOver = false;
    events = 0;
    starts = 0;
    ends = now() + SHARE_MS;
    later(() => {
      if (share === own && !isOver) ends = 0;
    });
  }

  return class {
    /** Events delivered since the stream last waited. */
    #events = 0;

    mayRead(): boolean {
      if (isOver || (this.#events >= PART_EVENTS && waiting.size > 0)) return false;
      events += 1;
      this.#events += 1;
      if ((events & (LOOK_EVERY - 1)) !== 0) return true;
      if (ends === 0) begin();
      else if (events >= SHARE_EVENTS || now() >= ends) end();
      return !isOver;
    }

    mayStart(): boolean {
      if (isOver) return false;
      if (ends === 0) begin();
      if (starts >= SHARE_STARTS) return false;
      starts += 1;
      if (now() >= ends) end();
      return !isOver;
    }

    async next(): Promise<void> {
      this.#events = 0;
      lastTicket += 1;
      const ticket = lastTicket;
      do {
        const before = turn;
        waiting.set(ticket, before);
        await new Promise<void>(later);
        turn = Math.max(turn, before + 1);
        const isFirst = oldest() === ticket;
        if (isOver) {
          if (isFirst && turn > endedIn) begin();
        } else if (turn > begunIn) {
          // The stream that began the share may be gone, together with the task that would do this.
          ends = 0;
        }
      } while (isOver);
      waiting.delete(ticket);
    }
  };
}

/** All streams of the process share its event loop. The clock is the one at load: fake timers do not stop it. */
export const Turns = shareLoop({ now: Date.now, later: macrotask() });

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
