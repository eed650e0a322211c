import { afterAll, describe, expect, it } from 'vitest';
import { type Bedrock, type BedrockError, createBedrock, isBedrockError } from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { valid } from './valid-request.js';

const local = createLocalBedrock();
const send = (input: RequestInfo | URL, init?: RequestInit) => local.fetch(new Request(input, init));
const bedrock = createBedrock({
  region: local.region,
  credentials: { token: local.apiKey },
  fetch: send,
  maxAttempts: 1,
});

const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);
process.on('unhandledRejection', note);
afterAll(() => {
  process.off('unhandledRejection', note);
});

function thrower(): object {
  const fail = (): never => {
    throw new TypeError('the trap fails');
  };
  return new Proxy({}, { get: fail, ownKeys: fail, has: fail, getPrototypeOf: fail });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function circle(): object {
  const circle: Record<string, unknown> = {};
  circle['text'] = circle;
  circle['again'] = [circle];
  return circle;
}

/** Each value is made anew: a call must not see what another did to it. */
const GARBAGE: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  0: () => 0,
  '-1': () => -1,
  '1.5': () => 1.5,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  'a bigint': () => 5n,
  'a symbol': () => Symbol('x'),
  'a function': () => () => 'x',
  'no text': () => '',
  'a text': () => 'x',
  'a path': () => './cat.png',
  'a data URL': () => 'data:image/png;base64,AAAA',
  'half a character': () => '\ud83d',
  'an empty list': () => [],
  'a list of null': () => [null],
  'a list of undefined': () => [undefined],
  'a list of numbers': () => [1, 2],
  'a list of text': () => ['x'],
  'a list of lists': () => [[]],
  'a list with a hole': () => new Array(2),
  'a list of bigints': () => [5n],
  'a list that holds itself': () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  'a list of lists of objects': () => new Array(3).fill(new Array(3).fill({})),
  'an empty object': () => ({}),
  'an object': () => ({ a: 1 }),
  'a text block': () => ({ text: 'x' }),
  'two members': () => ({ text: 'x', image: {} }),
  "another service's block": () => ({ type: 'text', text: 'x' }),
  'an object without a prototype': () => Object.create(null),
  'an object with __proto__': () => JSON.parse('{"__proto__": {"text": "x"}}'),
  'a getter that throws': () => ({
    get text(): string {
      throw new TypeError('the getter fails');
    },
  }),
  'a proxy that throws': thrower,
  'a proxy that was revoked': revoked,
  'a circle': circle,
  'a date': () => new Date(0),
  'a date that is none': () => new Date(Number.NaN),
  'a map': () => new Map([['text', 'x']]),
  'a set': () => new Set(['x']),
  'a regular expression': () => /x/,
  'an error': () => new Error('x'),
  'a promise': () => Promise.resolve('x'),
  'a blob': () => new Blob(['x']),
  bytes: () => new Uint8Array([1]),
  'an ArrayBuffer': () => new ArrayBuffer(2),
  'a boxed text': () => new String('x'),
  'an instance': () =>
    new (class {
      readonly text = 'x';
      #secret = 1;
      get secret() {
        return this.#secret;
      }
    })(),
  'a toJSON that throws': () =>
    new (class {
      toJSON(): never {
        throw new TypeError('toJSON fails');
      }
    })(),
};

type Place = readonly (string | number)[];

/** Every place in a value, that of the value itself first. */
function* placesIn(value: unknown, place: Place = []): Generator<Place> {
  yield place;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [name, item] of Object.entries(value)) {
    yield* placesIn(item, [...place, Array.isArray(value) ? Number(name) : name]);
  }
}

/** The value with another one at a place. */
function withAt(value: unknown, [name, ...rest]: Place, other: unknown): unknown {
  if (name === undefined) return other;
  const copy = Array.isArray(value) ? value.slice() : { ...(value as object) };
  const members = copy as Record<string | number, unknown>;
  members[name] = withAt(members[name], rest, other);
  return copy;
}

const CALLS: Record<string, (of: Bedrock, request: never, options?: never) => Promise<unknown>> = {
  stream: (of, request, options) => of.stream(request, options).result(),
  converse: (of, request, options) => of.converse(request, options),
  countTokens: (of, request, options) => of.countTokens(request, options),
};

/** The error of a call, if it has one: a call may work, and what it fails with must be a BedrockError. */
async function failure(call: () => Promise<unknown>, what: string): Promise<BedrockError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (isBedrockError(error)) return error;
    throw new Error(`${what} failed with ${String(error)}`, { cause: error });
  }
}

