import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import type { HostCheck } from './hosts.js';
import { type NodeRequest, type NodeResponse, serve } from './node-http.js';
import { createBodyRoom, type NodeLimits } from './node-limits.js';
import type { Received } from './received.js';

/** What every HTTP/2 connection begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A server, and how to stop it without waiting for its clients. */
export interface NodeServer {
  server: Server;
  close(): Promise<void>;
}

/** Creates a server that speaks HTTP/1.1 and HTTP/2 (without TLS) on one port. */
export function createNodeServer(
  handle: (request: Received) => Promise<Response>,
  whyNotUnder: HostCheck,
  limits: NodeLimits,
): NodeServer {
  const { fields, headBytes, headMs, requestMs, idleMs, checkMs } = limits;
  const entrance = { whyNotUnder, fields, room: createBodyRoom(limits.bodyBytes) };
  const answer = (request: NodeRequest, response: NodeResponse): void => {
    serve(handle, entrance, request, response).catch(() => response.destroy());
  };
  const http1 = createHttp1Server(
    {
      maxHeaderSize: headBytes,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: checkMs,
    },
    answer,
  );
  http1.on('checkExpectation', answer);
  const http2 = createHttp2Server(
    {
      maxHeaderListPairs: fields,
      settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: headBytes },
    },
    (request, response) => {
      request.setTimeout(requestMs, () => request.stream.close());
      request.on('end', () => request.setTimeout(0));
      answer(request, response);
    },
  );
  // A client that leaves in the middle of a frame must not end the process.
  http2.on('sessionError', () => undefined);
  http2.on('session', (session: ServerHttp2Session) => closeWhenIdle(session, idleMs));

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    route(socket, headMs, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket));
  });
  server.maxConnections = limits.connections;
  // Node watches over the time of heads and bodies once a server listens. That one only gets the sockets of this one.
  server.on('listening', () => http1.emit('listening'));
  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      http1.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function closeWhenIdle(session: ServerHttp2Session, idleMs: number): void {
  let streams = 0;
  session.on('stream', (stream) => {
    streams += 1;
    stream.on('close', () => {
      streams -= 1;
    });
  });
  // A response that pauses is not idle.
  session.setTimeout(idleMs, () => {
    if (streams === 0) session.close();
  });
}

/** Reads until it is certain which protocol the client speaks, then hands the socket over as if nothing was read. */
function route(socket: Socket, patienceMs: number, hand: (isHttp2: boolean) => void): void {
  let head = Buffer.alloc(0);
  const leave = (): void => void socket.destroy();
  function look(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const seen = Math.min(head.length, PREFACE.length);
    const matches = head.subarray(0, seen).equals(PREFACE.subarray(0, seen));
    if (matches && seen < PREFACE.length) return;
    socket.off('readable', look);
    socket.off('timeout', leave);
    socket.setTimeout(0);
    socket.unshift(head);
    hand(matches);
  }
  socket.on('readable', look);
  socket.setTimeout(patienceMs, leave);
}
