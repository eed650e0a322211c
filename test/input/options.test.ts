import { describe, expect, expectTypeOf, it } from 'vitest';
import { fromSdkChain, sdkTransport } from '../../src/aws/index.js';
import {
  type BedrockError,
  type CallOptions,
  type ClientOptions,
  converse,
  countTokens,
  createApiKey,
  createBedrock,
  denoKvStorage,
  discover,
  explain,
  fromCognitoIdentityPool,
  fromResponse,
  getCallerIdentity,
  indexedDBStorage,
  isBedrockError,
  memoryStorage,
  stream,
  workersKvStorage,
} from '../../src/index.js';
import type { CALL_OPTIONS, CLIENT_OPTIONS } from '../../src/input/call-options.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { startLocalBedrock } from '../../src/local/node.js';

const request = { modelId: 'amazon.nova-lite-v1:0', prompt: 'Hi' };
const keys = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret' };
const pool = {
  identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
  guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
};
const kv = { get: async () => null, put: async () => {}, delete: async () => {} };
const noFetch = (): never => {
  throw new Error('something was sent');
};

/** Every public function that takes options, and where in the arguments they are. */
const CALLS: Record<string, (options: never) => unknown> = {
  'createBedrock()': (options) => createBedrock(options),
  'stream()': (options) => stream(request, options).result(),
  'converse()': (options) => converse(request, options),
  'countTokens()': (options) => countTokens(request, options),
  'discover()': (options) => discover(options),
  'getCallerIdentity()': (options) => getCallerIdentity(options),
  'explain()': (options) => explain(options),
  'fromResponse()': (options) => fromResponse(new Response(), options),
  'toResponse()': (options) => stream(request).toResponse(options),
  'toTextResponse()': (options) => stream(request).toTextResponse(options),
  'createLocalBedrock()': (options) => createLocalBedrock(options),
  'startLocalBedrock()': (options) => startLocalBedrock(options),
  'createApiKey()': (options) => createApiKey(keys, options),
  'fromCognitoIdentityPool()': (options) => fromCognitoIdentityPool(options),
  'fromSdkChain()': (options) => fromSdkChain(options),
  'sdkTransport()': (options) => sdkTransport(options),
  'memoryStorage()': (options) => memoryStorage(options),
  'indexedDBStorage()': (options) => indexedDBStorage(options),
  'denoKvStorage()': (options) => denoKvStorage({} as never, options),
  'workersKvStorage()': (options) => workersKvStorage(kv, options),
};

const RESPONSE_MISTAKES: [init: unknown, says: RegExp][] = [
  [{ onerror: () => {} }, /^to(Text)?Response\(\) has no option onerror\. Pass onError\.$/],
  [{ onError: 5 }, /^The option onError is 5\. Pass a function/],
  [{ status: 99 }, /^The option status is 99\. Pass a status from 200 to 599/],
  [{ status: 204 }, /^The option status is 204\. Pass a status .* that allows a body/],
  [{ status: '200' }, /^The option status is a string/],
  [{ statusText: 'a\nb' }, /^The option statusText is a string\. Pass one line/],
  [{ headers: 5 }, /^The option headers is 5\. Pass \{ name: value \}/],
  [
    { headers: { 'bad name': 's3cret' } },
    /^The option headers has a name or value that is not valid in HTTP/,
  ],
];

const LOCAL_MISTAKES: [options: unknown, says: RegExp][] = [
  [{ regoin: 'x' }, /LocalBedrock\(\) has no option regoin\. Pass region\.$/],
  [{ region: 5 }, /^The option region is 5\. Pass a string/],
  [{ models: {} }, /^The option models is an object\. Pass a list/],
  [{ faults: 'throttle=2' }, /^The option faults is a string\. Pass a list/],
  [{ now: 5 }, /^The option now is 5\. Pass a function/],
  [{ script: {} }, /^A script must be a list of rules/],
  [{ tokensPerSecond: 0 }, /^tokensPerSecond is 0/],
];

