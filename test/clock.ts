import { vi } from 'vitest';

/**
 * Stops the clock of timers; the network and promises go on. What waits for time goes on when the test says so, on any
 * machine. `vi.useRealTimers()` starts it again.
 */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
}

/** Moves the clock on, with what follows from it. */
export async function pass(ms: number): Promise<void> {
  await turns();
  await vi.advanceTimersByTimeAsync(ms);
  await turns();
}

/** Moves the clock on, timer by timer, until a promise has settled; gives the milliseconds that it took by the clock. */
export async function passUntil(promise: Promise<unknown>): Promise<number> {
  const began = performance.now();
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  // Timers may be set only after something has come over the network.
  for (; !isSettled; await turns()) await vi.advanceTimersToNextTimerAsync();
  return performance.now() - began;
}

/** Waits until it holds, without a clock: the test's own time limit ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turns();
}

/** Lets the network and promises have their say. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
