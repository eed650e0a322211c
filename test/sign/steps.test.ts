import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { percentEncode } from '../../src/encoding.js';
import {
  canonicalizePath,
  canonicalizeQuery,
  deriveSigningKey,
  EMPTY_HASH,
  formatAmzDate,
  hashPayload,
  signHeaders,
} from '../../src/sign/sigv4.js';
import { formatBearer } from '../../src/transport/send.js';

const KIB = 1024;

afterEach(() => vi.unstubAllGlobals());

describe('payloadHash', () => {
  const sizes = [
    0,
    1,
    2,
    55,
    56,
    57,
    58,
    59,
    60,
    61,
    62,
    63,
    64,
    65,
    119,
    120,
    127,
    128,
    129,
    1000,
    64 * KIB - 1,
  ];

  it.each([...sizes, 64 * KIB, 64 * KIB + 1, 1024 * KIB])(
    "equals Node's SHA-256 for %i bytes",
    async (size) => {
      const body = Uint8Array.from({ length: size }, (_, i) => i * 7 + size);
      expect(await hashPayload(body)).toBe(createHash('sha256').update(body).digest('hex'));
    },
  );

  it('hashes a view of a larger buffer, and only that', async () => {
    const whole = Uint8Array.from({ length: 200 * KIB }, (_, i) => i);
    for (const view of [whole.subarray(3, 90), whole.subarray(5, 5 + 100 * KIB)]) {
      expect(await hashPayload(view)).toBe(createHash('sha256').update(view).digest('hex'));
    }
  });

  it('leaves bodies from 64 KiB on to WebCrypto and answers smaller ones at once', async () => {
    expect(hashPayload(new Uint8Array(64 * KIB - 1))).toBeTypeOf('string');
    expect(hashPayload(new Uint8Array(64 * KIB))).toBeInstanceOf(Promise);
  });

  it('does without WebCrypto where there is none, as on an insecure origin', () => {
    vi.stubGlobal('crypto', undefined);
    const body = new Uint8Array(100 * KIB).fill(9);
    expect(hashPayload(body)).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it.each<[what: string, subtle: object]>([
    [
      'throws',
      {
        digest() {
          throw new Error('not supported');
        },
      },
    ],
    ['rejects', { digest: () => Promise.reject(new Error('not supported')) }],
    ['has no digest', {}],
  ])('does without a WebCrypto that %s', async (_what, subtle) => {
    vi.stubGlobal('crypto', { subtle });
    const body = new Uint8Array(100 * KIB).fill(9);
    expect(await hashPayload(body)).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('knows the hash of no bytes', () => {
    expect(EMPTY_HASH).toBe(createHash('sha256').digest('hex'));
  });
});

describe('the steps of a signature', () => {
  it('writes the time in basic ISO 8601, in UTC and without fractions', () => {
    expect(formatAmzDate(Date.UTC(2026, 10, 24, 1, 2, 3, 999))).toBe('20261124T010203Z');
  });

  it('encodes everything but the unreserved characters of RFC 3986', () => {
    expect(percentEncode("AZaz09-._~ !'()*/:?#[]@$&+,;=%é")).toBe(
      'AZaz09-._~%20%21%27%28%29%2A%2F%3A%3F%23%5B%5D%40%24%26%2B%2C%3B%3D%25%C3%A9',
    );
  });

  it('encodes a path that is encoded already once more', () => {
    expect(canonicalizePath('/model/a%3A0/converse')).toBe('/model/a%253A0/converse');
  });

  it.each([
    ['', '/'],
    ['/', '/'],
    ['/..', '/'],
    ['/a/../../b', '/b'],
    ['/a/./b//c/', '/a/b/c/'],
  ])('normalizes the path %s to %s', (path, canonical) => {
    expect(canonicalizePath(path)).toBe(canonical);
  });

  it.each([
    ['', ''],
    ['b=2&a=1', 'a=1&b=2'],
    ['a=2&a=10&a=1', 'a=1&a=10&a=2'],
    ['flag', 'flag='],
    ['a=b=c', 'a=b%3Dc'],
    ['a&&b', 'a=&b='],
    ['a=%7e%2f', 'a=~%2F'],
    ['a=1+2', 'a=1%2B2'],
    ['a=100%', 'a=100%25'],
    ['a-b=1&a=2', 'a=2&a-b=1'],
  ])('writes the query "%s" as "%s"', (query, canonical) => {
    expect(canonicalizeQuery(query)).toBe(canonical);
  });

  it('derives the key of a day, region and service by four HMACs', () => {
    const hmac = (key: Buffer | string, data: string): Buffer =>
      createHmac('sha256', key).update(data).digest();
    const expected = hmac(hmac(hmac(hmac('AWS4secret', '20261124'), 'eu-west-1'), 'bedrock'), 'aws4_request');
    const scope = { amzDate: '20261124T010203Z', region: 'eu-west-1', service: 'bedrock' };
    expect(Buffer.from(deriveSigningKey('secret', scope))).toEqual(expected);
  });
});

describe('the headers to send', () => {
  const request = {
    method: 'GET',
    path: '/',
    query: '',
    headers: { host: 'a.example' },
    payloadHash: EMPTY_HASH,
  };
  const scope = { amzDate: '20261124T010203Z', region: 'eu-west-1', service: 'bedrock' };

  it('leave host to fetch and do not change those that were given', () => {
    const headers = signHeaders(request, { accessKeyId: 'AKID', secretAccessKey: 'secret' }, scope);
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date']);
    expect(request.headers).toEqual({ host: 'a.example' });
  });

  it('carry the session token, signed', () => {
    const headers = signHeaders(
      request,
      { accessKeyId: 'A', secretAccessKey: 's', sessionToken: 'T' },
      scope,
    );
    expect(headers['x-amz-security-token']).toBe('T');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
  });
});

describe('bearerAuthorization', () => {
  it('is the token behind the name of the scheme', () => {
    expect(formatBearer({ token: 'bedrock-api-key-abc=' })).toBe('Bearer bedrock-api-key-abc=');
  });
});
