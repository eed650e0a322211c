import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text, whole } from '../input/read.js';
import { type NodeRequest, type NodeResponse, serve } from './http/node-http.js';
import { type LocalBedrock, type LocalBedrockOptions, readLocalOptions } from './options.js';
import { createLocalService } from './service.js';

/** What every HTTP/2 connection begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Where a local Bedrock listens, and everything else that can be set. */
export interface LocalServerOptions extends LocalBedrockOptions {
  /** Default: 0, any free port. */
  port?: number | undefined;
  /** Default: `127.0.0.1`, reachable from this machine only. */
  host?: string | undefined;
}

/** A local Bedrock that listens. */
export interface LocalServer extends LocalBedrock {
  /** Base of every route, such as `http://127.0.0.1:40123`; the endpoint to give to a client. */
  readonly url: string;
  /** Stops at once and closes open streams and idle connections. */
  close(): Promise<void>;
}

/**
 * Starts a local Bedrock on a port: HTTP/1.1 and HTTP/2 (without TLS) on the same one, as AWS's clients use either.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown or wrong, with its name; for a script, with rule and field.
 * Node's Error if the port is not available.
 *
 * @example
 * ```ts
 * import { startLocalBedrock } from 'bedrock-anywhere/local/node';
 *
 * const local = await startLocalBedrock({ script: [{ text: 'pong' }] });
 * console.log(local.url, local.credentials.accessKeyId);
 * await local.close();
 * ```
 */
export async function startLocalBedrock(options: LocalServerOptions = {}): Promise<LocalServer> {
  const {
    port = 0,
    host = '127.0.0.1',
    ...rest
  } = readLocalOptions(options, 'startLocalBedrock()', {
    port: whole,
    host: text,
  });
  const service = createLocalService(rest);
  const answer = (request: NodeRequest, response: NodeResponse): void => {
    serve(service.handle, request, response).catch(() => response.destroy());
  };
  const http1 = createHttp1Server({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, answer);
  const http2 = createHttp2Server(answer);
  // A client that leaves in the middle of a frame must not end the process.
  http2.on('sessionError', () => undefined);

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    route(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    ...service.bedrock,
    url: `http://${name}:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads until it is certain which protocol the client speaks, then hands the socket over as if nothing was read. */
function route(socket: Socket, hand: (isHttp2: boolean) => void): void {
  let head = Buffer.alloc(0);
  function look(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const seen = Math.min(head.length, PREFACE.length);
    const matches = head.subarray(0, seen).equals(PREFACE.subarray(0, seen));
    if (matches && seen < PREFACE.length) return;
    socket.off('readable', look);
    socket.unshift(head);
    hand(matches);
  }
  socket.on('readable', look);
}
