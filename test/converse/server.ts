import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { EventStreamCodec } from '@smithy/eventstream-codec';

/** A real HTTP server that answers each request with the next of its answers, the last one over and over. */
export interface TestServer {
  url: string;
  requests: { path: string; headers: IncomingMessage['headers']; body: string }[];
  /** Sockets that are open now. */
  sockets: Set<Socket>;
  /** Resolves when the client has closed the connection of the first request that is still being answered. */
  clientGone: Promise<void>;
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export async function startServer(...answers: Answer[]): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const requests: TestServer['requests'] = [];
  let gone = (): void => {};
  const clientGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      void answer?.(response, request);
    });
    response.on('close', () => {
      if (!response.writableFinished) gone();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sockets,
    clientGone,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes as Uint8Array),
  (text) => new TextEncoder().encode(text),
);

/** A frame as AWS's own codec writes it. */
export function frame(type: string, body: object, messageType: 'event' | 'exception' = 'event'): Uint8Array {
  return codec.encode({
    headers: {
      [`:${messageType}-type`]: { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: messageType },
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
}

export const messageStart = frame('messageStart', { role: 'assistant', p: 'abc' });
export const messageStop = frame('messageStop', { stopReason: 'end_turn', p: 'ab' });
export const metadata = frame('metadata', {
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  metrics: { latencyMs: 42 },
  p: 'abcdef',
});
export const blockStop = frame('contentBlockStop', { contentBlockIndex: 0, p: 'a' });
export const text = (words: string): Uint8Array =>
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: words }, p: 'abcdefgh' });

/** A whole answer that says some words, one delta each. */
export function answerFrames(...words: string[]): Uint8Array[] {
  return [messageStart, ...words.map(text), blockStop, messageStop, metadata];
}

export function openEventStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-requestid': 'request-1',
  });
  response.flushHeaders();
}

/** Answers with frames at once and ends. */
export function frames(...parts: Uint8Array[]): Answer {
  return (response) => {
    openEventStream(response);
    for (const part of parts) response.write(part);
    response.end();
  };
}

/** Answers with frames and then says nothing more, leaving the connection open. */
export function framesThenSilence(...parts: Uint8Array[]): Answer {
  return (response) => {
    openEventStream(response);
    for (const part of parts) response.write(part);
  };
}

/** Answers with an AWS error. */
export function awsError(
  status: number,
  name: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      'x-amzn-requestid': 'request-failed',
      ...headers,
    });
    response.end(JSON.stringify({ message }));
  };
}
