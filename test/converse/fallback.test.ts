import { afterEach, describe, expect, it } from 'vitest';
import { type BedrockError, type CallOptions, type ClientOptions, createBedrock } from '../../src/index.js';
import {
  type Answer,
  answerFrames,
  awsError,
  frames,
  messageStart,
  startServer,
  type TestServer,
  text,
} from './server.js';

const REQUEST = { modelId: 'first', messages: [{ role: 'user' as const, content: 'Hi' }] };
const WHOLE: Answer = (response, request) => {
  if (request.url?.endsWith('stream')) return frames(...answerFrames('Hello'))(response, request);
  response.writeHead(200, { 'content-type': 'application/json' });
  const message = { role: 'assistant', content: [{ text: 'Hello' }] };
  response.end(JSON.stringify({ output: { message }, stopReason: 'end_turn' }));
};
const throttled = awsError(429, 'ThrottlingException', 'Too many requests.');
const denied = awsError(403, 'AccessDeniedException', 'Not yours.');

let server: TestServer;
afterEach(() => server?.close());

async function bedrockOf(answers: Answer[], options: ClientOptions = {}) {
  server = await startServer(...answers);
  return createBedrock({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'key' },
    maxRetryDelayMs: 0,
    maxAttempts: 2,
    ...options,
  });
}
const models = (): unknown[] => server.requests.map(({ path }) => path.split('/')[2]);
const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: BedrockError) => error,
  );

describe.each(['stream', 'converse'] as const)('the option fallback of %s()', (method) => {
  const ask = async (answers: Answer[], options: CallOptions, bound: ClientOptions = {}) => {
    const bedrock = await bedrockOf(answers, bound);
    return method === 'stream'
      ? bedrock.stream(REQUEST, options).result()
      : bedrock.converse(REQUEST, options);
  };

  it('tries the next model when one is throttled, after its own attempts', async () => {
    const result = await ask([throttled, throttled, WHOLE], { fallback: ['second', 'third'] });
    expect(result).toMatchObject({ text: 'Hello', modelId: 'second', attempts: 3 });
    expect(result.warnings).toEqual([
      expect.stringMatching(/^first did not answer \(ThrottlingException: Too many requests\./),
    ]);
    expect(models()).toEqual(['first', 'first', 'second']);
  });

  it('tries all of them, and fails with what the last one said', async () => {
    const error = await failure(ask([denied], { fallback: ['second', 'third'] }));
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', attempts: 3 });
    expect(error.message).toContain('third');
    expect(models()).toEqual(['first', 'second', 'third']);
  });

  it('signs for the region of the model that it tries', async () => {
    const options = { fallback: [{ modelId: 'second', region: 'eu-central-1' }] };
    await ask([denied, WHOLE], options);
    const regions = server.requests.map(
      ({ headers }) => /\/([a-z0-9-]+)\/bedrock\//.exec(headers.authorization ?? '')?.[1],
    );
    expect(regions).toEqual(['us-east-1', 'eu-central-1']);
  });

  it('is not used where no model failed', async () => {
    const result = await ask([WHOLE], {}, { fallback: ['second'] });
    expect(result).toMatchObject({ modelId: 'first', attempts: 1, warnings: [] });
  });

  it('may be bound to the client, and a call may replace it', async () => {
    await ask([denied, WHOLE], {}, { fallback: ['second'] });
    expect(models()).toEqual(['first', 'second']);
    await server.close();
    await failure(ask([denied, WHOLE], { fallback: [] }, { fallback: ['second'] }));
    expect(models()).toEqual(['first']);
  });

  it('does not help against a wrong request', async () => {
    const wrong = awsError(400, 'ValidationException', 'The messages are wrong.');
    expect((await failure(ask([wrong], { fallback: ['second'] }))).code).toBe('ERR_INPUT');
    expect(models()).toEqual(['first']);
  });

  it('does not outlast an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const leaving: Answer = (response, request) => {
      controller.abort(reason);
      return denied(response, request);
    };
    await expect(ask([leaving, WHOLE], { fallback: ['second'], signal: controller.signal })).rejects.toBe(
      reason,
    );
    expect(models()).toEqual(['first']);
  });

  it.each([
    ['a text', 'second'],
    ['a list of numbers', [1]],
    ['a model without an id', [{ region: 'us-east-1' }]],
    ['a model with another member', [{ modelId: 'second', endpoint: 'x' }]],
  ])('is refused as %s', async (_what, fallback) => {
    const error = await failure(ask([WHOLE], { fallback: fallback as never }));
    expect(error.code).toBe('ERR_INPUT');
    expect(error.message).toContain('The option fallback');
    expect(server.requests).toEqual([]);
  });
});

describe('the option fallback of a stream', () => {
  it('is over once content has arrived', async () => {
    const bedrock = await bedrockOf([frames(messageStart, text('He'))], { fallback: ['second'] });
    const error = await failure(bedrock.stream(REQUEST).result());
    expect(error.code).toBe('ERR_TRUNCATED');
    expect(error.partial).toMatchObject({ text: 'He', modelId: 'first' });
    expect(models()).toEqual(['first']);
  });

  it('delivers the start of the message once', async () => {
    const failing: Answer = (response, request) =>
      frames(messageStart, Buffer.from('not a frame, which is what a broken proxy sends'))(response, request);
    const unavailable = awsError(503, 'ServiceUnavailableException', 'Later.');
    const bedrock = await bedrockOf([failing, unavailable, unavailable, WHOLE], { fallback: ['second'] });
    const types: string[] = [];
    const stream = bedrock.stream(REQUEST);
    const read = async (): Promise<void> => {
      for await (const { type } of stream) types.push(type);
    };
    // Bytes that make no sense are not the model's fault.
    expect((await failure(read())).code).toBe('ERR_PROTOCOL');
    expect(types).toEqual(['messageStart']);
  });

  it('counts what earlier models were sent in the error too', async () => {
    const bedrock = await bedrockOf([throttled], { fallback: ['second'] });
    expect((await failure(bedrock.stream(REQUEST).result())).attempts).toBe(4);
  });
});
