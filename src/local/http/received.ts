import { concatBytes } from '../../encoding.js';
import { ServiceException } from '../exception.js';

/** A request as it came over the wire, before anything was normalized: signatures cover exactly this. */
export interface Received {
  method: string;
  /** Path and query, as sent. */
  target: string;
  /** `Host` of HTTP/1.1 or `:authority` of HTTP/2. */
  host: string;
  /** Names in lower case; several fields of one name are joined with `,`. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array<ArrayBuffer>;
  /** Why it cannot be served, if that was clear while it arrived; the body is then left out. */
  refusal: ServiceException | undefined;
  /** Aborts when the client goes away. */
  signal: AbortSignal | undefined;
  /** The request that the signal is from, held because Node (20, 22 and 24) aborts no signal of a request that was collected. */
  source?: Request;
}

/** The longest body that the service accepts. Source: the service model of Bedrock Runtime, `Body` of InvokeModel. */
export const MAX_BODY_BYTES = 25_000_000;

/** What the service says of a longer body. */
export function bodyTooLarge(): ServiceException {
  return new ServiceException('RequestEntityTooLargeException', 'The request body is too large.');
}

/** Path of a request target, as sent. */
export function pathOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? target : target.slice(0, at);
}

/** Decodes a part of a path; a part that is not encoded properly stays as it is. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Query of a request target without `?`, as sent. */
export function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at + 1);
}

/**
 * Reads a fetch `Request`. Service workers do not see `Host`, so the host of the URL stands in for it. Clients build their
 * requests from a URL too, so the URL's spelling of the path is the one that they sign.
 */
export async function receive(request: Request): Promise<Received> {
  const headers = new Map<string, string>();
  request.headers.forEach((value, name) => {
    headers.set(name, value);
  });
  const body = await readBody(request);
  const length = body?.length ?? 0;
  // Clients may sign the length, which the platform adds by itself and does not show here.
  if (length > 0 && !headers.has('content-length')) headers.set('content-length', String(length));
  const [, authority = '', target = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(request.url) ?? [];
  return {
    method: request.method,
    target: target.startsWith('/') ? target : `/${target}`,
    host: headers.get('host') ?? authority.slice(authority.lastIndexOf('@') + 1),
    headers,
    body: body ?? new Uint8Array(0),
    refusal: body === undefined ? bodyTooLarge() : undefined,
    signal: request.signal,
    source: request,
  };
}

/** Reads a body, and no further than the limit; undefined if it is longer. */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Firefox has no `Request.body`.
  const reader = request.body?.getReader();
  if (reader === undefined) {
    const body = new Uint8Array(await request.arrayBuffer());
    return body.length > MAX_BODY_BYTES ? undefined : body;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
    if (length > MAX_BODY_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(step.value);
  }
  return concatBytes(chunks);
}
