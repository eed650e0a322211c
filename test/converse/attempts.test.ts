import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Bedrock,
  BedrockError,
  type CallHooks,
  type ClientOptions,
  type ConverseStream,
  createBedrock,
  isBedrockError,
  memoryStorage,
  type Transport,
  type TransportCall,
} from '../../src/index.js';
import { type Answer, answerFrames, awsError, frames, startServer, type TestServer } from './server.js';

const request = {
  modelId: 'acme.brain-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
  inferenceConfig: { temperature: 0.5 },
};

let server: TestServer | undefined;
afterEach(() => {
  vi.useRealTimers();
  return server?.close();
});

async function start(answers: Answer[], options: ClientOptions = {}) {
  const started = await startServer(...answers);
  server = started;
  const credentials = options.credentials ?? { token: 'a-secret-key' };
  return createBedrock({ endpoint: started.url, maxRetryDelayMs: 1, ...options, credentials });
}

const failureOf = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => (isBedrockError(error) ? error : expect.fail(`it is not ours: ${error}`)),
  );

/** Sends requests that nobody answers; `allSent` resolves when there are so many of them. */
function silence(count: number): { send: () => Promise<never>; allSent: Promise<void> } {
  let sent = 0;
  let resolve = (): void => {};
  const allSent = new Promise<void>((done) => {
    resolve = done;
  });
  const send = (): Promise<never> => {
    sent += 1;
    if (sent === count) resolve();
    return new Promise(() => {});
  };
  return { send, allSent };
}

const streamed = frames(...answerFrames('Hello'));
const whole: Answer = (response) => {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
      stopReason: 'end_turn',
    }),
  );
};
const lists: Answer = (response, { url }) => {
  response.setHeader('content-type', 'application/json');
  const isModels = url?.startsWith('/foundation-models');
  response.end(JSON.stringify(isModels ? { modelSummaries: [] } : { inferenceProfileSummaries: [] }));
};
const throttled = awsError(429, 'ThrottlingException', 'Too many requests, please wait.');
const refused = awsError(
  403,
  'UnrecognizedClientException',
  'The security token included in the request is invalid.',
);
const rejected = awsError(
  400,
  'ValidationException',
  "This model doesn't support the temperature field. Remove temperature and try again.",
);
const skewed: Answer = (response, incoming) =>
  awsError(
    403,
    'InvalidSignatureException',
    'Signature expired: 20200101T000000Z is now earlier than 20300101T000000Z',
    {
      date: new Date(Date.now() + 3_600_000).toUTCString(),
    },
  )(response, incoming);

