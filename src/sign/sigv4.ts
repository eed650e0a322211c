import { hmacSha256, hmacSha256Hex, sha256Hex } from '#ambient';
import { percentEncode, toHex } from '../encoding.js';
import type { AwsCredentials } from '../types.js';

/**
 * AWS Signature Version 4, step by step, each step testable alone.
 * Source: AWS General Reference, "Create a signed AWS API request".
 */

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** SHA-256 of no bytes, in hex. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** From this size on, WebCrypto does the hashing if it works. */
const SUBTLE_FROM_BYTES = 64 * 1024;

/** What is signed. Header names are lower case and include `host`. */
export interface SignableRequest {
  method: string;
  /** Path as it goes over the wire, percent-encoded. */
  path: string;
  /** Query as it goes over the wire, without `?`. */
  query: string;
  headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hex. */
  payloadHash: string;
}

/** Where and for what a signature is good. */
export interface SigningScope {
  /** `YYYYMMDDThhmmssZ`. */
  amzDate: string;
  region: string;
  service: string;
}

/** `YYYYMMDDThhmmssZ` of a time in milliseconds. */
export function amzDate(nowMs: number): string {
  const date = new Date(nowMs);
  // The first toISOString() of a process takes almost a millisecond.
  const digits = (value: number) => String(value).padStart(2, '0');
  const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(digits);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(digits);
  return `${day.join('')}T${time.join('')}Z`;
}

/** SHA-256 of a body in hex; WebCrypto hashes large bodies if it works. */
export function payloadHash(body: Uint8Array<ArrayBuffer>): string | Promise<string> {
  if (body.byteLength === 0) return EMPTY_HASH;
  const subtle = globalThis.crypto?.subtle;
  if (body.byteLength >= SUBTLE_FROM_BYTES && subtle !== undefined) {
    return hashBySubtle(subtle, body);
  }
  return sha256Hex(body);
}

/** Polyfills and sandboxes define a `crypto.subtle` that cannot hash. */
async function hashBySubtle(subtle: SubtleCrypto, body: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    return toHex(new Uint8Array(await subtle.digest('SHA-256', body)));
  } catch {
    return sha256Hex(body);
  }
}

/** SHA-256 of a text, hex. */
export function digest(text: string): string {
  return sha256Hex(text);
}

/** The path as every service but S3 signs it: normalized, each segment encoded once more. */
export function canonicalPath(path: string, normalize = true): string {
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

/** The query as it is signed: decoded, encoded, sorted by name and then by value. */
export function canonicalQuery(query: string): string {
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

/** Names of the headers that are signed, sorted and joined with `;`. */
export function signedHeaderNames(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers).sort().join(';');
}

/** Step 1: the request in canonical form. */
export function canonicalRequest(request: SignableRequest, normalizePath = true): string {
  const names = Object.keys(request.headers).sort();
  const lines = names.map((name) => `${name}:${request.headers[name]?.trim().replace(/\s+/g, ' ')}`);
  return [
    request.method,
    canonicalPath(request.path, normalizePath),
    canonicalQuery(request.query),
    ...lines,
    '',
    names.join(';'),
    request.payloadHash,
  ].join('\n');
}

/** Step 2: what the key is applied to. */
export function stringToSign(canonical: string, scope: SigningScope): string {
  return [ALGORITHM, scope.amzDate, credentialScope(scope), digest(canonical)].join('\n');
}

/** `YYYYMMDD/region/service/aws4_request`. */
export function credentialScope(scope: SigningScope): string {
  return `${scope.amzDate.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
}

/** Step 3: the key of one day, region and service. */
export function signingKey(secretAccessKey: string, scope: SigningScope): Uint8Array {
  let key = hmacSha256(new TextEncoder().encode(`AWS4${secretAccessKey}`), scope.amzDate.slice(0, 8));
  key = hmacSha256(key, scope.region);
  key = hmacSha256(key, scope.service);
  return hmacSha256(key, 'aws4_request');
}

/** Step 4: the signature, hex. */
export function signature(key: Uint8Array, toSign: string): string {
  return hmacSha256Hex(key, toSign);
}

/**
 * The headers to send for a request, with `x-amz-date`, `x-amz-security-token` and `authorization` added.
 * `host` is signed but left to fetch, which sets it from the URL.
 */
export function signHeaders(
  request: SignableRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
): Record<string, string> {
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': scope.amzDate };
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  const toSign = stringToSign(canonicalRequest({ ...request, headers }), scope);
  const key = cachedSigningKey(credentials.secretAccessKey, scope);
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${credentialScope(scope)}, ` +
    `SignedHeaders=${signedHeaderNames(headers)}, Signature=${signature(key, toSign)}`;
  delete headers['host'];
  return headers;
}

let lastKey: { secret: string; scope: string; key: Uint8Array } | undefined;

/** Four HMACs saved on every request but the first of a day. Only the last key is kept. */
function cachedSigningKey(secret: string, scope: SigningScope): Uint8Array {
  const name = credentialScope(scope);
  if (lastKey === undefined || lastKey.secret !== secret || lastKey.scope !== name) {
    lastKey = { secret, scope: name, key: signingKey(secret, scope) };
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
