import { type Join, startFlight } from '../flight.js';
import { canSharePromises } from '../runtime.js';
import type { StorageLike } from '../types.js';

const flights = new WeakMap<StorageLike, Map<string, Join<unknown>>>();

/**
 * Sends one request for all callers that need the same list for the same storage at the same time. Not on Workers, where one
 * request must not wait for the I/O of another.
 */
export function shareRequest<Found>(
  key: string,
  storage: StorageLike,
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<Found>,
): Promise<Found> {
  const ofStorage = flights.get(storage) ?? new Map<string, Join<unknown>>();
  flights.set(storage, ofStorage);
  const shared = canSharePromises() ? ofStorage.get(key) : undefined;
  if (shared !== undefined) return shared(signal) as Promise<Found>;
  const flight = startFlight(
    (controller) => request(controller.signal),
    () => {
      if (ofStorage.get(key) === flight) ofStorage.delete(key);
    },
  );
  ofStorage.set(key, flight);
  return flight(signal);
}
