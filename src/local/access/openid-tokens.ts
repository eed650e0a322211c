import { BoundedMap } from '../../bounded-map.js';
import { toBase64 } from '../../wire/base64.js';
import { randomBytes } from '../random.js';
import { MAX_SESSIONS } from './keys.js';

/** Whom a token is about. */
interface TokenClaims {
  identityId: string;
  identityPoolId: string;
  isGuest: boolean;
}

/** Tokens of an identity pool, which STS takes for credentials. */
export interface OpenIdTokens {
  issue(claims: TokenClaims): string;
  /** The claims of a token of this pool; undefined for any other text. */
  find(token: string): (TokenClaims & { expiresAtMs: number }) | undefined;
}

/** Source: Amazon Cognito federated identities API reference, "GetOpenIdToken": a token is valid for 10 minutes. */
const LIFE_MS = 600_000;

/** Creates tokens in the shape of those of Cognito. They are not signed with a key: only those that were issued count. */
export function createOpenIdTokens(now: () => number): OpenIdTokens {
  const issued = new BoundedMap<string, TokenClaims & { expiresAtMs: number }>(MAX_SESSIONS);
  return {
    issue(claims) {
      const expiresAtMs = now() + LIFE_MS;
      const payload = {
        sub: claims.identityId,
        aud: claims.identityPoolId,
        amr: [claims.isGuest ? 'unauthenticated' : 'authenticated'],
        iss: 'https://cognito-identity.amazonaws.com',
        exp: Math.floor(expiresAtMs / 1000),
      };
      const token = [
        encodePart({ alg: 'RS512', typ: 'JWS' }),
        encodePart(payload),
        toUrlSafe(randomBytes(64)),
      ].join('.');
      issued.set(token, { ...claims, expiresAtMs });
      return token;
    },
    find: (token) => issued.get(token),
  };
}

function encodePart(value: object): string {
  return toUrlSafe(new TextEncoder().encode(JSON.stringify(value)));
}

function toUrlSafe(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}
