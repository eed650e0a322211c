import { canSharePromises } from '../runtime.js';
import type { Abort } from '../transport/abort.js';
import type { StorageLike } from '../types.js';

/** A request in progress. */
interface Flight {
  answer: Promise<unknown>;
  waiting: number;
  controller: AbortController;
}

const flights = new WeakMap<StorageLike, Map<string, Flight>>();

/**
 * Shares a request among callers that would send the same one for the same storage at the same time. Each caller stops
 * waiting at its own abort; the request itself is aborted when no caller is left. Not on Workers, where one request must not
 * wait for the I/O of another.
 */
export async function shareRequest<Found>(
  key: string,
  storage: StorageLike,
  abort: Abort,
  request: (signal: AbortSignal) => Promise<Found>,
): Promise<Found> {
  if (!canSharePromises()) return abort.race(request(abort.signal));
  const ofStorage = flights.get(storage) ?? new Map<string, Flight>();
  flights.set(storage, ofStorage);
  let flight = ofStorage.get(key);
  if (flight === undefined) {
    const controller = new AbortController();
    flight = { answer: request(controller.signal), waiting: 0, controller };
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
