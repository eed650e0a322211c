import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalBedrock } from 'bedrock-anywhere/local';

/** SHA-256 of Node, in the shape that AWS's signer wants. */
class Sha256 {
  readonly #parts: Uint8Array[] = [];
  readonly #key: Uint8Array | undefined;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = key === undefined ? undefined : bytesOf(key);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#parts.push(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    const whole = Buffer.concat(this.#parts);
    const hash = this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
    return Promise.resolve(hash.update(whole).digest());
  }

  reset(): void {
    this.#parts.length = 0;
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** What a request is made of; everything may be left out. */
export interface Sketch {
  method?: string;
  /** Path and query. Default: ConverseStream of Nova Lite. */
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Headers that the signature covers. */
  signedHeaders?: Record<string, string>;
  /** Default: JSON. */
  contentType?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };
  region?: string;
  service?: string;
  date?: Date;
  /** Base of the URL. */
  url?: string;
}

/** The address that requests go to where a test does not care. */
export const ORIGIN = 'https://bedrock-runtime.us-east-1.amazonaws.com';

/** A path to a model. */
export function modelPath(operation: string, modelId = 'amazon.nova-lite-v1:0'): string {
  return `/model/${encodeURIComponent(modelId)}/${operation}`;
}

/** A user message of one text. */
export function say(text: string): { messages: object[] } {
  return { messages: [{ role: 'user', content: [{ text }] }] };
}

/** A request signed by AWS's own signer. */
export async function signed(local: LocalBedrock, sketch: Sketch = {}): Promise<Request> {
  const path = sketch.path ?? modelPath('converse-stream');
  const method = sketch.method ?? (sketch.body === undefined && sketch.path !== undefined ? 'GET' : 'POST');
  const url = new URL((sketch.url ?? ORIGIN) + path);
  const json = JSON.stringify(sketch.body ?? say('Hello'));
  const body = typeof sketch.body === 'string' ? sketch.body : json;
  const request = await signerOf(local, sketch).sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: {
        host: url.host,
        'content-type': sketch.contentType ?? 'application/json',
        ...sketch.signedHeaders,
      },
      ...(method === 'GET' ? {} : { body }),
    },
    { signingDate: sketch.date ?? new Date() },
  );
  return new Request(url, {
    method,
    headers: { ...request.headers, ...sketch.headers },
    ...(method === 'GET' ? {} : { body }),
  });
}

/** A request that AWS's own signer signed in its query, for 15 minutes. */
export async function presigned(local: LocalBedrock, sketch: Sketch): Promise<Request> {
  const url = new URL((sketch.url ?? ORIGIN) + sketch.path);
  const body = sketch.body === undefined ? undefined : JSON.stringify(sketch.body);
  const method = body === undefined ? 'GET' : 'POST';
  const { query = {} } = await signerOf(local, sketch).presign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
      ...(body !== undefined && { body }),
    },
    { signingDate: sketch.date ?? new Date(), expiresIn: 900 },
  );
  url.search = new URLSearchParams(query as Record<string, string>).toString();
  return new Request(url, { method, ...(body !== undefined && { body }) });
}

function signerOf(local: LocalBedrock, { service, region, credentials }: Sketch): SignatureV4 {
  return new SignatureV4({
    service: service ?? 'bedrock',
    region: region ?? local.region,
    credentials: credentials ?? local.credentials,
    sha256: Sha256,
  });
}

/** Sends a signed request through the fetch handler. */
export async function send(local: LocalBedrock, sketch: Sketch = {}): Promise<Response> {
  return local.fetch(await signed(local, sketch));
}

/** What a failed request says: status, AWS's name and the message. */
export async function failure(
  response: Response,
): Promise<{ status: number; name: string; message: string }> {
  const body = (await response.json()) as { message?: string; Message?: string };
  return {
    status: response.status,
    name: (response.headers.get('x-amzn-errortype') ?? '').replace(/:.*/, ''),
    message: body.message ?? body.Message ?? '',
  };
}
