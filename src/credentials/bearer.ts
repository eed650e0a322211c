import type { BearerToken, CredentialProvider } from '../types.js';
import { apiKeyExpiration } from './api-key.js';

/**
 * A Bedrock API key, or a function that gives one. A short-term key tells its own end: the function is then asked anew
 * shortly before it; one whose end is not known is asked before every request.
 *
 * @example
 * ```ts
 * import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   credentials: fromBearerToken(() => fetch('/bedrock-key').then((response) => response.text())),
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
