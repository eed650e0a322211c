import { isBrowser } from '../credentials/runtime.js';

/**
 * Streams that read what has arrived never wait, so that together they would keep timers, sockets and rendering from
 * running. Here they share the event loop: after a while all of them wait for its next turn, and go on in the order in
 * which they came. Only numbers are shared: where a promise or timer of one request can die with it, every other
 * stream still has its own to wake it.
 */

/** How long the streams together may keep the loop, in milliseconds. */
const SHARE_MS = 12;
/** As many events end a share too, where the clock stands still while code runs. */
const SHARE_EVENTS = 8192;
/** Requests that begin in one share: signing and fetching take long beside an event. */
const SHARE_STARTS = 4;
/** Events between two looks at the clock. A power of two. */
const LOOK_EVERY = 16;

/** Turns that somebody may sleep through before he counts as gone. */
const PATIENCE = 2;
/** Events that one stream may hand out before those that wait have their turn. */
const PART_EVENTS = 128;

/** Counts the shares. */
let share = 0;
/** When this share ends; 0 where the loop has turned since it began. */
let ends = 0;
let isOver = false;
/** Counts the turns of the loop in which somebody waits: whoever wakes is in a later one than he was. */
let turn = 0;
/** The turn in which this share began, and the one in which the last ended. */
let begunIn = 0;
let endedIn = 0;
let events = 0;
let starts = 0;
/** Who waits, oldest first: by his ticket, the turn in which he was last awake. */
const waiting = new Map<number, number>();
let lastTicket = 0;

/** The turns of one stream. */
export class Turns {
  /** Handed out since the stream last waited. */
  #events = 0;

  /** Whether another event may be handed out before the loop has turned. */
  mayRead(): boolean {
    if (isOver || (this.#events >= PART_EVENTS && waiting.size > 0)) return false;
    events += 1;
    this.#events += 1;
    if ((events & (LOOK_EVERY - 1)) !== 0) return true;
    if (ends === 0) begin();
    else if (events >= SHARE_EVENTS || Date.now() >= ends) end();
    return !isOver;
  }

  /** Whether a request may begin before the loop has turned. */
  mayStart(): boolean {
    if (isOver) return false;
    if (ends === 0) begin();
    if (starts >= SHARE_STARTS) return false;
    starts += 1;
    if (Date.now() >= ends) end();
    return !isOver;
  }

  /** Resolves in a later turn of the loop, when it is the stream's turn to go on. */
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
        // Whoever began the share may be gone, and with him the task that would say this.
        ends = 0;
      }
    } while (isOver);
    waiting.delete(ticket);
  }
}

/** Who waits longest. Forgets those who have not woken: their requests are over. */
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
  ends = Date.now() + SHARE_MS;
  later(() => {
    if (share === own && !isOver) ends = 0;
  });
}

/** Runs a task in a turn of its own, behind what the loop has to do already. */
const later = macrotask();

type Schedule = (task: () => void) => void;

/**
 * Chooses by trying, at the first task: the edge sandbox of Next.js defines a `setImmediate` and a `MessageChannel` that throw
 * when they are called, so that being defined says nothing.
 */
function macrotask(): Schedule {
  const { setImmediate, setTimeout } = globalThis as typeof globalThis & { setImmediate: Schedule };
  const ways: Schedule[] = [(task) => setImmediate(task), (task) => void setTimeout(task)];
  // Timers of pages are held up to 4 ms, messages are not. Elsewhere an open port can keep a process alive.
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

/** Runs tasks in the order in which they came, each behind a message of its own. */
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
