import { Abort } from './abort.js';
import type { Bounds } from './unary.js';

/** Waits for several requests. If one fails, nobody needs the others, so they are aborted. */
export async function allOrNone<T extends readonly Promise<unknown>[]>(
  { signal, timeoutMs = 0 }: Bounds,
  start: (bounds: Bounds) => readonly [...T],
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  const abort = new Abort(signal, timeoutMs);
  try {
    return await Promise.all(start({ signal: abort.signal }));
  } catch (error) {
    abort.abort(error);
    throw error;
  } finally {
    abort.dispose();
  }
}
