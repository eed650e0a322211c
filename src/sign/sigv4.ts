import { encodeText, percentEncode, toHex } from '../encoding.js';
import type { AwsCredentials } from '../types.js';
import { hmacSha256, hmacSha256Hex, sha256Hex } from './hash.js';

/**
 * AWS Signature Version 4, in the steps of AWS's own documentation and test suite.
 * Source: AWS General Reference, "Create a signed AWS API request".
 */

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** SHA-256 of no bytes, in hex. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Bodies from this size on are hashed by WebCrypto, which is faster; for shorter ones its promise costs more than it saves. */
const SUBTLE_FROM_BYTES = 64 * 1024;

/** The parts of a request that are signed. Header names are in lower case and include `host`. */
export interface SignableRequest {
  method: string;
  /** Path as it is sent, percent-encoded. */
  path: string;
  /** Query as it is sent, without `?`. */
  query: string;
  headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hex. */
  payloadHash: string;
}

/** When and where a signature is valid. */
export interface SigningScope {
  /** `YYYYMMDDThhmmssZ`. */
  amzDate: string;
  region: string;
  service: string;
}

/** Formats a time in milliseconds since 1970 as `YYYYMMDDThhmmssZ`. */
export function formatAmzDate(nowMs: number): string {
  const date = new Date(nowMs);
  // Not toISOString(): its first call in a process takes almost a millisecond.
  const digits = (value: number) => String(value).padStart(2, '0');
  const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(digits);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(digits);
  return `${day.join('')}T${time.join('')}Z`;
}

/** Hashes a body: SHA-256, hex. */
export function hashPayload(body: Uint8Array<ArrayBuffer>): string | Promise<string> {
  if (body.byteLength === 0) return EMPTY_HASH;
  const subtle = globalThis.crypto?.subtle;
  if (body.byteLength >= SUBTLE_FROM_BYTES && subtle !== undefined) {
    return hashWithSubtle(subtle, body);
  }
  return sha256Hex(body);
}

/** Some polyfills and sandboxes have a `crypto.subtle` that cannot hash. */
async function hashWithSubtle(subtle: SubtleCrypto, body: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    return toHex(new Uint8Array(await subtle.digest('SHA-256', body)));
  } catch {
    return sha256Hex(body);
  }
}

/** Hashes a text as UTF-8: SHA-256, hex. */
export function hashText(text: string): string {
  return sha256Hex(text);
}

/** Writes a path as every service but S3 signs it: normalized, and each segment percent-encoded a second time. */
export function canonicalizePath(path: string, normalize = true): string {
  const segments = path.split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (normalize && (segment === '' || segment === '.')) continue;
    if (normalize && segment === '..') kept.pop();
    else kept.push(percentEncode(segment));
  }
  if (!normalize) return kept.join('/') || '/';
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${trailing}`;
}

/** Writes a query as it is signed: decoded, encoded again, sorted by name and then by value. */
export function canonicalizeQuery(query: string): string {
  if (query === '') return '';
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? '' : part.slice(at + 1);
    pairs.push([percentEncode(percentDecode(name)), percentEncode(percentDecode(value))]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** Lists the names of signed headers, sorted and joined with `;`. */
export function listSignedHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers).sort().join(';');
}

/** Step 1: writes the request in canonical form. */
export function canonicalizeRequest(request: SignableRequest, normalizePath = true): string {
  const names = Object.keys(request.headers).sort();
  const lines = names.map((name) => `${name}:${request.headers[name]?.trim().replace(/\s+/g, ' ')}`);
  return [
    request.method,
    canonicalizePath(request.path, normalizePath),
    canonicalizeQuery(request.query),
    ...lines,
    '',
    names.join(';'),
    request.payloadHash,
  ].join('\n');
}

/** Step 2: creates the string to sign. */
export function createStringToSign(canonical: string, scope: SigningScope): string {
  return [ALGORITHM, scope.amzDate, formatScope(scope), hashText(canonical)].join('\n');
}

/** Formats a scope as `YYYYMMDD/region/service/aws4_request`. */
export function formatScope(scope: SigningScope): string {
  return `${scope.amzDate.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
}

/** Step 3: derives the key for one day, region and service. */
export function deriveSigningKey(secretAccessKey: string, scope: SigningScope): Uint8Array {
  let key = hmacSha256(encodeText(`AWS4${secretAccessKey}`), scope.amzDate.slice(0, 8));
  key = hmacSha256(key, scope.region);
  key = hmacSha256(key, scope.service);
  return hmacSha256(key, 'aws4_request');
}

/** Step 4: calculates the signature, hex. */
export function calculateSignature(key: Uint8Array, toSign: string): string {
  return hmacSha256Hex(key, toSign);
}

/**
 * Signs a request. Returns the headers to send: those of the request, `x-amz-date`, `x-amz-security-token` and
 * `authorization`. `host` is signed but not returned, because fetch sets it from the URL itself.
 */
export function signHeaders(
  request: SignableRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
): Record<string, string> {
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': scope.amzDate };
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  const toSign = createStringToSign(canonicalizeRequest({ ...request, headers }), scope);
  const key = cacheSigningKey(credentials.secretAccessKey, scope);
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${formatScope(scope)}, ` +
    `SignedHeaders=${listSignedHeaders(headers)}, Signature=${calculateSignature(key, toSign)}`;
  delete headers['host'];
  return headers;
}

let lastKey: { secret: string; scope: string; key: Uint8Array } | undefined;

/** Saves four HMACs on every request but the first of a day. Only the last key is kept, as most programs have one. */
function cacheSigningKey(secret: string, scope: SigningScope): Uint8Array {
  const name = formatScope(scope);
  if (lastKey === undefined || lastKey.secret !== secret || lastKey.scope !== name) {
    lastKey = { secret, scope: name, key: deriveSigningKey(secret, scope) };
  }
  return lastKey.key;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
