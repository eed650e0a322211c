import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';
import { pass, stopClock, turns, until } from '../clock.js';
import { closedPort } from '../closed-port.js';
import {
  type Answer,
  answerFrames,
  awsError,
  framesThenSilence,
  messageStart,
  openEventStream,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

/** Longer than the default, and shorter than fetch itself waits. */
const LONG_MS = 200_000;

let server: TestServer;
afterEach(() => {
  vi.useRealTimers();
  return server?.close();
});

async function bedrockThatAnswers(options: CallOptions, ...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({ endpoint: server.url, credentials: { token: 'key' }, ...options });
}

/** An answer that the test gives piece by piece. */
function byHand(): { answer: Answer; response: Promise<ServerResponse> } {
  let begin!: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((resolve) => {
    begin = resolve;
  });
  return { answer: (its) => begin(its), response };
}

/** What a promise came to so far. */
function outcomeOf(promise: PromiseLike<unknown>): { now: unknown } {
  const outcome: { now: unknown } = { now: 'waiting' };
  const settle = (value: unknown): void => {
    outcome.now = value;
  };
  promise.then(settle, settle);
  return outcome;
}

/** A stream that has given its first text and then hangs. */
async function hanging(options: CallOptions) {
  const bedrock = await bedrockThatAnswers(options, framesThenSilence(messageStart, text('a')));
  const stream = bedrock.stream(request);
  const events = stream[Symbol.asyncIterator]();
  await events.next();
  await events.next();
  const outcome = outcomeOf(events.next());
  const result = stream.result().catch((error: unknown) => error);
  await turns();
  return { outcome, result };
}

describe('idleTimeoutMs', () => {
  beforeEach(stopClock);

  it('ends a stream that falls silent, keeps what had arrived and closes the connection', async () => {
    const { outcome, result } = await hanging({ idleTimeoutMs: 200 });
    await pass(199);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(await result).toMatchObject({
      code: 'ERR_TIMEOUT',
      name: 'TimeoutError',
      message: expect.stringContaining('idleTimeoutMs, 200 ms'),
      retryable: false,
      attempts: 1,
      partial: { message: { content: [{ text: 'a' }] } },
    });
    await server.clientGone;
    expect(server.requests).toHaveLength(1);
  });

  it('counts silence between bytes, not the whole time', async () => {
    const { answer, response } = byHand();
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 200 }, answer);
    const stream = bedrock.stream(request);
    const events = stream[Symbol.asyncIterator]();
    let next = events.next();
    openEventStream(await response);
    for (const part of answerFrames('a', 'b', 'c')) {
      await pass(150);
      (await response).write(part);
      expect((await next).done).toBe(false);
      next = events.next();
    }
    (await response).end();
    expect((await next).done).toBe(true);
    expect(await stream.text()).toBe('abc');
  });

  it('counts from the moment when the request was sent', async () => {
    const { answer, response } = byHand();
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 300 }, answer);
    const result = bedrock.stream(request).result();
    await response;
    await pass(500);
    await expect(result).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      attempts: 1,
      message: expect.stringContaining('idleTimeoutMs, 300 ms'),
    });
  });

  it('does not count while the reader takes its time', async () => {
    const { answer, response } = byHand();
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 300 }, answer);
    const events = bedrock.stream(request)[Symbol.asyncIterator]();
    const first = events.next();
    openEventStream(await response);
    for (const part of answerFrames('a', 'b')) (await response).write(part);
    (await response).end();
    const types: unknown[] = [];
    for (let step = await first; !step.done; step = await events.next()) {
      types.push(step.value.type);
      await pass(500);
    }
    expect(types).toContain('metadata');
  });

  it('is switched off by 0', async () => {
    const { answer, response } = byHand();
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 0 }, answer);
    const words = bedrock.stream(request).text();
    openEventStream(await response);
    (await response).write(messageStart);
    await pass(LONG_MS);
    for (const part of answerFrames('a').slice(1)) (await response).write(part);
    (await response).end();
    expect(await words).toBe('a');
  });

  it('counts for converse(), whose error says what to use instead', async () => {
    const { answer, response } = byHand();
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 300 }, answer);
    const outcome = outcomeOf(bedrock.converse(request));
    await response;
    await pass(300);
    expect(outcome.now).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringMatching(/idleTimeoutMs, 300 ms.*use stream\(\)/),
    });
  });
});

describe('timeoutMs', () => {
  beforeEach(stopClock);

  it('bounds a stream from the first attempt to the end', async () => {
    const { outcome, result } = await hanging({ timeoutMs: 500 });
    await pass(499);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(await result).toMatchObject({
      code: 'ERR_TIMEOUT',
      name: 'TimeoutError',
      message: expect.stringContaining('timeoutMs, 500 ms'),
      partial: { message: { content: [{ text: 'a' }] } },
    });
    await server.clientGone;
  });

  it('bounds the waits between attempts', async () => {
    const answer = awsError(429, 'ThrottlingException', 'Wait.', { 'retry-after': '15' });
    const bedrock = await bedrockThatAnswers({ timeoutMs: 80 }, answer);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const outcome = outcomeOf(bedrock.stream(request).text());
    // Until it waits for the second attempt, and not for the network.
    await until(() => timers.mock.calls.some(([, ms]) => ms === 15_000));
    await pass(80);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(server.requests).toHaveLength(1);
  });

  it('bounds converse(), and closes its connection', async () => {
    const bedrock = await bedrockThatAnswers({ timeoutMs: 400 }, () => {});
    const outcome = outcomeOf(bedrock.converse(request));
    await until(() => server.requests.length === 1);
    await pass(399);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT', name: 'TimeoutError' });
    await server.clientGone;
  });

  it('bounds a credential provider that hangs', async () => {
    const bedrock = await bedrockThatAnswers(
      { timeoutMs: 60, credentials: () => new Promise(() => {}) },
      () => {},
    );
    const outcome = outcomeOf(bedrock.stream(request).text());
    await pass(60);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(server.requests).toHaveLength(0);
  });
});

describe("the limits of Node's own fetch", () => {
  it.each(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    '%s is not tried again and says how to lift it',
    async (code) => {
      let calls = 0;
      const bedrock = createBedrock({
        credentials: { token: 'key' },
        fetch: async () => {
          calls += 1;
          throw new TypeError('fetch failed', { cause: Object.assign(new Error('timeout'), { code }) });
        },
      });
      await expect(bedrock.stream(request).text()).rejects.toMatchObject({
        code: 'ERR_TIMEOUT',
        name: 'TimeoutError',
        message: expect.stringMatching(/undici Agent/),
      });
      expect(calls).toBe(1);
    },
  );

  it('a port where nobody listens is ERR_NETWORK with the reason', async () => {
    const bedrock = createBedrock({
      endpoint: `http://127.0.0.1:${closedPort()}`,
      credentials: { token: 'key' },
      maxAttempts: 1,
    });
    await expect(bedrock.stream(request).text()).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      message: expect.stringMatching(/ECONNREFUSED/),
      retryable: true,
    });
  });
});
