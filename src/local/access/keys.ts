import { percentEncode } from '../../encoding.js';
import {
  canonicalRequest,
  EMPTY_HASH,
  type SigningScope,
  signature,
  signingKey,
  stringToSign,
} from '../../sign/sigv4.js';
import type { AwsCredentials } from '../../types.js';
import { fromBase64, toBase64 } from '../../wire/base64.js';

const KEY_PREFIX = 'bedrock-api-key-';
const KEY_HOST = 'bedrock.amazonaws.com';
const KEY_SECONDS = 43_200;

/** What became of an API key. */
type ApiKeyState = 'good' | 'expired' | 'unknown';

/** What a local Bedrock accepts: the keys it was given, and those that it hands out. */
export interface KeyRing {
  /** Access keys by their id. */
  find(accessKeyId: string): AwsCredentials | undefined;
  add(credentials: AwsCredentials): void;
  remove(accessKeyId: string): void;
  /** What an API key is: one that was set, or a short-term key that one of the access keys made, is good until it ends. */
  judgeApiKey(key: string, nowMs: number): ApiKeyState;
}

/** A ring with these keys on it. */
export function createKeyRing(
  region: string,
  credentials: readonly AwsCredentials[],
  apiKeys: readonly string[],
): KeyRing {
  const byId = new Map(credentials.map((one) => [one.accessKeyId, one]));
  return {
    find: (id) => byId.get(id),
    add(one) {
      byId.set(one.accessKeyId, one);
    },
    remove(id) {
      byId.delete(id);
    },
    judgeApiKey(key, nowMs) {
      return apiKeys.includes(key) ? 'good' : judgeShortTermKey(key, region, nowMs, (id) => byId.get(id));
    },
  };
}

/** A short-term API key as AWS's token generator makes it: a presigned request, in base64. Good for 12 hours. */
export function shortTermKey(credentials: AwsCredentials, scope: SigningScope): string {
  const { accessKeyId, secretAccessKey } = credentials;
  const { amzDate, region, service } = scope;
  const query = [
    ['Action', 'CallWithBearerToken'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${accessKeyId}/${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`],
    ['X-Amz-Date', amzDate],
    ['X-Amz-Expires', String(KEY_SECONDS)],
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name = '', value = '']) => `${name}=${percentEncode(value)}`)
    .join('&');
  const signed = presignature(query, secretAccessKey, scope);
  const text = `${KEY_HOST}/?${query}&X-Amz-Signature=${signed}&Version=1`;
  return KEY_PREFIX + toBase64(new TextEncoder().encode(text));
}

function judgeShortTermKey(
  key: string,
  region: string,
  nowMs: number,
  find: (accessKeyId: string) => AwsCredentials | undefined,
): ApiKeyState {
  const bytes = key.startsWith(KEY_PREFIX) ? fromBase64(key.slice(KEY_PREFIX.length)) : undefined;
  if (bytes === undefined) return 'unknown';
  const [address, query = ''] = new TextDecoder().decode(bytes).split('/?');
  const pairs = query.split('&').filter((pair) => !/^(?:X-Amz-Signature|Version)=/.test(pair));
  const values = new URLSearchParams(query);
  const amzDate = values.get('X-Amz-Date') ?? '';
  const scope = { amzDate, region, service: 'bedrock' };
  const [id = '', ...rest] = (values.get('X-Amz-Credential') ?? '').split('/');
  const credentials = find(id);
  if (address !== KEY_HOST || credentials === undefined) return 'unknown';
  if (rest.join('/') !== `${amzDate.slice(0, 8)}/${region}/bedrock/aws4_request`) return 'unknown';
  if ((values.get('X-Amz-Security-Token') ?? undefined) !== credentials.sessionToken) return 'unknown';
  const since = timeOf(amzDate);
  const over = Math.min(
    since + Number(values.get('X-Amz-Expires')) * 1000,
    credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const signed = presignature(pairs.join('&'), credentials.secretAccessKey, scope);
  if (values.get('X-Amz-Signature') !== signed || !(nowMs >= since - 300_000)) return 'unknown';
  return nowMs < over ? 'good' : 'expired';
}

function presignature(query: string, secret: string, scope: SigningScope): string {
  const request = { method: 'POST', path: '/', query, headers: { host: KEY_HOST }, payloadHash: EMPTY_HASH };
  return signature(signingKey(secret, scope), stringToSign(canonicalRequest(request), scope));
}

/** Milliseconds of `YYYYMMDDThhmmssZ`; NaN where it is not that. */
export function timeOf(amzDate: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return y === undefined ? Number.NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
