import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { percentEncode } from '../../src/encoding.js';
import { formatAmzDate, hashPayload, signHeaders } from '../../src/sign/sigv4.js';
import type { AwsCredentials } from '../../src/types.js';
import fc from '../property.js';

/** SHA-256 as the AWS signer takes it, on Node's own crypto: independent of the one under test. */
class Sha256 {
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asBuffer(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(asBuffer(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = createHash('sha256');
  }
}

interface Signable {
  method: string;
  host: string;
  segments: string[];
  query: [string, string][];
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
  region: string;
  service: string;
  time: number;
  credentials: AwsCredentials;
}

/** AWS's signer keeps a query in plain objects, and so loses this name. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value !== '__proto__');
const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);

/** Ids as they are percent-encoded into a path, dots that normalization takes away, empty segments, raw characters. */
const segment = fc.oneof(
  text.map(percentEncode),
  fc.constantFrom(
    '',
    '.',
    '..',
    '...',
    'model',
    'a%2Fb',
    'caf%C3%A9',
    '~user',
    "it's(1)*!",
    '%',
    '%zz',
    'a+b',
    'é/ሴ',
  ),
  fc.stringMatching(/^[a-z]{2,6}\.[a-z]{2,8}-[a-z0-9-]{1,8}-v[0-9]:[0-9]$/).map(percentEncode),
  fc
    .tuple(label, label)
    .map(([region, id]) => percentEncode(`arn:aws:bedrock:${region}:123456789012:inference-profile/${id}`)),
);

/** Printable ASCII with blanks inside and around: what a header carries through every proxy unchanged. */
const headerValue = fc.stringMatching(/^[ \t]{0,2}[!-~]{0,6}[ \t]{0,4}[!-~]{0,6}[ \t]{0,2}$/);
const headerName = fc
  .stringMatching(/^[xX]-[a-zA-Z0-9]{1,6}(-[a-zA-Z0-9]{1,6})?$/)
  .filter((name) => !/^x-amz/i.test(name));

const credentials: fc.Arbitrary<AwsCredentials> = fc.record({
  accessKeyId: fc.stringMatching(/^(AKIA|ASIA)[A-Z0-9]{16}$/),
  secretAccessKey: fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
  sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9/+]{20,60}={0,2}$/), { nil: undefined }),
});

const signable: fc.Arbitrary<Signable> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  host: fc.tuple(label, label, fc.option(fc.integer({ min: 1, max: 65535 }))).map(([a, b, port]) => {
    return port === null ? `${a}.${b}.example` : `${a}.${b}.example:${port}`;
  }),
  segments: fc.array(segment, { maxLength: 5 }),
  query: fc.array(fc.tuple(fc.oneof(text, fc.constantFrom('a', 'A', 'b', 'a-b', 'a b')), text), {
    maxLength: 5,
  }),
  headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 }),
  body: fc
    .oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(0)))
    .map((bytes) => bytes.slice()),
  region: fc.stringMatching(/^[a-z]{2}-[a-z]{4,9}-[1-9]$/),
  service: fc.constantFrom('bedrock', 'sts', 'service'),
  time: fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) }),
  credentials,
});

describe('signHeaders against @smithy/signature-v4', () => {
  it('gives the same authorization for any host, path, query, headers, body, region, date and keys', async () => {
    await fc.assert(
      fc.asyncProperty(signable, async (request) => {
        expect(await ours(request)).toEqual(await theirs(request));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same authorization for bodies that are hashed by WebCrypto', async () => {
    for (const size of [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000]) {
      const body = Uint8Array.from({ length: size }, (_, i) => i * 31);
      const request = { ...EXAMPLE, body };
      expect(await ours(request)).toEqual(await theirs(request));
    }
  });

  it('keeps the signing keys of days, regions, services and secrets apart', async () => {
    const variants: Partial<Signable>[] = [
      {},
      { region: 'eu-central-1' },
      { service: 'sts' },
      { time: EXAMPLE.time + 86_400_000 },
      { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another' } },
      {},
    ];
    for (const variant of variants) {
      const request = { ...EXAMPLE, ...variant };
      expect(await ours(request)).toEqual(await theirs(request));
    }
  });
});

const EXAMPLE: Signable = {
  method: 'POST',
  host: 'bedrock-runtime.us-east-1.amazonaws.com',
  segments: ['model', 'amazon.nova-lite-v1%3A0', 'converse-stream'],
  query: [],
  headers: [['content-type', 'application/json']],
  body: new TextEncoder().encode('{}'),
  region: 'us-east-1',
  service: 'bedrock',
  time: Date.UTC(2026, 0, 31, 23, 59, 59),
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
};

/** Authorization and the headers beside it, of our signer. */
async function ours(request: Signable): Promise<object> {
  const headers: Record<string, string> = { host: request.host };
  for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
  const signed = signHeaders(
    {
      method: request.method,
      path: `/${request.segments.join('/')}`,
      query: request.query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&'),
      headers,
      payloadHash: await hashPayload(request.body),
    },
    request.credentials,
    { amzDate: formatAmzDate(request.time), region: request.region, service: request.service },
  );
  return facts(signed);
}

/** The same of AWS's signer, which takes the query decoded. */
async function theirs(request: Signable): Promise<object> {
  const query: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of request.query) (query[name] ??= []).push(value);
  // Of names that differ in case alone the last one counts, as it does in a Headers object.
  const headers = Object.fromEntries(
    request.headers.map(([name, value]) => [name.toLowerCase(), [name, value]]),
  );
  const { accessKeyId, secretAccessKey, sessionToken } = request.credentials;
  const signer = new SignatureV4({
    service: request.service,
    region: request.region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.host,
      path: `/${request.segments.join('/')}`,
      query,
      headers: { Host: request.host, ...Object.fromEntries(Object.values(headers)) },
      body: request.body,
    },
    { signingDate: new Date(request.time) },
  );
  return facts(signed.headers);
}

function facts(headers: Record<string, string>): object {
  return {
    authorization: headers['authorization'],
    date: headers['x-amz-date'],
    token: headers['x-amz-security-token'],
  };
}

function asBuffer(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
