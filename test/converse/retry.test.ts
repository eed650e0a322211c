import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BedrockError, type CallOptions, createBedrock, isBedrockError } from '../../src/index.js';
import { until } from '../clock.js';
import {
  type Answer,
  answerFrames,
  awsError,
  frame,
  frames,
  messageStart,
  messageStop,
  openEventStream,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

let server: TestServer;
afterEach(() => server.close());

async function streamOf(answers: Answer[], options: CallOptions = {}) {
  server = await startServer(...answers);
  const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' } });
  return bedrock.stream(request, options);
}

async function failure(stream: { result(): Promise<unknown> }): Promise<BedrockError> {
  try {
    await stream.result();
  } catch (error) {
    if (isBedrockError(error)) return error;
    throw error;
  }
  return expect.fail('it did not fail');
}

const throttled = awsError(429, 'ThrottlingException', 'Too many requests, please wait.');
const good = frames(...answerFrames('Hello'));
const exception = (name: string): Uint8Array => frame(name, { message: 'sorry' }, 'exception');

describe('before the answer has begun, a call is made again after', () => {
  it.each([
    [429, 'ThrottlingException'],
    [429, 'ModelNotReadyException'],
    [500, 'InternalServerException'],
    [502, 'BadGateway'],
    [503, 'ServiceUnavailableException'],
    [504, 'GatewayTimeout'],
    [408, 'ModelTimeoutException'],
    [529, 'overloaded_error'],
  ])('status %i %s', async (status, name) => {
    const stream = await streamOf([awsError(status, name, 'sorry'), good]);
    expect(await stream.text()).toBe('Hello');
    expect(server.requests).toHaveLength(2);
  });

  it.each(['Too many tokens, please wait before trying again.', 'Rate exceeded'])(
    '"%s", whatever its name',
    async (said) => {
      const stream = await streamOf([awsError(400, 'ValidationException', said), good]);
      expect(await stream.text()).toBe('Hello');
    },
  );

  // Recorded: https://github.com/hydro-project/infinity/pull/124, read on 2026-11-28.
  const TRY_AGAIN = 'The system encountered an unexpected error during processing. Try your request again.';

  it('a model that failed and says to try again', async () => {
    const stream = await streamOf([awsError(424, 'ModelErrorException', TRY_AGAIN), good]);
    expect(await stream.text()).toBe('Hello');
    expect(server.requests).toHaveLength(2);
  });

  it.each(['modelErrorException', 'someNewException'])(
    'an %s as the first frame that says to try again',
    async (name) => {
      const stream = await streamOf([
        frames(messageStart, frame(name, { message: TRY_AGAIN }, 'exception')),
        good,
      ]);
      expect(await stream.text()).toBe('Hello');
      expect(server.requests).toHaveLength(2);
    },
  );

  it('a connection that breaks', async () => {
    const stream = await streamOf([(response) => void response.destroy(), good]);
    expect(await stream.text()).toBe('Hello');
  });

  it.each([
    'throttlingException',
    'internalServerException',
    'serviceUnavailableException',
    'modelStreamErrorException',
    'modelTimeoutException',
  ])('an %s as the first frame of a stream that opened with 200', async (name) => {
    const stream = await streamOf([frames(exception(name)), good]);
    expect(await stream.text()).toBe('Hello');
  });

  it('a stream that ends with nothing but the message start, which is handed out once', async () => {
    const stream = await streamOf([
      frames(messageStart),
      frames(messageStart, exception('throttlingException')),
      good,
    ]);
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(server.requests).toHaveLength(3);
  });
});

describe('a call is not made again', () => {
  it('after the first content was handed out', async () => {
    const stream = await streamOf([
      frames(messageStart, text('Hel'), exception('throttlingException')),
      good,
    ]);
    const error = await failure(stream);
    expect(error).toMatchObject({
      code: 'ERR_THROTTLED',
      name: 'ThrottlingException',
      phase: 'stream',
      retryable: true,
      attempts: 1,
    });
    expect(error.partial).toMatchObject({
      message: { content: [{ text: 'Hel' }] },
      stopReason: undefined,
      requestId: 'request-1',
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [400, 'ValidationException', 'ERR_INPUT'],
    [403, 'AccessDeniedException', 'ERR_ACCESS_DENIED'],
    [403, 'ExpiredTokenException', 'ERR_CREDENTIALS'],
    [403, 'InvalidSignatureException', 'ERR_CREDENTIALS'],
    [404, 'ResourceNotFoundException', 'ERR_NOT_FOUND'],
    [400, 'ServiceQuotaExceededException', 'ERR_QUOTA'],
    [424, 'ModelErrorException', 'ERR_MODEL'],
  ])('after status %i %s, which is %s', async (status, name, code) => {
    const stream = await streamOf([awsError(status, name, 'No.'), good]);
    const error = await failure(stream);
    expect(error).toMatchObject({
      code,
      name,
      status,
      requestId: 'request-failed',
      retryable: false,
      attempts: 1,
    });
    expect(error.message).toContain('No.');
    expect(server.requests).toHaveLength(1);
  });

  it('after a quota that counts by the day', async () => {
    const stream = await streamOf([
      awsError(429, 'ThrottlingException', 'Too many tokens per day, please wait.'),
      good,
    ]);
    expect(await failure(stream)).toMatchObject({ code: 'ERR_QUOTA', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [
      403,
      'AccessDeniedException',
      'It cannot be completed. If you fixed this issue, try again after 2 minutes.',
    ],
    [400, 'ValidationException', 'No on-demand. Retry your request with the ID of an inference profile.'],
    [
      404,
      'ResourceNotFoundException',
      'Not submitted. If you have filled out the form, try again in 15 minutes.',
    ],
  ])('after status %i %s, which says to try again when something has changed', async (status, name, said) => {
    const stream = await streamOf([awsError(status, name, said), good]);
    expect(await failure(stream)).toMatchObject({ retryable: false, attempts: 1 });
  });

  it('after the first content, whatever the failure says', async () => {
    const again = frame('modelStreamErrorException', { message: 'Try your request again.' }, 'exception');
    const stream = await streamOf([frames(messageStart, text('Hel'), again), good]);
    expect(await failure(stream)).toMatchObject({ code: 'ERR_MODEL', retryable: true, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it('more often than maxAttempts, and the error counts the attempts', async () => {
    const stream = await streamOf([throttled], { maxAttempts: 2 });
    expect(await failure(stream)).toMatchObject({ code: 'ERR_THROTTLED', status: 429, attempts: 2 });
    expect(server.requests).toHaveLength(2);
  });

  it('when the service asks for a longer wait than maxRetryDelayMs', async () => {
    const stream = await streamOf([
      awsError(429, 'ThrottlingException', 'Wait.', { 'retry-after': '60' }),
      good,
    ]);
    expect(await failure(stream)).toMatchObject({ retryAfterMs: 60_000, attempts: 1 });
  });

  it('when an abort comes while it waits', async () => {
    const controller = new AbortController();
    const answer = awsError(429, 'ThrottlingException', 'Wait.', { 'retry-after': '19' });
    const stream = await streamOf([answer, good], { signal: controller.signal });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const result = stream.result();
    await until(() => timers.mock.calls.some(([, ms]) => ms === 19_000));
    timers.mockRestore();
    controller.abort('gone');
    await expect(result).rejects.toBe('gone');
    expect(server.requests).toHaveLength(1);
  });
});

describe('a cut answer', () => {
  it('is ERR_TRUNCATED when the body ends before messageStop', async () => {
    const stream = await streamOf([frames(messageStart, text('Hel'))]);
    const error = await failure(stream);
    expect(error).toMatchObject({
      code: 'ERR_TRUNCATED',
      retryable: true,
      partial: { message: { content: [{ text: 'Hel' }] } },
    });
  });

  it('is ERR_TRUNCATED inside a frame, also after messageStop', async () => {
    const cut = text('more').subarray(0, 20);
    const stream = await streamOf([frames(messageStart, text('Hel'), messageStop, cut)]);
    expect(await failure(stream)).toMatchObject({ code: 'ERR_TRUNCATED' });
  });

  it('is ERR_NETWORK when the connection breaks, with what had arrived', async () => {
    let breakIt = (): void => {};
    const stream = await streamOf([
      (response) => {
        openEventStream(response);
        response.write(messageStart);
        response.write(text('Hel'));
        breakIt = () => response.destroy();
      },
    ]);
    const error = failure({
      async result() {
        for await (const { type } of stream) if (type === 'contentBlockDelta') breakIt();
      },
    });
    expect(await error).toMatchObject({
      code: 'ERR_NETWORK',
      phase: 'stream',
      retryable: true,
      partial: { message: { content: [{ text: 'Hel' }] } },
    });
  });
});

describe('the retry budget of an endpoint', () => {
  it('runs out under failure, so that an outage is not answered with a flood, and comes back with success', async () => {
    server = await startServer(good);
    let fails = true;
    const bedrock = createBedrock({
      endpoint: server.url,
      credentials: { token: 'key' },
      maxRetryDelayMs: 0,
      maxAttempts: 11,
      fetch: (input, init) =>
        fails
          ? Promise.resolve(new Response('{"message":"Rate exceeded"}', { status: 429 }))
          : fetch(input, init),
    });
    const attemptsOf = async (): Promise<number> => (await failure(bedrock.stream(request))).attempts;
    const attempts: number[] = [];
    for (let call = 0; call < 12; call++) attempts.push(await attemptsOf());
    expect(attempts).toEqual([...Array<number>(10).fill(11), 1, 1]);
    fails = false;
    for (let call = 0; call < 5; call++) await bedrock.stream(request).text();
    fails = true;
    expect(await attemptsOf()).toBe(2);
  });
});
