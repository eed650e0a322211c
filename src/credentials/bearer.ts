import type { BearerToken, CredentialProvider } from '../types.js';
import { apiKeyExpiration } from './api-key.js';

/**
 * A Bedrock API key, or a function that returns one. A short-term key contains its expiry time: the function is called again
 * shortly before that. For a key whose expiry is not known, it is called before every request.
 *
 * @example
 * ```ts
 * import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   credentials: fromBearerToken(async () => {
 *     const response = await fetch('/bedrock-key', { method: 'POST' });
 *     if (!response.ok) throw new Error(`The server sent no key: it answered with ${response.status}.`);
 *     return response.text();
 *   }),
 * });
 * ```
 */
export function fromBearerToken(
  token: string | BearerToken | (() => string | BearerToken | PromiseLike<string | BearerToken>),
): CredentialProvider {
  return async () => {
    const given = await (typeof token === 'function' ? token() : token);
    if (typeof given !== 'string') return given;
    const expiration = apiKeyExpiration(given);
    return expiration === undefined ? { token: given } : { token: given, expiration };
  };
}