/** What is refused before sending names its place: that itself, one above it, or one in it. */
function expectPlace(error: BedrockError | undefined, place: Place, what: string): void {
  if (error === undefined || error.phase !== 'prepare') return;
  expect(error.code, what).toBe('ERR_INPUT');
  expect(error.message, what).not.toMatch(/undefined|not iterable|not a function|\[object/);
  const [first] = place;
  if (first !== undefined) expect(error.message, what).toContain(String(first));
}

/** `converse()` prepares a request as `stream()` does. */
const PREPARING = Object.entries(CALLS).filter(([name]) => name !== 'converse');

describe.each(PREPARING)('%s() with garbage in any place of a request', (name, call) => {
  const request =
    name === 'countTokens'
      ? {
          modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
          input: {
            converse: withAt(withAt(valid(), ['modelId'], undefined), ['guardrailConfig'], undefined),
          },
        }
      : valid();
  const places = [...placesIn(request)];

  it('works, or is an input error with the path', async () => {
    expect(await failure(() => call(bedrock, request as never), 'the request itself')).toBeUndefined();
    for (const place of places) {
      for (const [kind, make] of Object.entries(GARBAGE)) {
        const what = `${kind} at ${place.join('.') || 'the request'}`;
        const error = await failure(() => call(bedrock, withAt(request, place, make()) as never), what);
        expectPlace(error, place, what);
      }
    }
    expect(rejections).toEqual([]);
  }, 120_000);
});

it.each(Object.entries(CALLS))(
  '%s() gives an input error where a getter fails at any later look',
  async (_name, call) => {
    for (const looks of [1, 2, 3, 4, 5, 6, 7, 8]) {
      let asked = 0;
      const block = {
        get text(): string {
          if (++asked > looks) throw new TypeError('the getter fails');
          return 'x';
        },
      };
      const request = {
        modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        messages: [{ role: 'user', content: [block] }],
      };
      const error = await failure(() => call(bedrock, request as never), `${looks} looks`);
      if (error !== undefined) expect(error).toMatchObject({ code: 'ERR_INPUT', phase: 'prepare' });
    }
  },
);

/** An option of each kind that works. */
const OPTIONS: Record<string, unknown> = {
  region: local.region,
  fallbackRegion: local.region,
  credentials: { token: local.apiKey },
  endpoint: 'http://localhost:1',
  allowInsecureEndpoint: true,
  allowLongLivedKeys: true,
  fetch: send,
  maxAttempts: 1,
  maxRetryDelayMs: 10,
  idleTimeoutMs: 0,
  timeoutMs: 0,
  guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' },
  guardContent: 'last-user-message',
  repair: 'all',
  adapt: true,
  quirks: () => undefined,
  models: [{ id: 'a', foundationModelId: 'b' }],
  catalog: () => undefined,
  onRequest: () => {},
  onRetry: () => {},
  onResponse: () => {},
  signal: new AbortController().signal,
  headers: { 'x-team': 'a' },
  price: { input: 1, output: 2, tiers: [{ inputTokensAbove: 5, input: 1, output: 2 }] },
};

/** A function is a fetch and a provider of credentials: what they give is not an option. */
const isFunctionOfItsOwn = (place: Place, value: unknown) =>
  ['fetch', 'credentials'].includes(String(place[0])) && typeof value === 'function';

describe.each(Object.entries(CALLS))('%s() with garbage in any place of its options', (_name, call) => {
  const request = { modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', prompt: 'Hi' };

  it('works, or is an input error with the name of the option', async () => {
    expect(
      await failure(() => call(bedrock, request as never, OPTIONS as never), 'valid options'),
    ).toBeUndefined();
    for (const place of [...placesIn(OPTIONS), ['transport'], ['colour']]) {
      for (const [kind, make] of Object.entries(GARBAGE)) {
        const value = make();
        if (isFunctionOfItsOwn(place, value)) continue;
        const what = `${kind} at option ${place.join('.')}`;
        const error = await failure(
          () => call(bedrock, request as never, withAt(OPTIONS, place, value) as never),
          what,
        );
        // An object may hold credentials, and whether it does is asked where they are used.
        if (error?.code !== 'ERR_CREDENTIALS' || place[0] !== 'credentials') expectPlace(error, place, what);
      }
    }
    expect(rejections).toEqual([]);
  }, 120_000);
});

it('createBedrock() takes options or throws an input error with the name', () => {
  const { signal: _signal, headers: _headers, price: _price, ...bound } = OPTIONS;
  for (const place of placesIn(bound)) {
    for (const [kind, make] of Object.entries(GARBAGE)) {
      const what = `${kind} at ${place.join('.')}`;
      try {
        createBedrock(withAt(bound, place, make()) as never);
      } catch (error) {
        if (!isBedrockError(error)) throw new Error(`${what} failed with ${String(error)}`, { cause: error });
        expectPlace(error, place, what);
      }
    }
  }
});
