import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { type StartTimer, startTimer as startOwnTimer } from '../http/timers.js';

/** A fetch handler that knows the client's address. */
export type Handler = (
  request: Request,
  details: { remoteAddress?: string | undefined },
) => Promise<Response>;

/** A server that listens. */
export interface NodeServer {
  url: string;
  /** Accepts no more connections and closes idle ones. Responses that are under way go on. */
  stopListening(): void;
  /** Stops listening, waits for the responses that are under way, at most for a while, and closes all connections. */
  close(): Promise<void>;
}

/** How long a client may take for the headers, and for the whole of a request, in milliseconds. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

/** How long a client may read nothing before it counts as gone. */
const STALL_MS = 120_000;

/** Small, so that a client that is only slow empties one in time. */
const PIECE = 65_536;

/** How long responses that the handler has given may take to reach their clients once the server closes. */
const FLUSH_MS = 5000;

/**
 * Serves a fetch handler over HTTP/1.1.
 *
 * @throws Node's error if the port is not available
 */
export async function serveFetch(
  handler: Handler,
  port: number,
  host: string,
  startTimer: StartTimer = startOwnTimer,
): Promise<NodeServer> {
  const open = new Set<ServerResponse>();
  let tellEmpty = (): void => {};
  const http = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
    (request, response) => {
      open.add(response);
      const gone = hearClientLeave(request, response, () => {
        open.delete(response);
        if (open.size === 0) tellEmpty();
      });
      const server = { isListening: () => http.listening, startTimer, gone };
      answer(handler, server, request, response).catch(() => response.destroy());
    },
  );
  await listen(http, port, host);
  const closed = once(http, 'close');
  const stopListening = (): void => {
    if (!http.listening) return;
    http.close();
    http.closeIdleConnections();
  };
  return {
    url: urlOf(http.address() as AddressInfo),
    stopListening,
    async close() {
      stopListening();
      if (open.size > 0) {
        await new Promise<void>((resolve) => {
          const stopTimer = startTimer(resolve, FLUSH_MS);
          tellEmpty = () => {
            stopTimer();
            resolve();
          };
        });
      }
      http.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  const isSix = family === 'IPv6';
  const name = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${isSix ? `[${name}]` : name}:${port}`;
}

/**
 * A signal that is aborted when a client leaves before it has its response. A response that waits behind another one of its
 * connection does not hear that the connection is closed, so the connection is listened to as well.
 *
 * @param onOver Called once, when nothing more is going to be sent.
 */
function hearClientLeave(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onOver: () => void,
): AbortSignal {
  const { socket } = incoming;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  const finish = (): void => {
    socket.off('close', finish);
    outgoing.off('close', finish);
    if (!outgoing.writableFinished) leave();
    onOver();
  };
  // One for each request that waits on the connection.
  socket.setMaxListeners(0);
  socket.on('close', finish);
  outgoing.on('close', finish);
  outgoing.on('error', leave);
  // An error does not mean that the client has left: the body also fails if the handler stops reading it, and then the client still
  // waits for an answer.
  incoming.on('error', () => undefined);
  return gone.signal;
}

async function answer(
  handler: Handler,
  { isListening, startTimer, gone }: { isListening(): boolean; startTimer: StartTimer; gone: AbortSignal },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { remoteAddress } = incoming.socket;
  const request = toRequest(incoming, gone);
  if (request === undefined) {
    outgoing.writeHead(400, { connection: 'close' }).end();
    return;
  }
  const response = await handler(request, { remoteAddress });
  // Whatever of the body was not read would be taken for the next request. A server that closes wants no next request.
  if (!incoming.complete || !isListening()) outgoing.setHeader('connection', 'close');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null || incoming.method === 'HEAD') outgoing.end();
  else await pump(response.body, outgoing, gone, startTimer);
}

/** Undefined for what fetch has no request for, such as the method TRACE. */
function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', headersDistinct } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // The host that a client names decides nothing here.
  const path = (incoming.url ?? '/').replace(/^[a-z]+:\/\/[^/?]*/i, '');
  const body = hasBody ? (Readable.toWeb(incoming) as WebStream as ReadableStream<Uint8Array>) : null;
  const init = { method, headers, signal, body, duplex: 'half' };
  try {
    return new Request(new URL(`http://localhost${path.startsWith('/') ? path : '/'}`), init as RequestInit);
  } catch {
    return undefined;
  }
}

/**
 * Writes a body as fast as the client reads it. What arrives in one turn of the event loop leaves as one chunk, as a stream of many
 * small events would otherwise be as many small writes. A client that reads nothing for long is cut off.
 */
async function pump(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  gone: AbortSignal,
  startTimer: StartTimer,
): Promise<void> {
  const reader = body.getReader();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  gone.addEventListener('abort', leave);
  if (gone.aborted) leave();
  let waiting: Uint8Array[] = [];
  let length = 0;
  let sending = Promise.resolve();
  const send = (): void => {
    if (length === 0) return;
    const bytes = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting);
    waiting = [];
    length = 0;
    sending = sending.then(() => write(bytes, outgoing, gone, startTimer));
  };
  // Headers go out together with the first bytes, unless these keep the client waiting.
  const flush = setImmediate(() => outgoing.flushHeaders());
  for (;;) {
    let isRead = false;
    process.nextTick(() => {
      if (!isRead) send();
    });
    const { done, value } = await reader.read();
    isRead = true;
    clearImmediate(flush);
    if (done || gone.aborted) break;
    waiting.push(value);
    length += value.length;
    if (length < PIECE && !outgoing.writableNeedDrain) continue;
    send();
    await sending;
  }
  send();
  await sending;
  outgoing.end();
}

async function write(
  bytes: Uint8Array,
  outgoing: ServerResponse,
  gone: AbortSignal,
  startTimer: StartTimer,
): Promise<void> {
  for (let at = 0; at < bytes.length && !gone.aborted; at += PIECE) {
    if (outgoing.write(bytes.subarray(at, at + PIECE))) continue;
    const stopTimer = startTimer(() => outgoing.destroy(), STALL_MS);
    await once(outgoing, 'drain', { signal: gone }).catch(() => undefined);
    stopTimer();
  }
}
