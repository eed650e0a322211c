import { BoundedMap } from '../../bounded-map.js';
import { toBase64 } from '../../wire/base64.js';
import { randomBytes } from '../random.js';

/** How many browser tabs may show the page before the oldest has to be opened again. */
const MAX_VISITORS = 64;

/** Visits with a valid token: only they see what the page shows. */
export interface Visits {
  /** The token that lets the next visitor in, once. */
  token(): string;
  /** Takes a token for a key that stays valid, and replaces the token; undefined if it is not the one of the moment. */
  admit(token: string): string | undefined;
  isAdmitted(key: string): boolean;
}

export function createVisits(): Visits {
  const keys = new BoundedMap<string, true>(MAX_VISITORS);
  let token = createToken();
  return {
    token: () => token,
    admit(given) {
      if (given !== token) return undefined;
      token = createToken();
      const key = createToken();
      keys.set(key, true);
      return key;
    },
    isAdmitted: (key) => keys.has(key),
  };
}

/** Random text that needs no escapes in an address. */
function createToken(): string {
  return toBase64(randomBytes(32)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