async function refusal(call: () => unknown): Promise<BedrockError> {
  let error: unknown;
  try {
    error = `it gave ${String(await call())}`;
  } catch (thrown) {
    error = thrown;
  }
  if (!isBedrockError(error)) throw error;
  expect(error).toMatchObject({ code: 'ERR_INPUT', phase: 'prepare', attempts: 0, retryable: false });
  return error;
}

const streamed = (options: unknown) =>
  refusal(() => stream(request, { credentials: keys, fetch: noFetch, ...(options as CallOptions) }).result());

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  it('refuses an option that it does not have, by name and without the value', async () => {
    const error = await refusal(() => call({ colour: 's3cret' } as never));
    expect(error.message).toMatch(
      new RegExp(`^${name.replace(/[()]/g, '\\$&')} has no option colour\\. It has \\w`),
    );
    expect(error.message).not.toContain('s3cret');
  });

  it.each([5, 'eu-central-1', null, [], () => {}])('refuses %o in the place of options', async (options) => {
    const error = await refusal(() => call(options as never));
    expect(error.message).toContain(`The options of ${name} are`);
  });

  it('ignores symbols', async () => {
    const error = await refusal(() => call({ [Symbol('x')]: 1, colour: 1 } as never));
    expect(error.message).toContain('has no option colour');
  });
});

