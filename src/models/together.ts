import { canSharePromises } from '../credentials/runtime.js';
import type { Abort } from '../http/abort.js';
import type { StorageLike } from '../types.js';

/** A question that is under way. */
interface Flight {
  answer: Promise<unknown>;
  waiting: number;
  controller: AbortController;
}

const flights = new WeakMap<StorageLike, Map<string, Flight>>();

/**
 * Shares a question with those who ask the same of the same storage at the same time; not on Workers. Each stops to
 * wait at an abort of its own, and the question ends when nobody waits for it any more.
 */
export async function together<Found>(
  key: string,
  storage: StorageLike,
  abort: Abort,
  question: (signal: AbortSignal) => Promise<Found>,
): Promise<Found> {
  if (!canSharePromises()) return abort.race(question(abort.signal));
  const ofStorage = flights.get(storage) ?? new Map<string, Flight>();
  flights.set(storage, ofStorage);
  let flight = ofStorage.get(key);
  if (flight === undefined) {
    const controller = new AbortController();
    flight = { answer: question(controller.signal), waiting: 0, controller };
    ofStorage.set(key, flight);
  }
  flight.waiting++;
  try {
    return (await abort.race(flight.answer)) as Found;
  } finally {
    if (--flight.waiting === 0) {
      ofStorage.delete(key);
      flight.controller.abort();
    }
  }
}