const causes: [cause: string, answer: Answer, options: ClientOptions][] = [
  ['a transient error', throttled, {}],
  ['refused credentials', refused, { credentials: async () => ({ token: 'a-secret-key' }) }],
  ['a wrong clock', skewed, { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-key' } }],
  ['a field that adapt drops', rejected, { adapt: true }],
];

describe('maxAttempts caps the requests of a call', () => {
  it.each(causes)('at one, after %s', async (_cause, answer, options) => {
    const bedrock = await start([answer], { ...options, maxAttempts: 1 });
    expect(await failureOf(bedrock.stream(request).result())).toMatchObject({ attempts: 1 });
    expect(await failureOf(bedrock.converse(request))).toMatchObject({ attempts: 1 });
    expect(server?.requests).toHaveLength(2);
  });

  it.each(causes)('at two, which lets one more pass after %s', async (_cause, answer, options) => {
    const bedrock = await start([answer, streamed], { ...options, maxAttempts: 2 });
    expect(await bedrock.stream(request).result()).toMatchObject({ attempts: 2 });
    expect(server?.requests).toHaveLength(2);
  });

  it('whatever the causes are, one after the other', async () => {
    const bedrock = await start([refused, rejected, throttled, streamed], {
      adapt: true,
      credentials: async () => ({ token: 'a-secret-key' }),
      maxAttempts: 3,
    });
    expect(await failureOf(bedrock.stream(request).result())).toMatchObject({
      code: 'ERR_THROTTLED',
      attempts: 3,
    });
    expect(server?.requests).toHaveLength(3);
  });
});

describe('attempts counts the requests that were sent', () => {
  it('on results', async () => {
    const bedrock = await start([throttled, whole]);
    expect(await bedrock.converse(request)).toMatchObject({ attempts: 2 });
    const stream = await start([throttled, throttled, streamed]);
    expect(await stream.stream(request).result()).toMatchObject({ attempts: 3 });
  });

  it('on a timeout', async () => {
    vi.useFakeTimers();
    const fetch = (): Promise<never> => {
      void vi.advanceTimersByTimeAsync(50);
      return new Promise(() => {});
    };
    const bedrock = await start([], { fetch, timeoutMs: 50 });
    const calls = [bedrock.converse(request), bedrock.stream(request).result()];
    const timeout = { code: 'ERR_TIMEOUT', attempts: 1 };
    expect(await Promise.all(calls.map(failureOf))).toMatchObject([timeout, timeout]);
  });

  it('on a timeout of every other call too', async () => {
    vi.useFakeTimers();
    const { send, allSent } = silence(7);
    const bedrock = await start([], { fetch: send, timeoutMs: 50 });
    const calls = [
      bedrock.countTokens(request),
      bedrock.discover({ refreshInterval: 0 }),
      bedrock.discover(),
    ];
    const failures = Promise.all(calls.map(failureOf));
    await allSent;
    await vi.advanceTimersByTimeAsync(50);
    // A discovery requests three lists at once.
    expect((await failures).map(({ code, attempts }) => [code, attempts])).toEqual([
      ['ERR_TIMEOUT', 1],
      ['ERR_TIMEOUT', 3],
      ['ERR_TIMEOUT', 3],
    ]);
  });

  it("on an answer that is not Bedrock's", async () => {
    const bedrock = await start([(response) => void response.end('{}')]);
    expect(await failureOf(bedrock.converse(request))).toMatchObject({ code: 'ERR_PROTOCOL', attempts: 1 });
    expect(await failureOf(bedrock.countTokens(request))).toMatchObject({
      code: 'ERR_PROTOCOL',
      attempts: 1,
    });
    expect(await failureOf(bedrock.stream(request).result())).toMatchObject({
      code: 'ERR_PROTOCOL',
      attempts: 1,
    });
  });

  it('as none where nothing was sent', async () => {
    const bedrock = await start([streamed], { credentials: () => Promise.reject(new Error('no keys')) });
    expect(await failureOf(bedrock.stream(request).result())).toMatchObject({
      code: 'ERR_CREDENTIALS',
      attempts: 0,
    });
    expect(server?.requests).toHaveLength(0);
  });
});

describe('attempts through a transport', () => {
  /** A transport whose every call does the same, once it has said that it sends a request. */
  const through = (act: () => Promise<never>, options: ClientOptions = {}) =>
    over((call) => {
      call.onRequest('https://bedrock.example.com/');
      return act();
    }, options);
  const over = (act: (call: TransportCall) => Promise<never>, options: ClientOptions = {}) => {
    const transport: Transport = {
      destination: async () => ({
        region: 'us-east-1',
        endpoint: new URL('https://bedrock.example.com'),
        credentials: async () => ({ token: 'a-secret-key' }),
      }),
      unary: act,
      stream: act,
    };
    return createBedrock({ transport, ...options });
  };
  const everyCall = (bedrock: Bedrock) => ({
    stream: bedrock.stream(request).result(),
    converse: bedrock.converse(request),
    countTokens: bedrock.countTokens(request),
    discover: bedrock.discover({ refreshInterval: 0 }),
  });
  const attemptsOf = async (calls: ReturnType<typeof everyCall>) => {
    const failures = Object.entries(calls).map(async ([name, call]) => [
      name,
      (await failureOf(call)).attempts,
    ]);
    return Object.fromEntries(await Promise.all(failures));
  };
  const ONE_EACH = { stream: 1, converse: 1, countTokens: 1, discover: 3 };

  it('count the request that a timeout ends', async () => {
    vi.useFakeTimers();
    const { send, allSent } = silence(6);
    const attempts = attemptsOf(everyCall(through(send, { timeoutMs: 50 })));
    await allSent;
    await vi.advanceTimersByTimeAsync(50);
    expect(await attempts).toEqual(ONE_EACH);
  });

  it('count the request that an abort ends', async () => {
    const controller = new AbortController();
    const bedrock = through(async () => {
      controller.abort('enough');
      return new Promise(() => {});
    });
    const answer = bedrock.stream(request, { signal: controller.signal });
    await expect(answer.result()).rejects.toBe('enough');
    expect(answer.partial.attempts).toBe(1);
  });

  it('count the request that a stream is cancelled in', async () => {
    const answer: ConverseStream = through(async () => {
      void answer.cancel();
      return new Promise(() => {});
    }).stream(request);
    expect(await failureOf(answer.result())).toMatchObject({ code: 'ERR_CANCELLED', attempts: 1 });
  });

  it('count a failure that brings no count as one request', async () => {
    const fail = () =>
      Promise.reject(new BedrockError({ code: 'ERR_NETWORK', message: 'Gone.', phase: 'request' }));
    expect(await attemptsOf(everyCall(over(fail)))).toEqual(ONE_EACH);
  });

  it('count nothing for a failure before the request', async () => {
    const fail = () =>
      Promise.reject(new BedrockError({ code: 'ERR_CREDENTIALS', message: 'No keys.', phase: 'prepare' }));
    expect(await attemptsOf(everyCall(over(fail)))).toEqual({
      stream: 0,
      converse: 0,
      countTokens: 0,
      discover: 0,
    });
  });
});

describe('hooks', () => {
  const record = (): { seen: unknown[]; hooks: CallHooks } => {
    const seen: unknown[] = [];
    const hooks: CallHooks = {
      onRequest: (details) => void seen.push({ on: 'request', ...details }),
      onResponse: (details) => void seen.push({ on: 'response', ...details }),
      onRetry: (details) => void seen.push({ on: 'retry', ...details }),
    };
    return { seen, hooks };
  };

  it('see each request, its response and why another follows', async () => {
    const { seen, hooks } = record();
    const bedrock = await start([throttled, streamed], hooks);
    await bedrock.stream(request).text();
    const url = `${server?.url}/model/acme.brain-v1%3A0/converse-stream`;
    const call = { operation: 'ConverseStream', modelId: 'acme.brain-v1:0', method: 'POST', url };
    expect(seen).toEqual([
      { on: 'request', ...call, attempt: 1 },
      { on: 'response', ...call, attempt: 1, status: 429, requestId: expect.anything() },
      {
        on: 'retry',
        ...call,
        attempt: 1,
        error: expect.objectContaining({ code: 'ERR_THROTTLED' }),
        delayMs: expect.any(Number),
      },
      { on: 'request', ...call, attempt: 2 },
      { on: 'response', ...call, attempt: 2, status: 200, requestId: 'request-1' },
    ]);
    expect(JSON.stringify(seen)).not.toContain('a-secret-key');
  });

  it('see the requests of every call, and those of a call alone where it brings them', async () => {
    const operations: string[] = [];
    const onRequest: CallHooks['onRequest'] = ({ operation }) => void operations.push(operation);
    const bedrock = await start([whole]);
    await bedrock.converse(request, { onRequest });
    await bedrock.converse(request);
    await failureOf(bedrock.countTokens(request, { onRequest }));
    await failureOf(bedrock.discover({ onRequest }));
    // Profiles of the system and of the account are two lists.
    expect(operations.sort()).toEqual([
      'Converse',
      'CountTokens',
      'ListFoundationModels',
      'ListInferenceProfiles',
      'ListInferenceProfiles',
    ]);
  });

  it.each(['onRequest', 'onResponse', 'onRetry'] as const)(
    'do not break a call when %s throws',
    async (name) => {
      const hook = (): never => {
        throw new Error('the log is full');
      };
      const bedrock = await start([throttled, streamed, throttled, whole], { [name]: hook });
      const { message, warnings } = await bedrock.stream(request).result();
      expect(message.content).toEqual([{ text: 'Hello' }]);
      expect(warnings).toContain(`The hook ${name} threw: the log is full`);
      expect((await bedrock.converse(request)).warnings).toContain(`The hook ${name} threw: the log is full`);
    },
  );

  it.each([
    ['an object without a prototype', Object.create(null)],
    ['an error whose message is one', Object.assign(new Error(), { message: Object.create(null) })],
    ['a symbol', Symbol('full')],
  ])('do not break a call when one throws %s', async (_what, thrown) => {
    const onResponse = (): never => {
      throw thrown;
    };
    const bedrock = await start([whole], { onResponse });
    const { text, warnings } = await bedrock.converse(request);
    expect(text).toBe('Hello');
    expect(warnings).toEqual([expect.stringMatching(/^The hook onResponse threw: ./)]);
  });

  it('that throw in discover() are in its warnings, once, and not kept with the list', async () => {
    const onRequest = (): never => {
      throw new Error('the log is full');
    };
    const bedrock = await start([lists]);
    const storage = memoryStorage();
    const warnings = ['The hook onRequest threw: the log is full'];
    expect(await bedrock.discover({ storage, onRequest })).toMatchObject({ source: 'network', warnings });
    expect(await bedrock.discover({ storage })).toMatchObject({ source: 'cache', warnings: [] });
    expect((await bedrock.discover({ refreshInterval: 0, onRequest })).warnings).toEqual(warnings);
  });

  it.each(['abort', 'cancel'] as const)(
    'that %s a call in onRequest keep it from being sent',
    async (how) => {
      const controller = new AbortController();
      const bedrock = await start([streamed]);
      const stream = bedrock.stream(request, {
        signal: controller.signal,
        onRequest: () => (how === 'abort' ? controller.abort('mine') : void stream.cancel()),
      });
      const fetched = vi.spyOn(globalThis, 'fetch');
      const failure: unknown = await stream.result().catch((error: unknown) => error);
      if (how === 'abort') expect(failure).toBe('mine');
      else expect(failure).toMatchObject({ code: 'ERR_CANCELLED', attempts: 0 });
      expect(fetched).not.toHaveBeenCalled();
      expect(stream.partial.attempts).toBe(0);
      fetched.mockRestore();
    },
  );

  it('do not break a process when an async one rejects', async () => {
    const onRequest = async (): Promise<void> => {
      throw new Error('the log is full');
    };
    const bedrock = await start([streamed], { onRequest });
    expect(await bedrock.stream(request).result()).toMatchObject({
      warnings: ['The hook onRequest threw: the log is full'],
    });
  });
});
