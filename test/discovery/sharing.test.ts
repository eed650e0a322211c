import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createBedrock,
  type DiscoverOptions,
  type Discovery,
  discover,
  memoryStorage,
  type StorageLike,
} from '../../src/index.js';
import { turns } from '../clock.js';
import fc from '../property.js';
import { type AnsweringNetwork, answeringNetwork, asGlobal, fetchVia, transportVia } from './answering.js';

let network: AnsweringNetwork;
beforeEach(() => {
  network = asGlobal(answeringNetwork());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const key = (id: string) => ({ accessKeyId: `AKIA${id}`, secretAccessKey: 'secret' });
const session = (id: string, accountId?: string) => ({
  accessKeyId: `ASIA${id}`,
  secretAccessKey: 'secret',
  sessionToken: 'session',
  accountId,
});

/** Values of each option of which any two lead to another request, or to another place where its list is kept. */
const SHAPING = {
  region: ['us-east-1', 'eu-west-1'],
  endpoint: ['https://one.example', undefined, 'https://two.example', 'https://two.example/base'],
  credentials: [
    key('ONE'),
    key('TWO'),
    session('THREE', '111111111111'),
    session('FOUR', '222222222222'),
    session('FIVE'),
    session('FIFTH'),
    { token: 'ABSKone' },
    { token: 'ABSKtwo' },
    async () => key('SIX'),
    async () => session('SEVEN', '333333333333'),
  ],
  headers: [undefined, { 'x-tenant': 'one' }, { 'x-tenant': 'two' }, { 'x-other': 'one' }],
  fetch: [undefined, fetchVia('one'), fetchVia('two')],
  transport: [undefined, transportVia('one'), transportVia('two')],
  checkAccess: [undefined, true],
  cacheScope: [undefined, 'one', 'two'],
  storage: [0, 1],
} as const;

/** Values of each option that change how a request is sent, but not the list that it returns. */
const SENDING = {
  maxAttempts: [undefined, 1, 7],
  maxRetryDelayMs: [undefined, 0, 5],
  idleTimeoutMs: [undefined, 0, 60_000],
  allowLongLivedKeys: [undefined, true],
} as const;

/** Values of each option that leave the request as it is: they bound the wait, or are applied to the list. */
const OWN = {
  enabled: [undefined, true, 'auto'],
  signal: [undefined, new AbortController().signal],
  timeoutMs: [undefined, 60_000],
  refreshInterval: [3600, 60],
  providerFilter: [undefined, ['amazon']],
  defaultContextWindow: [undefined, 7],
  defaultMaxTokens: [undefined, 7],
  expandProfiles: [undefined, true],
  allowGlobal: [undefined, false],
  embeddings: [undefined, true],
  catalog: [undefined, () => undefined],
  fallbackRegion: [undefined, 'eu-north-1'],
  allowInsecureEndpoint: [undefined, true],
  guardrailConfig: [undefined, { guardrailIdentifier: 'g', guardrailVersion: '1' }],
  guardContent: [undefined, 'last-user-message'],
  repair: [undefined, false],
  adapt: [undefined, true],
  quirks: [undefined, () => undefined],
  models: [undefined, [{ id: 'a', foundationModelId: 'b' }]],
  fallback: [undefined, ['another-model']],
  onRequest: [undefined, () => {}],
  onResponse: [undefined, () => {}],
  onRetry: [undefined, () => {}],
  price: [undefined, { input: 1, output: 1 }],
} as const;

/** A new option has to be put into one of the three before this compiles. */
const VALUES: Readonly<Record<keyof DiscoverOptions, readonly unknown[]>> = {
  ...SHAPING,
  ...SENDING,
  ...OWN,
};

type Name = keyof DiscoverOptions;
const NAMES = Object.keys(VALUES) as Name[];

/** Which value each option has, by its place among the values. */
type Choice = Readonly<Record<Name, number>>;
const FIRST = Object.fromEntries(NAMES.map((name) => [name, 0])) as Choice;

function optionsOf(choice: Choice, storages: readonly StorageLike[]): DiscoverOptions {
  const all = Object.fromEntries(NAMES.map((name) => [name, VALUES[name][choice[name]]]));
  return { ...all, storage: storages[choice.storage] };
}

const CREDENTIALED = ['credentials', 'fetch', 'transport'] as const;

/** Whether two calls find each other's list: `cacheScope` stands for whose list it is. */
function findEachOther(a: Choice, b: Choice): boolean {
  const own: readonly Name[] = a.cacheScope === 0 ? [] : CREDENTIALED;
  return NAMES.every((name) => !(name in SHAPING) || own.includes(name) || a[name] === b[name]);
}

/** Whether two calls at the same time send one request. */
function shareRequest(a: Choice, b: Choice): boolean {
  const names = Object.keys({ ...SHAPING, ...SENDING }) as Name[];
  return names.every((name) => a[name] === b[name]);
}

const listOf = ({ models }: Discovery): unknown[] => models.map(({ name, access }) => [name, access]);

/** One call after the other. */
async function expectOneAfterTheOther(a: Choice, b: Choice): Promise<void> {
  const storages = [memoryStorage(), memoryStorage()];
  await discover(optionsOf(a, storages));
  const asked = network.asked();
  const second = await discover(optionsOf(b, storages));
  const found = findEachOther(a, b);
  expect([second.source, network.asked() - asked]).toEqual(found ? ['cache', 0] : ['network', 1]);
  await expectOwn(b, second);
}

/** Both calls at the same time. */
async function expectAtTheSameTime(a: Choice, b: Choice): Promise<void> {
  const storages = [memoryStorage(), memoryStorage()];
  const before = network.asked();
  const release = network.hold();
  const calls = [a, b].map((choice) => discover(optionsOf(choice, storages)));
  await turns();
  const asked = network.asked() - before;
  release();
  const [first, second] = (await Promise.all(calls)) as [Discovery, Discovery];
  expect(asked).toBe(shareRequest(a, b) ? 1 : 2);
  await expectOwn(a, first);
  await expectOwn(b, second);
}

/** What a call gets is what its own request would return. With `cacheScope` the caller says who may see whose list. */
async function expectOwn(choice: Choice, got: Discovery): Promise<void> {
  if (choice.cacheScope !== 0) return;
  const own = await discover({ ...optionsOf(choice, [memoryStorage()]), refreshInterval: 0 });
  expect(listOf(got)).toEqual(listOf(own));
}

/** Every pair of values of every option, all else being equal. */
const PAIRS = NAMES.flatMap((name) =>
  VALUES[name].flatMap((_a, i) =>
    VALUES[name].slice(i + 1).map((_b, more): [Name, number, number] => [name, i, i + 1 + more]),
  ),
);

describe('two calls whose options differ in one alone', () => {
  beforeEach(() => vi.stubEnv('AWS_PROFILE', 'a marker for enabled: auto'));

  it.each(PAIRS)('%s, in its values %i and %i', async (name, i, j) => {
    const [a, b] = [
      { ...FIRST, [name]: i },
      { ...FIRST, [name]: j },
    ];
    expect(findEachOther(a, b)).toBe(!(name in SHAPING));
    expect(shareRequest(a, b)).toBe(name in OWN);
    await expectOneAfterTheOther(a, b);
    await expectOneAfterTheOther(b, a);
    await expectAtTheSameTime(a, b);
  });
});

describe('any two calls', () => {
  beforeEach(() => vi.stubEnv('AWS_PROFILE', 'a marker for enabled: auto'));

  const choice = fc.record(
    Object.fromEntries(NAMES.map((name) => [name, fc.nat(VALUES[name].length - 1)])),
  ) as unknown as fc.Arbitrary<Choice>;

  /** Two choices that differ in some options, often in none. */
  const pair = fc
    .tuple(choice, choice, fc.subarray(NAMES, { maxLength: 3 }))
    .map(([a, other, names]): [Choice, Choice] => [
      a,
      { ...a, ...Object.fromEntries(names.map((name) => [name, other[name]])) },
    ]);

  it('find a list, or share a request, only where all that shapes it is equal', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        await expectOneAfterTheOther(a, b);
        await expectAtTheSameTime(a, b);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the same request in other words', () => {
  it.each<[string, DiscoverOptions, DiscoverOptions]>([
    ['headers', { headers: { 'x-tenant': 'one' } }, { headers: new Headers([['X-Tenant', 'one']]) }],
    ['order of headers', { headers: { 'x-b': '1', 'x-a': '2' } }, { headers: { 'x-a': '2', 'x-b': '1' } }],
    ['endpoint', { endpoint: 'https://one.example' }, { endpoint: new URL('https://one.example/') }],
    ['AWS’s endpoint', {}, { endpoint: 'https://bedrock.us-east-1.amazonaws.com' }],
    ['checkAccess', {}, { checkAccess: false }],
    ['credentials', { credentials: key('ONE') }, { credentials: async () => key('ONE') }],
  ])('%s', async (_what, one, other) => {
    const common = { region: 'us-east-1', credentials: key('ONE'), storage: memoryStorage() };
    const release = network.hold();
    const calls = [one, other].map((own) => discover({ ...common, ...own }));
    await turns();
    expect(network.asked()).toBe(1);
    release();
    await Promise.all(calls);
    expect((await discover({ ...common, ...other })).source).toBe('cache');
  });

  it('is the global fetch, given as an option', async () => {
    const common = { region: 'us-east-1', credentials: key('ONE'), storage: memoryStorage() };
    await discover({ ...common, fetch: globalThis.fetch });
    expect((await discover(common)).source).toBe('cache');
  });

  it('is bound by createBedrock or given to the call', async () => {
    const common = { region: 'us-east-1', credentials: key('ONE'), fetch: fetchVia('one') };
    const storage = memoryStorage();
    await createBedrock(common).discover({ storage });
    expect((await discover({ ...common, storage })).source).toBe('cache');
  });
});

describe('whose list it is', () => {
  const region = 'us-east-1';

  it('changing keys of one account share neither list nor request: they may be those of two roles', async () => {
    const storage = memoryStorage();
    const as = (id: string) =>
      discover({ region, storage, credentials: async () => session(id, '111111111111') });
    const release = network.hold();
    const calls = [as('ONE'), as('TWO')];
    await turns();
    expect(network.asked()).toBe(2);
    release();
    await Promise.all(calls);
    expect((await as('ONE')).source).toBe('cache');
    expect((await as('THREE')).source).toBe('network');
  });

  it('a replaced global fetch shares no request with the one before', async () => {
    const options = { region, credentials: key('ONE'), storage: memoryStorage() };
    const release = network.hold();
    const first = discover(options);
    await turns();
    const other = asGlobal(answeringNetwork());
    expect((await discover(options)).source).toBe('network');
    release();
    await first;
    expect([network.asked(), other.asked()]).toEqual([1, 1]);
  });

  it('plain http to another machine is refused where a list of it is kept', async () => {
    const options = {
      region,
      credentials: key('ONE'),
      endpoint: 'http://one.example',
      storage: memoryStorage(),
    };
    await discover({ ...options, allowInsecureEndpoint: true });
    await expect(discover(options)).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });

  it('no header, key id, token or secret is in what is kept', async () => {
    const entries = new Map<string, string>();
    const storage = {
      getItem: (name: string) => entries.get(name),
      setItem: (name: string, value: string) => void entries.set(name, value),
    };
    vi.stubGlobal('fetch', async (input: RequestInfo, init: RequestInit) => {
      const { url } = new Request(input, init);
      return Response.json({ [url.includes('models') ? 'modelSummaries' : 'inferenceProfileSummaries']: [] });
    });
    const headers = { 'x-tenant': 'M4rked', 'x-api-key': 'M4rked' };
    const marked = {
      accessKeyId: 'M4rked',
      secretAccessKey: 'M4rked',
      sessionToken: 'M4rked',
      accountId: 'M4rked',
    };
    await discover({ region, storage, headers, credentials: marked });
    await discover({ region, storage, headers, credentials: { token: 'M4rked' } });
    expect(entries.size).toBe(2);
    expect(JSON.stringify([...entries])).not.toContain('M4rked');
  });
});

describe('another process', () => {
  const region = 'us-east-1';
  const credentials = key('ONE');

  /** The library, loaded anew: it knows nothing of what functions this one has seen. */
  async function otherProcess(): Promise<typeof import('../../src/index.js')> {
    vi.resetModules();
    return import('../../src/index.js');
  }

  it('finds a list that came through the global fetch', async () => {
    const storage = memoryStorage();
    const { warnings } = await discover({ region, credentials, storage });
    expect(warnings).toEqual([]);
    expect((await (await otherProcess()).discover({ region, credentials, storage })).source).toBe('cache');
  });

  it.each([
    ['fetch', { fetch: fetchVia('one') }],
    ['transport', { transport: transportVia('one') }],
  ])('does not find one that came through a %s of its own, and is told how', async (_what, own) => {
    const storage = memoryStorage();
    const options = { region, credentials, storage, ...own };
    // Both are new: what they name functions by begins anew.
    const [one, other] = [await otherProcess(), await otherProcess()];
    const { warnings } = await one.discover(options);
    expect(warnings).toEqual([expect.stringContaining('Pass cacheScope')]);
    expect(await one.discover(options)).toMatchObject({ source: 'cache', warnings: [] });
    expect((await other.discover(options)).source).toBe('network');
  });

  it.each([
    ['fetch', () => ({ fetch: fetchVia('one') })],
    ['transport', () => ({ transport: transportVia('one') })],
  ])('finds it with a cacheScope, through a %s of its own', async (_what, own) => {
    const options = { region, credentials, storage: memoryStorage(), cacheScope: 'through the proxy' };
    expect((await discover({ ...options, ...own() })).warnings).toEqual([]);
    const { discover: elsewhere } = await otherProcess();
    expect((await elsewhere({ ...options, ...own() })).source).toBe('cache');
    expect((await elsewhere({ ...options, ...own(), headers: { 'x-tenant': 'two' } })).source).toBe(
      'network',
    );
  });

  it('is not spoken of where nobody gave a storage', async () => {
    expect((await discover({ region, credentials, fetch: fetchVia('none') })).warnings).toEqual([]);
  });
});
