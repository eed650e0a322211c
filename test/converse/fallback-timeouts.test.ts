import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BedrockError, type CallOptions, type ClientOptions, createBedrock } from '../../src/index.js';
import { pass, passUntil, stopClock, until } from '../clock.js';
import {
  type Answer,
  answerFrames,
  frames,
  framesThenSilence,
  messageStart,
  openEventStream,
  startServer,
  type TestServer,
  text,
} from './server.js';

const REQUEST = { modelId: 'first', messages: [{ role: 'user' as const, content: 'Hi' }] };
const silent: Answer = () => undefined;
const WHOLE: Answer = (response, request) => {
  if (request.url?.endsWith('stream')) return frames(...answerFrames('Hello'))(response, request);
  response.writeHead(200, { 'content-type': 'application/json' });
  const message = { role: 'assistant', content: [{ text: 'Hello' }] };
  response.end(JSON.stringify({ output: { message }, stopReason: 'end_turn' }));
};

let server: TestServer;
/** The models of the requests that were sent. */
let asked: unknown[];
beforeEach(() => {
  asked = [];
  stopClock();
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
});

const IDLE_MS = 200;

async function bedrockOf(answers: Answer[], options: ClientOptions = {}) {
  server = await startServer(...answers);
  return createBedrock({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { token: 'any' },
    fallback: ['second'],
    idleTimeoutMs: IDLE_MS,
    onRequest: ({ modelId }) => void asked.push(modelId),
    ...options,
  });
}

/** Lets models be silent for too long, one by one, until this many were asked. What the last one answers needs no clock. */
async function passSilences(count: number): Promise<void> {
  for (let silences = 1; silences < count; silences++) {
    // The server answers in the order in which requests reach it.
    await until(() => server.requests.length === silences);
    await pass(IDLE_MS);
  }
  await until(() => asked.length === count);
}

const outcomeOf = <T>(promise: Promise<T>): Promise<T | BedrockError> =>
  promise.catch((error: BedrockError) => error);

describe.each(['stream', 'converse'] as const)('the option fallback of %s()', (method) => {
  const ask = async (answers: Answer[], options: ClientOptions = {}, call: CallOptions = {}) => {
    const bedrock = await bedrockOf(answers, options);
    const asking =
      method === 'stream' ? bedrock.stream(REQUEST, call).result() : bedrock.converse(REQUEST, call);
    return { outcome: outcomeOf<object>(asking) };
  };

  it('tries the next model when one is silent for idleTimeoutMs, and closes its connection', async () => {
    const { outcome } = await ask([silent, WHOLE]);
    await passSilences(2);
    expect(await outcome).toMatchObject({
      text: 'Hello',
      modelId: 'second',
      attempts: 2,
      warnings: [
        expect.stringMatching(/^first did not answer \(TimeoutError: No byte .* idleTimeoutMs, 200 ms/),
      ],
    });
    await server.clientGone;
  });

  it('gives each model its own idleTimeoutMs, and fails with the last one', async () => {
    const { outcome } = await ask([silent], { fallback: ['second', 'third'] });
    expect(await passUntil(outcome)).toBe(3 * IDLE_MS);
    expect(await outcome).toMatchObject({
      code: 'ERR_TIMEOUT',
      attempts: 3,
      message: expect.stringContaining('idleTimeoutMs, 200 ms'),
    });
    expect(asked).toEqual(['first', 'second', 'third']);
  });

  it('does not try another when timeoutMs runs out', async () => {
    const { outcome } = await ask([silent], { timeoutMs: 200, idleTimeoutMs: 0 });
    await passUntil(outcome);
    expect(await outcome).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining(' timeoutMs, 200 ms'),
    });
    expect(asked).toEqual(['first']);
  });

  it('has one timeoutMs for all models', async () => {
    const { outcome } = await ask([silent], { timeoutMs: 300 });
    expect(await passUntil(outcome)).toBe(300);
    expect(await outcome).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining(' timeoutMs, 300 ms'),
    });
    expect(asked).toEqual(['first', 'second']);
  });

  it("tries the next model after the time limit of the runtime's fetch", async () => {
    const impatient: typeof fetch = async (input, init) => {
      if (asked.length > 1) return fetch(input, init);
      throw new TypeError('fetch failed', { cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
    };
    const { outcome } = await ask([WHOLE], { fetch: impatient });
    expect(await outcome).toMatchObject({ text: 'Hello', modelId: 'second' });
  });

  it('does not outlast an abort during the silence of a model', async () => {
    const controller = new AbortController();
    const leaving: Answer = () => controller.abort(new Error('enough'));
    const { outcome } = await ask([leaving], {}, { signal: controller.signal });
    expect(await outcome).toBe(controller.signal.reason);
    expect(asked).toEqual(['first']);
  });
});

describe('the option fallback of a stream', () => {
  it.each<[string, Answer]>([
    ['its headers', openEventStream],
    ['the start of its message', framesThenSilence(messageStart)],
  ])('tries the next model if one is silent after %s, and starts the message once', async (_what, answer) => {
    let answered = 0;
    const bedrock = await bedrockOf([answer, WHOLE], { onResponse: () => void (answered += 1) });
    const types: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { type } of bedrock.stream(REQUEST)) types.push(type);
    };
    const over = read();
    await until(() => answered === 1);
    await passSilences(2);
    await over;
    expect(types).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(asked).toEqual(['first', 'second']);
    await server.clientGone;
  });

  it('tries it too where fetch does not hear the signal', async () => {
    const deaf: typeof fetch = (input, init) => fetch(input, { ...init, signal: null });
    const bedrock = await bedrockOf([silent, framesThenSilence(messageStart), WHOLE], {
      fetch: deaf,
      fallback: ['second', 'third'],
    });
    const outcome = bedrock.stream(REQUEST).result();
    await passSilences(3);
    expect(await outcome).toMatchObject({ modelId: 'third' });
  });

  it('is over once content has arrived, whatever happens then', async () => {
    const bedrock = await bedrockOf([framesThenSilence(messageStart, text('He'))]);
    const pieces = bedrock.stream(REQUEST).textStream()[Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: 'He' });
    const outcome = outcomeOf(pieces.next());
    await passUntil(outcome);
    expect(await outcome).toMatchObject({ code: 'ERR_TIMEOUT', partial: { text: 'He', modelId: 'first' } });
    expect(asked).toEqual(['first']);
  });
});
