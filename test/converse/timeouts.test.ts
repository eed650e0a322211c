import { afterEach, describe, expect, it } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';
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

let server: TestServer;
afterEach(() => server?.close());

async function bedrockThatAnswers(options: CallOptions, ...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({ endpoint: server.url, credentials: { token: 'key' }, ...options });
}

describe('idleTimeoutMs', () => {
  it('ends a stream that falls silent, keeps what had arrived and closes the connection', async () => {
    const bedrock = await bedrockThatAnswers(
      { idleTimeoutMs: 200 },
      framesThenSilence(messageStart, text('a')),
    );
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({
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
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 600 }, async (response) => {
      openEventStream(response);
      for (const part of answerFrames('a', 'b', 'c')) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        response.write(part);
      }
      response.end();
    });
    expect(await bedrock.stream(request).text()).toBe('abc');
  });

  it('does not count while the reader takes its time, nor before the headers', async () => {
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 300 }, async (response) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      openEventStream(response);
      for (const part of answerFrames('a', 'b')) response.write(part);
      response.end();
    });
    const types: string[] = [];
    for await (const { type } of bedrock.stream(request)) {
      types.push(type);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(types).toContain('metadata');
  });

  it('is switched off by 0', async () => {
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 0 }, async (response) => {
      openEventStream(response);
      response.write(messageStart);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const part of answerFrames('a').slice(1)) response.write(part);
      response.end();
    });
    expect(await bedrock.stream(request).text()).toBe('a');
  });

  it('never counts for converse()', async () => {
    const bedrock = await bedrockThatAnswers({ idleTimeoutMs: 20 }, async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},');
      await new Promise((resolve) => setTimeout(resolve, 120));
      response.end('"stopReason":"end_turn"}');
    });
    expect((await bedrock.converse(request)).message.content).toEqual([{ text: 'Hi' }]);
  });
});

describe('timeoutMs', () => {
  it('bounds a stream from the first attempt to the end', async () => {
    const bedrock = await bedrockThatAnswers({ timeoutMs: 500 }, framesThenSilence(messageStart, text('a')));
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({
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
    await expect(bedrock.stream(request).text()).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it('bounds converse(), and closes its connection', async () => {
    const bedrock = await bedrockThatAnswers({ timeoutMs: 400 }, () => {});
    await expect(bedrock.converse(request)).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      name: 'TimeoutError',
    });
    await server.clientGone;
  });

  it('bounds a credential provider that hangs', async () => {
    const bedrock = await bedrockThatAnswers(
      { timeoutMs: 60, credentials: () => new Promise(() => {}) },
      () => {},
    );
    await expect(bedrock.stream(request).text()).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
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
    const port = await closedPort();
    const bedrock = createBedrock({
      endpoint: `http://127.0.0.1:${port}`,
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
