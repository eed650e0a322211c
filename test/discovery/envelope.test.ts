import { describe, expect, it } from 'vitest';
import { isBedrockError, type StorageLike } from '../../src/index.js';
import { account } from './account.js';

type Json = Record<string, unknown>;

/** A stored list, to be damaged. */
interface Stored {
  version: unknown;
  key: unknown;
  fetchedAt: unknown;
  lists: { models: Json[]; profiles: Json[]; warnings: unknown; access?: unknown };
}

const ELSEWHERE = 'arn:aws-cn:bedrock:cn-north-1:999999999999:application-inference-profile/planted';

const ofModel =
  (member: string, value: unknown) =>
  ({ lists }: Stored): void => {
    (lists.models[0] as Json)[member] = value;
  };
const ofProfile =
  (member: string, value: unknown, more: Json = {}) =>
  ({ lists }: Stored): void => {
    Object.assign(lists.profiles[0] as Json, more, { [member]: value });
  };
const ofEnvelope =
  (member: string, value: unknown) =>
  (stored: Stored): void => {
    Object.assign(stored, { [member]: value });
  };
const ofLists =
  (member: string, value: unknown) =>
  ({ lists }: Stored): void => {
    Object.assign(lists, { [member]: value });
  };

/** What may be wrong with a value in a storage that others write to, or that lost half of it. */
const DAMAGES: Record<string, (stored: Stored) => void> = {
  'a version as text': ofEnvelope('version', '1'),
  'a time that no date has': ofEnvelope('fetchedAt', 1e300),
  'a negative time': ofEnvelope('fetchedAt', -1),
  'a time as text': ofEnvelope('fetchedAt', '2026-01-01'),
  'lists that are a list': ofEnvelope('lists', []),
  'lists that are null': ofEnvelope('lists', null),
  'models that are an object': ofLists('models', { length: 1 }),
  'a model that is null': ({ lists }) => void lists.models.push(null as never),
  'a model that is a list': ({ lists }) => void lists.models.push([] as never),
  'a model without an id': ofModel('id', undefined),
  'a model whose id is a number': ofModel('id', 5),
  'a model whose id is an ARN elsewhere': ofModel('id', ELSEWHERE),
  'a model whose id leads elsewhere': ofModel('id', '../../admin'),
  'a model whose id has a line break': ofModel('id', 'a\nb'),
  'a model whose id is endless': ofModel('id', 'x'.repeat(5000)),
  'a model whose ARN is of another partition': ofModel(
    'arn',
    'arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-lite-v1:0',
  ),
  'a model without a provider': ofModel('provider', undefined),
  'a model whose provider is a number': ofModel('provider', 7),
  'a model whose name is too long': ofModel('name', 'A'.repeat(1001)),
  'a model without input': ofModel('input', undefined),
  'a model whose input is a text': ofModel('input', 'text'),
  'a model whose input is a list of numbers': ofModel('input', [1]),
  'a model whose output is null': ofModel('output', null),
  'a model whose lifecycle is an object': ofModel('lifecycle', {}),
  'a model that streams "yes"': ofModel('streaming', 'yes'),
  'a model on demand 1': ofModel('onDemand', 1),
  'profiles that are text': ofLists('profiles', 'none'),
  'a profile that is null': ({ lists }) => void lists.profiles.push(null as never),
  'a profile without models': ofProfile('modelArns', undefined),
  'a profile whose models are numbers': ofProfile('modelArns', [1]),
  'a profile whose models are no ARNs': ofProfile('modelArns', ['amazon.nova-lite-v1:0']),
  'a profile whose models are in another partition': ofProfile('modelArns', [
    'arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-lite-v1:0',
  ]),
  'a profile whose models are in a region that is none': ofProfile('modelArns', [
    'arn:aws:bedrock:evil::foundation-model/amazon.nova-lite-v1:0',
  ]),
  'an application profile of another account and partition': ofProfile('arn', ELSEWHERE, {
    type: 'application',
  }),
  'an application profile of another service': ofProfile('arn', 'arn:aws:s3:::bucket/key', {
    type: 'application',
  }),
  'an application profile without an ARN': ofProfile('arn', '', { type: 'application' }),
  'a profile whose id is an ARN': ofProfile('id', ELSEWHERE),
  'a profile of another type': ofProfile('type', 'constructor'),
  'a profile that is active "no"': ofProfile('active', 'no'),
  'a profile whose name is an object': ofProfile('name', {}),
  'access that is a list': ofLists('access', []),
  'access that is text': ofLists('access', { 'amazon.nova-lite-v1:0': 'yes' }),
  'warnings that are text': ofLists('warnings', 'none'),
  'warnings that are numbers': ofLists('warnings', [1]),
};

