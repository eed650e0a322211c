import { afterEach, describe, expect, it } from 'vitest';
import { type BedrockError, type InvokeStream, invokeModelStream } from '../../src/index.js';
import { type Answer, startServer, type TestServer } from '../converse/server.js';
import { eventFrame, exceptionFrame } from '../wire/frames.js';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const chunk = (value: unknown) => eventFrame('chunk', { bytes: base64(value), p: 'abc' });
const word = (completion: string) => ({ type: 'completion', completion, stop_reason: null });
const METRICS = { inputTokenCount: 3, outputTokenCount: 2, invocationLatency: 20, firstByteLatency: 9 };
const last = {
  type: 'completion',
  completion: '',
  stop_reason: 'end',
  'amazon-bedrock-invocationMetrics': METRICS,
};

const frames =
  (...parts: Uint8Array[]): Answer =>
  (response) => {
    response.writeHead(200, {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-requestid': 'request-1',
    });
    for (const part of parts) response.write(part);
    response.end();
  };
const throttled: Answer = (response) => {
  response.writeHead(429, { 'content-type': 'application/json', 'x-amzn-errortype': 'ThrottlingException' });
  response.end('{"message":"Too many requests"}');
};

const escaped = (text: string): string =>
  [...text].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');

let server: TestServer;
afterEach(() => server?.close());

async function stream(answers: Answer[], options: object = {}): Promise<InvokeStream> {
  server = await startServer(...answers);
  return invokeModelStream(
    { modelId: 'anthropic.claude-v2:1', body: { prompt: 'Hi' } },
    {
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { token: 'key' },
      maxRetryDelayMs: 0,
      ...options,
    },
  );
}
const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: BedrockError) => error,
  );

