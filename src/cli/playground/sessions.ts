import { createHash, randomBytes } from 'node:crypto';

/** Sessions of pages that came with a token from the terminal: only they may use the credentials behind the page. */
export interface Sessions {
  /** The token that is good for the next page. */
  token(): string;
  /** Takes a token, once, and returns the key of a new session; undefined for any other text. */
  open(token: string): string | undefined;
  /** Whether a request with this header belongs to a session. */
  allows(authorization: string | null): boolean;
}

/** @param onOpen Called when a token was used: there is a new one. */
export function createSessions(onOpen: () => void): Sessions {
  let token = makeSecret();
  // Looking up a hash takes the same time for all wrong texts.
  const keys = new Set<string>();
  return {
    token: () => token,
    open(given) {
      if (hashOf(given) !== hashOf(token)) return undefined;
      token = makeSecret();
      const key = makeSecret();
      keys.add(hashOf(key));
      onOpen();
      return key;
    },
    allows(authorization) {
      const [, key] = /^Bearer (\S{1,200})$/.exec(authorization ?? '') ?? [];
      return key !== undefined && keys.has(hashOf(key));
    },
  };
}

function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
