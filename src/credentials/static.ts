import { decodeText } from '../encoding.js';
import type { BearerToken, CredentialProvider, Credentials } from '../types.js';
import { fromBase64 } from '../wire/base64.js';
import type { RefreshableProvider } from './cache.js';
import { tidyKey } from './tidy-key.js';

/** What short-term API keys start with; base64 of a presigned URL follows. */
export const API_KEY_PREFIX = 'bedrock-api-key-';

/**
 * Always the same credentials.
 *
 * @example
 * ```ts
 * import { createBedrock, fromStatic } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   credentials: fromStatic({ accessKeyId: 'ASIA…', secretAccessKey: '…', sessionToken: '…' }),
 * });
 * ```
 */
export function fromStatic(credentials: Credentials): CredentialProvider {
  return async () => credentials;
}

/**
 * A Bedrock API key, or a function that returns one. A short-term key contains its expiry time: the function is called again
 * shortly before that. For a key whose expiry is not known, it is called before every request. Its `signal` aborts when no
 * call waits for the key anymore, and after five minutes.
 *
 * @example
 * ```ts
 * import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   credentials: fromBearerToken(async ({ signal }) => {
 *     const response = await fetch('/bedrock-key', { method: 'POST', signal });
 *     if (!response.ok) throw new Error(`The server sent no key: it answered with ${response.status}.`);
 *     return response.text();
 *   }),
 * });
 * ```
 */
export function fromBearerToken(
  token:
    | string
    | BearerToken
    | ((options: { signal: AbortSignal }) => string | BearerToken | PromiseLike<string | BearerToken>),
): CredentialProvider {
  const provider: RefreshableProvider = async ({ signal = new AbortController().signal } = {}) => {
    const given = await (typeof token === 'function' ? token({ signal }) : token);
    if (typeof given !== 'string') return given;
    const expiration = apiKeyExpiration(given);
    return expiration === undefined ? { token: given } : { token: given, expiration };
  };
  return provider;
}

/**
 * When a short-term Bedrock API key expires; undefined for a long-term key, which does not say.
 *
 * @example
 * ```ts
 * import { apiKeyExpiration } from 'bedrock-anywhere';
 *
 * const end = apiKeyExpiration('bedrock-api-key-…');
 * ```
 */
export function apiKeyExpiration(key: string): Date | undefined {
  const token = typeof key === 'string' ? tidyKey(key) : '';
  if (!token.startsWith(API_KEY_PREFIX)) return undefined;
  const bytes = fromBase64(token.slice(API_KEY_PREFIX.length));
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes);
  const [, year, month, day, hour, minute, second] =
    /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(text) ?? [];
  const seconds = /X-Amz-Expires=(\d+)/.exec(text)?.[1];
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(start) || seconds === undefined ? undefined : new Date(start + Number(seconds) * 1000);
}
