import { inputError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { any, type Read, text } from '../input/read.js';
import { presignedQuery } from '../sign/presign.js';
import { amzDate, EMPTY_HASH } from '../sign/sigv4.js';
import type { AwsCredentials, CredentialProvider, Credentials } from '../types.js';
import { fromBase64, toBase64 } from '../wire/base64.js';
import { credentialsError, isBearer, resolveCredentials } from './resolve.js';

const PREFIX = 'bedrock-api-key-';
const HOST = 'bedrock.amazonaws.com';
const MAX_SECONDS = 43_200;

/** Options of `createApiKey()`. */
export interface ApiKeyOptions {
  /** Region that the key is good in. */
  region: string;
  /** Life of the key, in seconds. It ends earlier where the credentials do. Default and most: 43 200, 12 hours. */
  expiresInSeconds?: number | undefined;
}

/**
 * Makes a short-term Bedrock API key from AWS access keys, without a request: a server hands it to a browser, which may
 * then do with Bedrock what the keys may, in one region, until it ends. The same as AWS's own token generator makes.
 *
 * @throws BedrockError `ERR_INPUT` for a life out of range, `ERR_CREDENTIALS` when there are no access keys.
 *
 * @example
 * ```ts
 * import { createApiKey, fromEnvironment } from 'bedrock-anywhere';
 *
 * const key = await createApiKey(fromEnvironment(), { region: 'eu-central-1', expiresInSeconds: 900 });
 * ```
 */
export async function createApiKey(
  credentials: AwsCredentials | CredentialProvider,
  options: ApiKeyOptions,
): Promise<string> {
  const known = { region: text, expiresInSeconds: any } satisfies Record<keyof ApiKeyOptions, Read>;
  const { region, expiresInSeconds = MAX_SECONDS } = readOptions<ApiKeyOptions>(
    options,
    known,
    'createApiKey()',
  );
  if (!region)
    throw inputError(
      'createApiKey() needs a region: a key works in one region only. Pass { region: "us-east-1" }.',
    );
  if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= MAX_SECONDS)) {
    throw inputError(
      `expiresInSeconds is ${String(expiresInSeconds)}. Pass whole seconds from 1 to ${MAX_SECONDS}, 12 hours.`,
    );
  }
  const keys: Credentials = await resolveCredentials(credentials, Date.now());
  if (isBearer(keys)) {
    throw credentialsError(
      'An API key is made from AWS access keys; the credentials given are an API key already.',
    );
  }
  const request = {
    method: 'POST',
    path: '/',
    query: 'Action=CallWithBearerToken',
    headers: { host: HOST },
    payloadHash: EMPTY_HASH,
  };
  const scope = { amzDate: amzDate(Date.now()), region, service: 'bedrock' };
  const query = presignedQuery(request, keys, scope, expiresInSeconds);
  return PREFIX + toBase64(new TextEncoder().encode(`${HOST}/?${query}&Version=1`));
}

/**
 * When a short-term Bedrock API key ends; undefined for a long-term key, which does not tell.
 *
 * @example
 * ```ts
 * import { apiKeyExpiration } from 'bedrock-anywhere';
 *
 * const end = apiKeyExpiration('bedrock-api-key-…');
 * ```
 */
export function apiKeyExpiration(key: string): Date | undefined {
  if (!key.startsWith(PREFIX)) return undefined;
  const bytes = fromBase64(key.slice(PREFIX.length));
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const [, year, month, day, hour, minute, second] =
    /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(text) ?? [];
  const seconds = /X-Amz-Expires=(\d+)/.exec(text)?.[1];
  const start = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(start) || seconds === undefined ? undefined : new Date(start + Number(seconds) * 1000);
}