describe('when a mistake is told', () => {
  it('createBedrock() throws at once, for options of the wrong type too', () => {
    expect(() => createBedrock({ maxAttempts: '3' } as never)).toThrow(
      'The option maxAttempts is the string "3". Pass a whole number of attempts, 1 or more.',
    );
  });

  it('stream() throws nothing; its first read rejects', async () => {
    const answer = stream(request, { colour: 1 } as never);
    await expect(answer[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });

  it('nobody is asked for credentials', async () => {
    let asked = false;
    const credentials = async () => {
      asked = true;
      return keys;
    };
    await streamed({ credentials, colour: 1 });
    expect(asked).toBe(false);
  });
});

describe('an unknown option says what was meant', () => {
  it.each<[name: string, means: string]>([
    ['apiKey', 'Pass credentials: fromBearerToken(…)'],
    ['api_key', 'Pass credentials: fromBearerToken(…)'],
    ['bearerToken', 'Pass credentials: fromBearerToken(…)'],
    ['token', 'Pass credentials: fromBearerToken(…)'],
    ['accessKeyId', 'Pass credentials: { accessKeyId, secretAccessKey, sessionToken }'],
    ['secretAccessKey', 'Pass credentials: { accessKeyId, secretAccessKey, sessionToken }'],
    ['sessionToken', 'Pass credentials: { accessKeyId, secretAccessKey, sessionToken }'],
    ['profile', "Pass credentials: fromSdkChain({ profile }) of 'bedrock-anywhere/aws'"],
    ['regoin', 'Pass region'],
    ['Region', 'Pass region'],
    ['time_out_ms', 'Pass timeoutMs'],
    ['idleTimeout', 'Pass idleTimeoutMs'],
    ['credential', 'Pass credentials'],
    ['baseURL', 'Pass endpoint'],
    ['baseUrl', 'Pass endpoint'],
    ['maxRetries', 'Pass maxAttempts, which counts the first request too'],
    ['timeout', 'Pass timeoutMs or idleTimeoutMs, in milliseconds'],
    ['abortSignal', 'Pass signal: controller.signal'],
    ['abortController', 'Pass signal: controller.signal'],
    ['model', 'Pass modelId in the request'],
    ['modelId', 'Pass it in the request'],
    ['temperature', 'Pass inferenceConfig: { temperature } in the request'],
    ['refreshInterval', 'Pass it to discover()'],
    ['colour', 'It has region, fallbackRegion, credentials'],
  ])('%s', async (name, means) => {
    const error = await streamed({ [name]: 'x' });
    expect(error.message).toContain(`stream() has no option ${name}. ${means}`);
  });

  it.each(['signal', 'headers', 'price'])('createBedrock() sends %s to the call', (name) => {
    expect(() => createBedrock({ [name]: {} } as never)).toThrow(
      /Pass it to the call, as in stream\(request, \{/,
    );
  });

  it('advice for calls is not given where there are no credentials to give', () => {
    expect(() => memoryStorage({ apiKey: 'x' } as never)).toThrow('has no option apiKey. It has maxEntries.');
    expect(() => memoryStorage({ maxEntires: 1 } as never)).toThrow('Pass maxEntries.');
  });

  it('options inside options are read too', () => {
    expect(() => fromCognitoIdentityPool({ ...pool, clientConfig: { regoin: 'x' } } as never)).toThrow(
      'clientConfig of fromCognitoIdentityPool() has no option regoin. Pass region.',
    );
    expect(() => createBedrock({ guardrailConfig: { guardrail_version: '1' } } as never)).toThrow(
      'The option guardrailConfig.guardrail_version is not a known member. Pass guardrailVersion.',
    );
  });

  it('toResponse() leaves the stream unread, so that it can be called again', async () => {
    const fetch = async () => Response.json({ message: 'enough' }, { status: 400 });
    const answer = stream(request, { credentials: keys, fetch });
    await refusal(() => answer.toResponse({ onerror: () => {} } as never));
    expect((await answer.toResponse()).status).toBe(500);
  });

  it('even when the value is undefined, as that of a variable that is not set', async () => {
    expect((await streamed({ apiKey: undefined })).message).toContain('fromBearerToken');
  });

  it('a signal in the place of { signal } is not overlooked', async () => {
    const error = await refusal(() => stream(request, new AbortController().signal as never).result());
    expect(error.message).toMatch(/^The options of stream\(\) are an AbortSignal\./);
  });
});

describe('an option of the wrong type says what to give', () => {
  it.each<[options: Record<string, unknown>, says: RegExp]>([
    [{ region: 5 }, /^The option region is 5\. Pass a string\.$/],
    [{ region: null }, /^The option region is null/],
    [
      { credentials: 's3cret' },
      /^The option credentials is a string\. Pass fromBearerToken\(…\), \{ accessKeyId/,
    ],
    [{ credentials: [] }, /^The option credentials is an array/],
    [{ endpoint: 5 }, /^The option endpoint is 5\. Pass a URL/],
    [{ endpoint: Symbol('x') }, /^The option endpoint is a symbol/],
    [
      { allowInsecureEndpoint: 'true' },
      /^The option allowInsecureEndpoint is the string "true"\. Pass true or false/,
    ],
    [{ fetch: 5 }, /^The option fetch is 5\. Pass a function/],
    [{ maxAttempts: '3' }, /^The option maxAttempts is the string "3"\. Pass a whole number/],
    [{ maxAttempts: 1.5 }, /^The option maxAttempts is 1\.5/],
    [{ maxAttempts: Number.NaN }, /^The option maxAttempts is NaN/],
    [{ maxAttempts: Number.POSITIVE_INFINITY }, /^The option maxAttempts is Infinity/],
    [{ maxAttempts: 3n }, /^The option maxAttempts is a bigint/],
    [
      { timeoutMs: Number.NEGATIVE_INFINITY },
      /^The option timeoutMs is -Infinity\. Pass milliseconds, 0 or more/,
    ],
    [{ idleTimeoutMs: true }, /^The option idleTimeoutMs is true/],
    [{ guardrailConfig: 'id' }, /^The option guardrailConfig is a string\. Pass \{ guardrailIdentifier/],
    [
      { guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: 1 } },
      /^The option guardrailConfig\.guardrailVersion is 1\. Pass a string/,
    ],
    [{ guardContent: true }, /^The option guardContent is true\. Pass 'last-user-message'/],
    [{ repair: true }, /^The option repair is true\. Pass 'lossless', 'all' or false/],
    [{ adapt: 'yes' }, /^The option adapt is the string "yes"/],
    [{ quirks: 5 }, /^The option quirks is 5\. Pass a function/],
    [{ models: {} }, /^The option models is an object\. Pass the models of discover\(\), or a list of/],
    [{ models: ['a'] }, /^The option models\.0 is a string\. Pass \{ id, foundationModelId/],
    [{ models: [{ id: 'a' }] }, /foundationModelId/],
    [{ catalog: {} }, /^The option catalog is an object\. Pass a function/],
    [{ transport: {} }, /^The option transport is an object\. Pass a transport/],
    [{ onRequest: true }, /^The option onRequest is true\. Pass a function/],
    [{ signal: false }, /^The option signal is false\. Pass an AbortSignal/],
    [{ signal: {} }, /^The option signal is an object/],
    [{ headers: 5 }, /^The option headers is 5\. Pass \{ name: value \}/],
    [{ price: 'cheap' }, /^The option price is a string\. Pass \{ input, output/],
    [{ price: { input: 1 } }, /^The option price\.output is missing\. Pass a number/],
    [
      { price: { input: 1, output: 2, tiers: [{ input: 1 }] } },
      /^The option price\.tiers\.0\.inputTokensAbove is missing/,
    ],
  ])('%o', async (options, says) => {
    const error = await streamed(options);
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('s3cret');
  });

  it.each<[options: Record<string, unknown>, says: RegExp]>([
    [{ storage: {} }, /^The option storage is an object\. Pass a storage with getItem/],
    [{ enabled: 'yes' }, /^The option enabled is the string "yes"\. Pass true, false or 'auto'/],
    [{ checkAccess: 1 }, /^The option checkAccess is 1/],
    [{ cacheScope: {} }, /^The option cacheScope is an object/],
    [{ refreshInterval: '1h' }, /^The option refreshInterval is the string "1h"/],
    [{ providerFilter: 'anthropic' }, /^providerFilter is not a list/],
  ])('of discover(): %o', async (options, says) => {
    expect(
      (await refusal(() => discover({ credentials: keys, fetch: noFetch, ...options } as never))).message,
    ).toMatch(says);
  });

  it.each<[call: () => unknown, says: RegExp]>([
    [() => createApiKey(keys, {} as never), /^createApiKey\(\) needs a region/],
    [
      () => createApiKey(keys, { region: 'us-east-1', expiresInSeconds: '60' } as never),
      /^expiresInSeconds is the string "60"/,
    ],
    [
      () => fromCognitoIdentityPool({} as never),
      /^identityPoolId is missing\. Pass the id of the identity pool/,
    ],
    [
      () => fromCognitoIdentityPool({ ...pool, cache: {} } as never),
      /^The option cache is an object\. Pass a storage/,
    ],
    ...RESPONSE_MISTAKES.flatMap(([init, says]): [call: () => unknown, says: RegExp][] => [
      [() => stream(request).toResponse(init as never), says],
      [() => stream(request).toTextResponse(init as never), says],
    ]),
    ...LOCAL_MISTAKES.flatMap(([options, says]): [call: () => unknown, says: RegExp][] => [
      [() => createLocalBedrock(options as never), says],
      [() => startLocalBedrock(options as never), says],
    ]),
    [
      () => startLocalBedrock({ prot: 1 } as never),
      /^startLocalBedrock\(\) has no option prot\. Pass port\.$/,
    ],
    [
      () => startLocalBedrock({ port: '80' } as never),
      /^The option port is the string "80"\. Pass a whole number/,
    ],
    [() => createLocalBedrock({ port: 80 } as never), /^createLocalBedrock\(\) has no option port\./],
    [() => sdkTransport({} as never), /^sdkTransport\(\) needs a client/],
    [() => sdkTransport({ client: {} } as never), /^The option client is an object\. Pass an AWS client/],
    [() => memoryStorage({ maxEntries: '5' } as never), /^maxEntries is the string "5"/],
    [
      () => fromResponse(new Response(), { signal: {} } as never),
      /^The option signal is an object\. Pass an AbortSignal/,
    ],
    [() => fromSdkChain({ profile: 5 } as never), /^The option profile is 5/],
  ])('of others: %o', async (call, says) => {
    expect((await refusal(call)).message).toMatch(says);
  });
});

it.each([undefined, null, {}, 'body'])('a fetch that returns %j is told so', async (returned) => {
  const bedrock = createBedrock({ credentials: keys, fetch: (async () => returned) as never });
  for (const call of [() => bedrock.stream(request).result(), () => bedrock.converse(request)]) {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message:
        'The option fetch did not return a Response with an unread body of bytes. Return the Response of the fetch that it calls.',
      attempts: 1,
    });
  }
});

describe('options may come in any object', () => {
  /** The region that a call went to. */
  async function regionOf(options: CallOptions, bound: ClientOptions = {}): Promise<string> {
    let host = '';
    const fetch = async (url: RequestInfo | URL) => {
      host = new URL(String(url)).host;
      return Response.json({ inputTokens: 1 });
    };
    await createBedrock({ credentials: keys, fetch, ...bound }).countTokens(request, options);
    return host.split('.')[1] ?? '';
  }

  class Settings {
    readonly maxAttempts = 1;
    get region(): string {
      return 'eu-west-3';
    }
  }

  it.each<[what: string, options: CallOptions]>([
    ['without a prototype', Object.assign(Object.create(null), { region: 'eu-west-3' })],
    [
      'with a getter',
      {
        get region() {
          return 'eu-west-3';
        },
      },
    ],
    ['of a class, getters included', new Settings()],
    ['that is frozen', Object.freeze({ region: 'eu-west-3' })],
    ['that is a proxy', new Proxy({ region: 'eu-west-3' }, {})],
    ['with a symbol', { region: 'eu-west-3', [Symbol('mark')]: 1 } as CallOptions],
    ['with members that are undefined', { region: 'eu-west-3', timeoutMs: undefined, signal: undefined }],
    ['with null as signal, as fetch takes it', { region: 'eu-west-3', signal: null } as never],
  ])('%s', async (_what, options) => {
    expect(await regionOf(options)).toBe('eu-west-3');
  });

  it('with headers of which some have no value, which are not sent', async () => {
    let sent = new Headers();
    const fetch = async (_url: unknown, init?: RequestInit) => {
      sent = new Headers(init?.headers);
      return Response.json({ inputTokens: 1 });
    };
    const headers = { 'x-a': undefined, 'x-b': null, 'x-c': 'c' } as never;
    await createBedrock({ credentials: keys, fetch }).countTokens(request, { headers });
    expect(['x-a', 'x-b', 'x-c'].map((name) => sent.get(name))).toEqual([null, null, 'c']);
  });

  it('a getter is asked once by createBedrock(), and never again', async () => {
    let asked = 0;
    const bound = {
      get region() {
        asked += 1;
        return 'eu-west-3';
      },
    };
    const fetch = async () => Response.json({ inputTokens: 1 });
    const bedrock = createBedrock(
      Object.defineProperties({ credentials: keys, fetch }, Object.getOwnPropertyDescriptors(bound)),
    );
    await bedrock.countTokens(request);
    await bedrock.countTokens(request);
    expect(asked).toBe(1);
  });

  it('a getter that throws is an input error with its name', async () => {
    const cause = new TypeError('not now');
    const error = await refusal(() =>
      stream(request, {
        get region(): string {
          throw cause;
        },
      }).result(),
    );
    expect(error.message).toBe('The option region cannot be read: not now');
    expect(error.cause).toBe(cause);
  });
});

describe('the tables', () => {
  it('hold every option of the types, and no other', () => {
    expectTypeOf<keyof typeof CLIENT_OPTIONS>().toEqualTypeOf<keyof ClientOptions>();
    expectTypeOf<keyof typeof CALL_OPTIONS>().toEqualTypeOf<keyof CallOptions>();
  });
});
