import { expirationMs } from '../credentials/cache.js';
import { credentialsError, isBearer, refuseLongLived, resolveCredentials } from '../credentials/resolve.js';
import { API_KEY_PREFIX } from '../credentials/static.js';
import { encodeText } from '../encoding.js';
import { inputError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { any, flag, type Read, show, text } from '../input/read.js';
import { presignQuery } from '../sign/presign.js';
import { EMPTY_HASH, formatAmzDate } from '../sign/sigv4.js';
import { checkRegion } from '../transport/endpoint.js';
import type { AwsCredentials, CredentialProvider, Credentials } from '../types.js';
import { toBase64 } from '../wire/base64.js';

const HOST = 'bedrock.amazonaws.com';
const MAX_SECONDS = 43_200;

/** Options of `createApiKey()`. */
export interface ApiKeyOptions {
  /** The region in which the key is valid. */
  region: string;
  /** Lifetime in seconds; the key expires earlier if the credentials do. Default and maximum: 43 200, which is 12 hours. */
  expiresInSeconds?: number | undefined;
  /** Accepts access keys that never expire (`AKIA…`) in a browser, where visitors can read them. Default: false. */
  allowLongLivedKeys?: boolean | undefined;
}

/**
 * Creates a short-term Bedrock API key from AWS access keys, without a request. A server can give it to a browser, which may
 * then do with Bedrock whatever the access keys may, in one region, until the key expires. AWS's own token generator creates
 * the same keys.
 *
 * @throws BedrockError `ERR_INPUT` for a lifetime out of range or a region that has not the form of one; `ERR_CREDENTIALS` if
 * there are no access keys, if they have expired, or if they are long-lived and this is a browser.
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
  const known = { region: text, expiresInSeconds: any, allowLongLivedKeys: flag } satisfies Record<
    keyof ApiKeyOptions,
    Read
  >;
  const {
    region,
    expiresInSeconds = MAX_SECONDS,
    allowLongLivedKeys,
  } = readOptions<ApiKeyOptions>(options, known, 'createApiKey()');
  if (!region)
    throw inputError(
      'createApiKey() needs a region: a key works in one region only. Pass { region: "us-east-1" }.',
    );
  checkRegion(region, 'createApiKey()');
  if (!(Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= MAX_SECONDS)) {
    throw inputError(
      `expiresInSeconds is ${show(expiresInSeconds)}. Pass whole seconds from 1 to ${MAX_SECONDS}, 12 hours.`,
    );
  }
  const nowMs = Date.now();
  const keys: Credentials = await resolveCredentials(credentials, nowMs);
  if (isBearer(keys)) {
    throw credentialsError(
      'createApiKey() needs AWS access keys, but these credentials are an API key. Pass access keys, or use the API key itself.',
    );
  }
  if (allowLongLivedKeys !== true) refuseLongLived(keys);
  const endMs = expirationMs(keys) ?? Number.POSITIVE_INFINITY;
  if (endMs <= nowMs) {
    throw credentialsError(
      `The access keys expired at ${new Date(endMs).toISOString()}, and no key made from them would work. ` +
        'Get new ones where these came from: log in again, or assume the role again.',
    );
  }
  const request = {
    method: 'POST',
    path: '/',
    query: 'Action=CallWithBearerToken',
    headers: { host: HOST },
    payloadHash: EMPTY_HASH,
  };
  const scope = { amzDate: formatAmzDate(nowMs), region, service: 'bedrock' };
  const query = presignQuery(request, keys, scope, expiresInSeconds);
  return API_KEY_PREFIX + toBase64(encodeText(`${HOST}/?${query}&Version=1`));
}
