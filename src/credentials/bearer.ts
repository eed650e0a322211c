import type { BearerToken, CredentialProvider } from '../types.js';

/**
 * A Bedrock API key, or a function that gives one and is asked before every request, so that it may refresh.
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
    return typeof given === 'string' ? { token: given } : given;
  };
}
