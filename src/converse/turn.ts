import { isBrowser } from '../credentials/runtime.js';

/**
 * Streams that read what has arrived never wait, so that together they would keep timers, sockets and rendering from
 * running. Here they share the event loop: after a while all of them wait for its next turn, and go on in the order in
 * which they came. Only numbers are shared: where a promise or timer of one request can die with it, every other
 * stream still has its own to wake it.
 */

/** How long the streams together may keep the loop, in milliseconds. */
const SHARE_MS = 8;
/** As many events end a share too, where the clock stands still while code runs. */
const SHARE_EVENTS = 2048;
/** Requests that begin in one share: signing and fetching take long beside an event. */
const SHARE_STARTS = 4;
/** Events between two looks at the clock. A power of two. */
const LOOK_EVERY = 16;

/** Counts the shares. */
let share = 0;
/** When this share ends; 0 where the loop has turned since it began. */
let ends = 0;
let isOver = false;
let events = 0;
let starts = 0;
/** Those who wait have a number, and are served in its order. */
let lastTicket = 0;
let serving = 1;

/** Whether another event may be handed out before the loop has turned. */
export function mayRead(): boolean {
  if (isOver) return false;
  events += 1;
  if ((events & (LOOK_EVERY - 1)) !== 0) return true;
  if (ends === 0) begin();
  else isOver = events >= SHARE_EVENTS || Date.now() >= ends;
  return !isOver;
}

/** Whether another request may begin before the loop has turned. */
export function mayStart(): boolean {
  if (isOver) return false;
  if (ends === 0) begin();
  starts += 1;
  isOver = starts > SHARE_STARTS || Date.now() >= ends;
  return !isOver;
}

/** Resolves in a later turn of the loop, when it is the caller's turn to go on. */
export async function nextTurn(): Promise<void> {
  lastTicket += 1;
  const ticket = lastTicket;
  let turnsWithoutShare = 0;
  while (isOver) {
    const before = share;
    await new Promise<void>(later);
    turnsWithoutShare = share === before ? turnsWithoutShare + 1 : 0;
    if (isOver && (turnsWithoutShare > 1 || (turnsWithoutShare === 1 && ticket === serving))) begin();
  }
  if (serving <= ticket) serving = ticket + 1;
}

function begin(): void {
  share += 1;
  const own = share;
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

function macrotask(): Schedule {
  const { setImmediate, setTimeout } = globalThis as typeof globalThis & { setImmediate?: Schedule };
  if (setImmediate !== undefined) return (task) => setImmediate(task);
  if (!isBrowser() || typeof MessageChannel !== 'function') return (task) => void setTimeout(task);
  let port: MessagePort | undefined;
  const tasks: (() => void)[] = [];
  return (task) => {
    port ??= ring(() => tasks.shift()?.());
    tasks.push(task);
    port.postMessage(0);
  };
}

/** A port whose messages call back; timers of pages are held up to 4 ms, messages are not. */
function ring(callback: () => void): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  return port2;
}
