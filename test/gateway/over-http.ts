import { connect, type Socket } from 'node:net';
import { serveFetch } from '../../src/gateway/node/server.js';
import { KEY, type Setup, setUp, type TestGateway } from './setup.js';
import { manualTimers } from './timers.js';

/** A gateway behind the HTTP server of `serve`, whose clients write bytes themselves. */
export interface ServedGateway extends TestGateway {
  /** Timers of the server: a client that reads nothing has one. */
  timers: ReturnType<typeof manualTimers>;
  url: string;
  connect(): Socket;
  /** Sends bytes and returns all that comes back until the connection is closed; undefined if it stays open. */
  exchange(bytes: string, end?: 'half-close'): Promise<string>;
  closeServer(): Promise<void>;
}

export async function serveGateway(setup: Setup = {}): Promise<ServedGateway> {
  const timers = manualTimers();
  const gateway = await setUp(setup);
  const server = await serveFetch(gateway.gateway.fetch, 0, '127.0.0.1', timers.startTimer);
  const port = Number(new URL(server.url).port);
  const open = (): Socket => connect(port, '127.0.0.1').on('error', () => undefined);
  return {
    ...gateway,
    timers,
    url: server.url,
    connect: open,
    exchange(bytes, end) {
      const socket = open();
      let received = '';
      socket.setEncoding('latin1').on('data', (text: string) => (received += text));
      if (end === undefined) socket.write(bytes);
      else socket.end(bytes);
      return new Promise((resolve) => socket.on('close', () => resolve(received)));
    },
    closeServer: async () => {
      server.stopListening();
      await gateway.close();
      await server.close();
    },
  };
}

/** A request of HTTP/1.1 as bytes. */
export function rawRequest(path: string, body: string, headers: Record<string, string> = {}): string {
  const all = {
    host: 'gateway.test',
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
