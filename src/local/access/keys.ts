import { BoundedMap } from '../../bounded-map.js';
import { presignQuery } from '../../sign/presign.js';
import {
  calculateSignature,
  canonicalizeRequest,
  createStringToSign,
  deriveSigningKey,
  EMPTY_HASH,
  type SignableRequest,
  type SigningScope,
} from '../../sign/sigv4.js';
import type { AwsCredentials } from '../../types.js';
import { fromBase64, toBase64 } from '../../wire/base64.js';

const KEY_PREFIX = 'bedrock-api-key-';
const KEY_HOST = 'bedrock.amazonaws.com';

/** How long a short-term API key lasts. */
export const KEY_SECONDS = 43_200;

/** How many issued keys are remembered, so that memory stays flat. */
export const MAX_SESSIONS = 10_000;

/** How far the clocks of client and service may differ. Source: AWS's "Troubleshooting Signature Version 4". */
export const CLOCK_SKEW_MS = 5 * 60_000;

type ApiKeyState = 'good' | 'expired' | 'unknown';

/** The keys that a local Bedrock accepts: those it was given, and those it has issued. */
export interface KeyRing {
  find(accessKeyId: string): AwsCredentials | undefined;
  /** Adds an issued key; the oldest of them is forgotten when there are too many. */
  add(credentials: AwsCredentials): void;
  /** Judges an API key: one that was set, or a short-term key made from one of the access keys, which expires. */
  judgeApiKey(key: string, nowMs: number): ApiKeyState;
}

/**
 * Creates a ring with these keys on it.
 *
 * @param apiKeys - API keys, and when they expire, in milliseconds
 */
export function createKeyRing(
  regions: readonly string[],
  credentials: readonly AwsCredentials[],
  apiKeys: ReadonlyMap<string, number>,
): KeyRing {
  const given = new Map(credentials.map((one) => [one.accessKeyId, one]));
  const issued = new BoundedMap<string, AwsCredentials>(MAX_SESSIONS);
  const find = (id: string): AwsCredentials | undefined => given.get(id) ?? issued.get(id);
  return {
    find,
    add(one) {
      issued.set(one.accessKeyId, one);
    },
    judgeApiKey(key, nowMs) {
      const end = apiKeys.get(key);
      if (end !== undefined) return nowMs < end ? 'good' : 'expired';
      const states = regions.map((region) => judgeShortTermKey(key, region, nowMs, find));
      return states.find((state) => state !== 'unknown') ?? 'unknown';
    },
  };
}

/** Makes a short-term API key as AWS's token generator does: a presigned request, in base64. It lasts 12 hours. */
export function makeShortTermKey(credentials: AwsCredentials, scope: SigningScope): string {
  const query = presignQuery(keyRequest('Action=CallWithBearerToken'), credentials, scope, KEY_SECONDS);
  const text = `${KEY_HOST}/?${query}&Version=1`;
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
  const since = parseAmzDate(amzDate);
  const endMs = Math.min(
    since + Number(values.get('X-Amz-Expires')) * 1000,
    credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const toSign = createStringToSign(canonicalizeRequest(keyRequest(pairs.join('&'))), scope);
  const expected = calculateSignature(deriveSigningKey(credentials.secretAccessKey, scope), toSign);
  if (values.get('X-Amz-Signature') !== expected || !(nowMs >= since - CLOCK_SKEW_MS)) return 'unknown';
  return nowMs < endMs ? 'good' : 'expired';
}

function keyRequest(query: string): SignableRequest {
  return { method: 'POST', path: '/', query, headers: { host: KEY_HOST }, payloadHash: EMPTY_HASH };
}

/** Reads `YYYYMMDDThhmmssZ` as milliseconds; NaN if it is something else. */
export function parseAmzDate(amzDate: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return y === undefined ? Number.NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
