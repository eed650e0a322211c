import { inWords } from '../print/duration.js';
import { type Check, ok, skip, warn } from './check.js';

/** Signatures are accepted for five minutes; what is left of them should not be used up by a clock. */
const TOLERANCE_MS = 60_000;

/** A clock that is compared with the Date headers of responses. */
export interface WatchedClock {
  /** Sends requests, and looks at the dates of their responses. */
  fetch: typeof fetch;
  check(): Check;
}

/** Watches how far this machine's clock is from that of the services. A cached response, which has an age, shows nothing. */
export function watchClock(): WatchedClock {
  let offsetMs: number | undefined;
  return {
    async fetch(input, init) {
      const sentAt = Date.now();
      const response = await globalThis.fetch(input, init);
      const date = Date.parse(response.headers.get('date') ?? '');
      // A date has no fraction of a second: on average half of one is missing.
      if (!Number.isNaN(date) && !response.headers.has('age'))
        offsetMs = date + 500 - (sentAt + Date.now()) / 2;
      return response;
    },
    check() {
      if (offsetMs === undefined) return skip('Clock', 'unknown, because no response has arrived');
      const distance = Math.abs(offsetMs);
      if (distance < TOLERANCE_MS) return ok('Clock', 'agrees with AWS');
      return warn(
        'Clock',
        `${inWords(Math.round(distance / 1000) * 1000)} ${offsetMs > 0 ? 'behind' : 'ahead of'} AWS`,
        'This library corrects that by itself, but other clients fail. Set the clock of this machine, preferably with NTP.',
      );
    },
  };
}