describe('invokeModelStream()', () => {
  it('sends nothing before it is read, and is read once', async () => {
    const answer = await stream([frames(chunk(word('a')), chunk(last))]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toEqual([]);
    const texts: unknown[] = [];
    for await (const { json } of answer) texts.push(json?.['completion']);
    expect(texts).toEqual(['a', '']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      path: '/model/anthropic.claude-v2%3A1/invoke-with-response-stream',
      body: '{"prompt":"Hi"}',
    });
    expect(() => answer[Symbol.asyncIterator]()).toThrow('can be read once');
    expect(await answer.result()).toMatchObject({
      usage: { inputTokens: 3, outputTokens: 2 },
      latencyMs: 20,
      firstByteLatencyMs: 9,
      requestId: 'request-1',
      attempts: 1,
    });
  });

  it('is retried before the first chunk', async () => {
    const answer = await stream([throttled, frames(), frames(chunk(last))]);
    expect(await answer.result()).toMatchObject({ attempts: 3, warnings: [] });
  });

  it('is not retried after a chunk, and the error has what arrived', async () => {
    const answer = await stream([
      frames(chunk(word('a')), exceptionFrame('modelStreamErrorException', { message: 'Try again.' })),
    ]);
    const error = await failure(answer.result());
    expect(error).toMatchObject({ name: 'ModelStreamErrorException', code: 'ERR_MODEL', attempts: 1 });
    expect(error.chunks?.map(({ json }) => json)).toEqual([word('a')]);
    expect(server.requests).toHaveLength(1);
  });

  it('has a connection that closes when the reader leaves', async () => {
    const answer = await stream([
      (response) => {
        response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
        response.write(chunk(word('a')));
      },
    ]);
    for await (const { json } of answer) {
      expect(json).toEqual(word('a'));
      break;
    }
    await server.clientGone;
    const error = await failure(answer.result());
    expect(error.code).toBe('ERR_CANCELLED');
    expect(error.chunks).toHaveLength(1);
  });

  it('rejects with the reason of an abort, and closes its connection', async () => {
    const controller = new AbortController();
    const answer = await stream(
      [
        (response) => {
          response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
          response.write(chunk(word('a')));
        },
      ],
      { signal: controller.signal },
    );
    const reason = new Error('enough');
    const read = async (): Promise<void> => {
      for await (const _ of answer) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    await server.clientGone;
    await expect(answer.result()).rejects.toBe(reason);
  });

  it('warns if it cannot know whether the answer is whole', async () => {
    const answer = await stream([frames(chunk({ something: 'new' }))]);
    const { warnings, chunks } = await answer.result();
    expect(chunks).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('it may be truncated')]);
  });

  it('gives bytes that are not JSON as they came', async () => {
    const answer = await stream([
      frames(eventFrame('chunk', { bytes: Buffer.from('{broken').toString('base64') }), chunk(last)),
    ]);
    const { chunks } = await answer.result();
    expect(chunks[0]?.json).toBeUndefined();
    expect(new TextDecoder().decode(chunks[0]?.bytes)).toBe('{broken');
  });

  it.each([
    ['without padding', (bytes: string) => `{"bytes":"${bytes}"}`],
    ['with the padding first', (bytes: string) => `{"p":"abc","bytes":"${bytes}"}`],
    ['with white space', (bytes: string) => `{ "bytes": "${bytes}", "p": "abc" }\n`],
    ['with other members', (bytes: string) => `{"bytes":"${bytes}","p":"abc","q":1}`],
    ['with escapes', (bytes: string) => `{"bytes":"${bytes.replaceAll('/', '\\/')}","p":"abc"}`],
    ['with an escape for each letter', (bytes: string) => `{"bytes":"${escaped(bytes)}","p":"abc"}`],
    ['without the padding of base64', (bytes: string) => `{"bytes":"${bytes.replace(/=+$/, '')}","p":"ab"}`],
  ])('reads a chunk %s', async (_what, write) => {
    const first = word('ÿþ?ü?~?>');
    expect(base64(first)).toMatch(/[/+]/);
    const answer = await stream([frames(eventFrame('chunk', write(base64(first))), chunk(last))]);
    expect((await answer.result()).chunks.map(({ json }) => json)).toEqual([first, last]);
  });

  it.each([
    ['no bytes', { p: 'a' }],
    ['bytes of one letter too many', { bytes: 'eyJ9e' }],
    ['a letter of base64 for URLs', { bytes: 'eyJ-' }],
    ['a letter beyond ASCII', { bytes: 'eyé9' }],
    ['bytes that are not base64', { bytes: '!!' }],
    ['bytes that are a number', { bytes: 7 }],
  ])('fails at a chunk with %s', async (_what, payload) => {
    const answer = await stream([frames(eventFrame('chunk', payload))], { maxAttempts: 1 });
    expect(await failure(answer.result())).toMatchObject({ code: 'ERR_PROTOCOL' });
  });

  it('fails at a chunk that is nested too deep', async () => {
    const deep = `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`;
    const bytes = Buffer.from(deep).toString('base64');
    const answer = await stream([frames(eventFrame('chunk', { bytes }))], { maxAttempts: 1 });
    expect((await failure(answer.result())).message).toContain('nested deeper than 200 levels');
  });

  it('skips events of kinds that are not known', async () => {
    const answer = await stream([frames(eventFrame('news', { a: 1 }), chunk(last))]);
    expect((await answer.result()).chunks).toHaveLength(1);
  });

  it('becomes a web stream', async () => {
    const answer = await stream([frames(chunk(word('a')), chunk(last))]);
    const reader = answer.toReadableStream().getReader();
    expect((await reader.read()).value?.json).toEqual(word('a'));
    await reader.cancel();
    expect((await failure(answer.result())).code).toBe('ERR_CANCELLED');
  });

  it('checks its options when it is read', async () => {
    const answer = await stream([], { region: 7 });
    expect(await failure(answer.result())).toMatchObject({ code: 'ERR_INPUT', attempts: 0 });
  });
});
