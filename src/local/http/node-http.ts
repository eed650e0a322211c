import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServiceException } from '../exception.js';
import type { HostCheck } from './hosts.js';
import { type BodyRoom, noRoom, tooManyFields } from './node-limits.js';
import { bodyTooLarge, MAX_BODY_BYTES, type Received } from './received.js';

/** A request of HTTP/1.1 or of HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The response to it. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** How many writes in a row before other connections get their turn. */
const WRITES_PER_TURN = 16;

/** What is checked while a request arrives. */
export interface Entrance {
  whyNotUnder: HostCheck;
  room: BodyRoom;
  /** Most fields of a head. */
  fields: number;
}

/** Answers one request over a socket, and writes the body as fast as the socket takes it. */
export async function serve(
  handle: (request: Received) => Promise<Response>,
  entrance: Entrance,
  request: NodeRequest,
  response: NodeResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // A socket that breaks is reported by 'close' as well.
  response.on('error', () => gone.abort());
  request.on('error', () => gone.abort());
  const body = await readBody(request, entrance);
  if (body === undefined) return;
  try {
    const answer = await handle(describe(request, body, gone.signal));
    if (isGone(response)) {
      await answer.body?.cancel();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else await pump(answer.body, response, gone.signal);
  } finally {
    entrance.room.giveBack(body.bytes.length);
  }
}

interface Body {
  bytes: Uint8Array<ArrayBuffer>;
  refusal: ServiceException | undefined;
}

/** Reads a body; undefined if the client leaves before its end. */
async function readBody(
  request: NodeRequest,
  { whyNotUnder, room, fields }: Entrance,
): Promise<Body | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  let refusal =
    request.rawHeaders.length > 2 * fields
      ? tooManyFields(fields)
      : hostsOf(request)
          .map(whyNotUnder)
          .find((why) => why !== undefined);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      // A body that is refused is read and dropped, so that the client gets to read the response.
      if (refusal !== undefined) continue;
      if (length + chunk.length > MAX_BODY_BYTES) refusal = bodyTooLarge();
      else if (!room.take(chunk.length)) refusal = noRoom();
      if (refusal === undefined) {
        length += chunk.length;
        chunks.push(chunk);
        continue;
      }
      room.giveBack(length);
      length = 0;
      chunks.length = 0;
    }
  } catch {
    room.giveBack(length);
    return undefined;
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks)), refusal };
}

/** Every name by which a request calls the server: all must be allowed, as nobody knows which one led it here. */
function hostsOf(request: NodeRequest): string[] {
  const { host } = request.headers;
  const [, inTarget] = /^[a-z]+:\/\/([^/?]*)/i.exec(request.url ?? '') ?? [];
  const named = [inTarget, 'authority' in request ? request.authority : undefined, host].filter(
    (one) => one !== undefined,
  );
  return named.length === 0 ? [''] : named;
}

function describe(request: NodeRequest, { bytes, refusal }: Body, signal: AbortSignal): Received {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':')) headers.set(name, [value].flat().join(','));
  }
  return {
    method: request.method ?? 'GET',
    // Proxies may be sent the whole address.
    target: (request.url ?? '/').replace(/^[a-z]+:\/\/[^/?]*/i, ''),
    host: ('authority' in request ? request.authority : undefined) || (headers.get('host') ?? ''),
    headers,
    body: bytes,
    refusal,
    signal,
  };
}

async function pump(
  body: ReadableStream<Uint8Array>,
  response: NodeResponse,
  gone: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  // Headers go out before the first event, as they do at the service.
  if ('flushHeaders' in response) response.flushHeaders();
  try {
    for (let writes = 1; ; writes++) {
      // A socket that takes everything would keep this loop going and every other connection waiting.
      if (writes % WRITES_PER_TURN === 0) await nextTurn();
      const { done, value } = await reader.read();
      if (done) break;
      if (isGone(response)) {
        await reader.cancel();
        return;
      }
      if (!write(response, value)) await drained(response, gone);
    }
    response.end();
  } catch {
    // The body failed: flush what was written, then break the connection without an end.
    await new Promise<void>((resolve) => {
      if (isGone(response)) resolve();
      else (response as ServerResponse).write(new Uint8Array(0), () => resolve());
    });
    breakOff(response);
  }
}

function write(response: NodeResponse, bytes: Uint8Array): boolean {
  return (response as ServerResponse).write(bytes);
}

async function drained(response: NodeResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await once(response, 'drain', { signal: gone }).catch(() => undefined);
}

/** Over HTTP/2 `writableFinished` says nothing about the client: only the stream itself knows. */
function isGone(response: NodeResponse): boolean {
  if (!('stream' in response)) return response.destroyed;
  const { stream } = response;
  return stream === undefined || stream === null || stream.destroyed || stream.closed;
}

function breakOff(response: NodeResponse): void {
  if ('stream' in response) response.stream.destroy(new Error('reset'));
  else response.socket?.destroy();
}
