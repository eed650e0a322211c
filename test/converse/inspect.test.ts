import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { BedrockError, createBedrock, isBedrockError } from '../../src/index.js';
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
} from './server.js';

const REQUEST = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

/** Messages have the word, too. */
const PARTIAL = /partial"?:/;

let server: TestServer | undefined;
afterEach(() => server?.close());

async function streamOf(answer: Answer) {
  server = await startServer(answer);
  const options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { token: 'key' },
    maxAttempts: 1,
  };
  return createBedrock(options).stream(REQUEST);
}

const failureOf = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => (isBedrockError(error) ? error : expect.fail(String(error))),
  );

describe('an inspected stream', () => {
  it('that nobody has read says how to read it', () => {
    const stream = createBedrock().stream(REQUEST);
    const hint =
      'ConverseStream (unread): for await (const event of stream) …, or await stream.text(), or await stream.result()';
    expect(inspect(stream)).toBe(hint);
    expect(inspect({ stream })).toContain(hint);
  });

  it('says how far it has come', async () => {
    const stream = await streamOf(frames(...answerFrames('Hello')));
    const events = stream[Symbol.asyncIterator]();
    expect(inspect(stream)).toBe('ConverseStream (its reader has not started)');
    await events.next();
    expect(inspect(stream)).toContain('(being read; await stream.result()');
    while (!(await events.next()).done);
    expect(inspect(stream)).toContain('(read; await stream.result()');
  });

  it('says that it failed, or was left', async () => {
    const failed = await streamOf(awsError(500, 'InternalServerException', 'no'));
    await failureOf(failed.text());
    expect(inspect(failed)).toContain('(failed; await stream.result() throws the reason');
    const cancelled = createBedrock().stream(REQUEST);
    await cancelled.cancel();
    expect(inspect(cancelled)).toContain('(failed; await stream.result() throws the reason');
    const left = createBedrock().stream(REQUEST);
    await left[Symbol.asyncIterator]().return?.();
    expect(inspect(left)).toBe('ConverseStream (left before it was complete)');
  });

  it('may be the prototype of another object', () => {
    expect(inspect(Object.create(createBedrock().stream(REQUEST)))).toMatch(/^ConverseStream/);
  });
});

describe('an inspected error', () => {
  it('lists no answer where nothing had arrived', async () => {
    const error = await failureOf((await streamOf(awsError(500, 'InternalServerException', 'no'))).text());
    expect(error.partial?.message.content).toEqual([]);
    expect(inspect(error)).not.toMatch(PARTIAL);
    expect(JSON.stringify(error)).not.toMatch(PARTIAL);
  });

  it('lists none for a stream that was left before it began', async () => {
    const stream = await streamOf(framesThenSilence(messageStart));
    await stream.cancel();
    const error = await failureOf(stream.result());
    expect(error.code).toBe('ERR_CANCELLED');
    expect(inspect(error)).not.toMatch(PARTIAL);
  });

  it('lists what had arrived', async () => {
    const error = await failureOf((await streamOf(frames(messageStart, text('The tide')))).text());
    expect(inspect(error)).toMatch(/partial: \{\s+text: 'The tide'/);
  });

  it('takes a partial answer of any shape', () => {
    const partial = {} as never;
    expect(inspect(new BedrockError({ code: 'ERR_SERVICE', message: 'No.', partial }))).not.toContain(
      'partial',
    );
  });
});
