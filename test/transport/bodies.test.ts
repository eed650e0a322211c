import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createBedrock, fromResponse } from '../../src/index.js';
import {
  type Answer,
  answerFrames,
  awsError,
  frames,
  framesThenSilence,
  messageStart,
  startServer,
  type TestServer,
  text,
} from '../converse/server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const WHOLE = {
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
};

let server: TestServer;
afterEach(() => server.close());

/** The answer of a server as Node's http gives it. */
function send(url: string, { method, headers, body, signal }: RequestInit): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: headers as Record<string, string>, signal: signal ?? undefined };
    httpRequest(url, options, resolve).on('error', reject).end(body);
  });
}

async function bytesOf(body: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk as Uint8Array);
  return Uint8Array.from(Buffer.concat(chunks));
}

/** Responses of runtimes and packages whose body is not a web stream. */
const KINDS: Record<string, (message: IncomingMessage) => object> = {
  'a Node stream, as of node-fetch': (body) => ({ body, bodyUsed: false }),
  'an async iterable': (body) => ({
    body: (async function* () {
      yield* body;
    })(),
  }),
  'arrayBuffer() alone, as of React Native': (body) => ({
    arrayBuffer: async () => (await bytesOf(body)).buffer,
  }),
};

const fetchOf = (kind: (message: IncomingMessage) => object) =>
  (async (url: string, init: RequestInit) => {
    const message = await send(url, init);
    const { statusCode: status = 0 } = message;
    const headers = new Headers(message.headers as Record<string, string>);
    return { ok: status < 300, status, headers, ...kind(message) };
  }) as unknown as typeof globalThis.fetch;

async function clientOf(kind: (message: IncomingMessage) => object, ...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({
    endpoint: server.url,
    credentials: { token: 'key' },
    fetch: fetchOf(kind),
    maxAttempts: 1,
  });
}

const json =
  (value: object): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };

describe.each(Object.entries(KINDS))('a body that is %s', (_what, kind) => {
  it('is read as a stream', async () => {
    const bedrock = await clientOf(kind, frames(...answerFrames('Hel', 'lo')));
    expect(await bedrock.stream(request).result()).toMatchObject({ text: 'Hello', stopReason: 'end_turn' });
  });

  it('is read as a whole answer', async () => {
    const bedrock = await clientOf(kind, json(WHOLE), json({ inputTokens: 7 }));
    expect(await bedrock.converse(request)).toMatchObject({ text: 'Hello' });
    expect(await bedrock.countTokens(request)).toBe(7);
  });

  it('is read as an error', async () => {
    const bedrock = await clientOf(kind, awsError(400, 'ValidationException', 'It is so.'));
    await expect(bedrock.converse(request)).rejects.toMatchObject({ message: 'It is so.' });
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({ message: 'It is so.' });
  });

  it('shows what a gateway says in place of a stream', async () => {
    const bedrock = await clientOf(kind, json({ error: 'no streams here' }));
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({
      message: expect.stringContaining('no streams here'),
    });
  });

  it('is an answer of toResponse() for fromResponse()', async () => {
    const bedrock = createBedrock({
      credentials: { token: 'key' },
      fetch: async () =>
        new Response(Buffer.concat(answerFrames('Hel', 'lo')), {
          headers: { 'content-type': 'application/vnd.amazon.eventstream' },
        }),
    });
    const body = await (await bedrock.stream(request).toResponse()).text();
    server = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(body);
    });
    const response = await fetchOf(kind)(server.url, { method: 'GET' });
    expect(await fromResponse(response).text()).toBe('Hello');
  });
});

describe('a Node stream', () => {
  const kind = KINDS['a Node stream, as of node-fetch'] as (message: IncomingMessage) => object;

  it('delivers events as they arrive, and is closed when the reader leaves', async () => {
    const bedrock = await clientOf(kind, framesThenSilence(messageStart, text('Hel')));
    for await (const words of bedrock.stream(request).textStream()) {
      expect(words).toBe('Hel');
      break;
    }
    await server.clientGone;
  });

  it('is closed by an abort, and by a limit of silence', async () => {
    const controller = new AbortController();
    const bedrock = await clientOf(kind, framesThenSilence(messageStart, text('Hel')));
    const stream = bedrock.stream(request, { signal: controller.signal });
    const reading = (async () => {
      for await (const { type } of stream) if (type === 'contentBlockDelta') controller.abort('enough');
    })();
    await expect(reading).rejects.toBe('enough');
    await server.clientGone;
    await server.close();
    const other = await clientOf(kind, framesThenSilence(messageStart, text('Hel')));
    await expect(other.stream(request, { idleTimeoutMs: 50 }).result()).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
    });
    await server.clientGone;
  });

  it('that breaks is an error of the network', async () => {
    const bedrock = await clientOf(kind, (response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      response.write(messageStart);
      response.write(text('Hel'), () => response.destroy());
    });
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      phase: 'stream',
    });
  });
});

it('text() alone reads whole answers; for a stream the error says what to pass', async () => {
  const kind = (message: IncomingMessage): object => ({
    text: async () => Buffer.from(await bytesOf(message)).toString(),
  });
  const bedrock = await clientOf(kind, json(WHOLE), frames(...answerFrames('Hello')));
  expect(await bedrock.converse(request)).toMatchObject({ text: 'Hello' });
  await expect(bedrock.stream(request).result()).rejects.toMatchObject({
    code: 'ERR_INPUT',
    message: expect.stringMatching(/neither a stream nor arrayBuffer\(\)\. Pass a fetch .*converse\(\)/),
  });
});