describe('a stored list with', () => {
  it.each(Object.entries(DAMAGES))('%s is a miss, and is replaced', async (_what, damage) => {
    const entries = new Map<string, string>();
    const storage = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => void entries.set(key, value),
    };
    const mine = account();
    const { models } = await mine.discover({ storage });
    expect((await mine.discover({ storage })).source).toBe('cache');
    const [[key, text] = ['', '']] = entries;
    const stored = JSON.parse(text) as Stored;
    damage(stored);
    entries.set(key, JSON.stringify(stored));
    expect(await mine.discover({ storage, expandProfiles: false })).toMatchObject({
      source: 'network',
      models,
    });
    expect((await mine.discover({ storage })).source).toBe('cache');
    expect(entries.get(key)).not.toBe(JSON.stringify(stored));
  });

  it('names that every object inherits says nothing about access', async () => {
    const mine = account({
      models: ['constructor', '__proto__', 'toString'].map((modelId) => ({
        modelId,
        responseStreamingSupported: true,
        inputModalities: ['TEXT'],
        outputModalities: ['TEXT'],
        inferenceTypesSupported: ['ON_DEMAND'],
        modelLifecycle: { status: 'ACTIVE' },
      })),
      profiles: [],
    });
    const { models } = await mine.discover();
    expect(models.map(({ id, access }) => [id, access])).toEqual([
      ['constructor', undefined],
      ['__proto__', undefined],
      ['toString', undefined],
    ]);
    const checked = await mine.discover({ checkAccess: true });
    for (const { access } of checked.models) expect([true, undefined]).toContain(access);
  });

  it('warnings of others shows them without control characters, and not without end', async () => {
    const entries = new Map<string, string>();
    const storage: StorageLike = {
      getItem: (key) => entries.get(key) ?? null,
      setItem: (key, value) => void entries.set(key, value),
    };
    const mine = account();
    await mine.discover({ storage });
    const [[key, text] = ['', '']] = entries;
    const stored = JSON.parse(text) as Stored;
    stored.lists.warnings = [...Array(500).keys()].map((i) => `\u001b]0;${i}\u0007${'x'.repeat(2000)}`);
    entries.set(key, JSON.stringify(stored));
    const { source, warnings } = await mine.discover({ storage });
    expect(source).toBe('cache');
    expect(warnings).toHaveLength(20);
    for (const warning of warnings) {
      expect(warning).not.toMatch(/\p{Cc}/u);
      expect(warning.length).toBeLessThanOrEqual(1000);
    }
  });
});

/** What a storage may be, or give, that no storage should. */
const ODD: Record<string, () => unknown> = {
  'gives a list': () => ({ getItem: () => [], setItem: () => {} }),
  'gives a number': () => ({ getItem: () => 5, setItem: () => {} }),
  'gives a symbol': () => ({ getItem: () => Symbol('x'), setItem: () => {} }),
  'gives a bigint': () => ({ getItem: () => 5n, setItem: () => {} }),
  'gives a function': () => ({ getItem: () => () => {}, setItem: () => {} }),
  'gives an object without a prototype': () => ({ getItem: () => Object.create(null), setItem: () => {} }),
  'gives a circle': () => {
    const circle: Json = {};
    circle['lists'] = circle;
    return { getItem: () => circle, setItem: () => {} };
  },
  'gives an object whose getters throw': () => ({
    getItem: () => ({
      get version(): never {
        throw new Error('no');
      },
    }),
    setItem: () => {},
  }),
  'gives a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return { getItem: () => proxy, setItem: () => {} };
  },
  'gives text that is endless': () => ({ getItem: () => '['.repeat(9_000_000), setItem: () => {} }),
  'gives text that is nested deep': () => ({ getItem: () => '['.repeat(1_000_000), setItem: () => {} }),
  'rejects with nothing': () => ({
    getItem: () => Promise.reject(undefined),
    setItem: () => Promise.reject(undefined),
  }),
  'rejects with an object without a prototype': () => ({
    getItem: () => Promise.reject(Object.create(null)),
    setItem: () => Promise.reject(Object.create(null)),
  }),
  'throws a symbol': () => ({
    getItem: () => {
      throw Symbol('x');
    },
    setItem: () => {
      throw Symbol('x');
    },
  }),
  'throws when it is asked whether it can remove': () => ({
    getItem: () => null,
    setItem: () => {},
    get removeItem(): never {
      throw new Error('no');
    },
  }),
  'has a removeItem that is none': () => ({ getItem: () => null, setItem: () => {}, removeItem: 5 }),
  'throws for what it removes': () => ({
    getItem: (key: string) => (key.endsWith(':index') ? '{"bedrock-anywhere:models:v1:old":1}' : null),
    setItem: () => {},
    removeItem: () => {
      throw new Error('no');
    },
  }),
  'gives an index that is none': () => ({
    getItem: (key: string) => (key.endsWith(':index') ? '[[["x"]]]' : null),
    setItem: () => {},
    removeItem: () => {},
  }),
  'gives thenables': () => ({
    // biome-ignore lint/suspicious/noThenProperty: what a storage gives may have one.
    getItem: () => ({ then: (resolve: (value: unknown) => void) => resolve('{}') }),
    setItem: () => {},
  }),
  'is frozen': () => Object.freeze({ getItem: () => null, setItem: () => {} }),
};

describe('a storage that', () => {
  it.each(Object.entries(ODD))('%s does not fail the call', async (_what, make) => {
    const { models, source } = await account().discover({ storage: make() as StorageLike });
    expect(source).toBe('network');
    expect(models.length).toBeGreaterThan(0);
  });

  it.each<[what: string, storage: () => unknown]>([
    ['is text', () => 'localStorage'],
    ['is a number', () => 5],
    ['is null', () => null],
    ['is a list', () => []],
    ['has no setItem', () => ({ getItem: () => null })],
    ['has a getItem that is text', () => ({ getItem: 'x', setItem: () => {} })],
    [
      'throws when its getItem is looked up',
      () => ({
        get getItem(): never {
          throw new Error('no');
        },
      }),
    ],
    [
      'is a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ])('%s is an input error that names the option', async (_what, storage) => {
    const error = await account()
      .discover({ storage: storage() as StorageLike })
      .catch((thrown: unknown) => thrown);
    expect(isBedrockError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining('storage') });
  });
});
