import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryStorage, type StorageLike } from '../../src/index.js';
import { turns, until } from '../clock.js';
import { account, down } from './account.js';

const HOUR = 3_600_000;
afterEach(() => void vi.useRealTimers());

/** Keys of ours that a storage holds. */
function spied(): { storage: StorageLike; entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const storage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
  return { storage, entries };
}

const listKeys = (entries: Map<string, string>): string[] =>
  [...entries.keys()].filter((key) => !key.endsWith(':index'));

describe('a list', () => {
  it('is asked for once an hour, in memory unless told otherwise', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const mine = account();
    expect((await mine.discover()).source).toBe('network');
    expect((await mine.discover()).source).toBe('cache');
    vi.setSystemTime(Date.now() + HOUR + 1);
    expect((await mine.discover()).source).toBe('network');
    expect(mine.asked.filter((operation) => operation === 'foundation-models')).toHaveLength(2);
  });

  it('is good for refreshInterval seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const mine = account();
    await mine.discover({ refreshInterval: 60 });
    vi.setSystemTime(Date.now() + 59_000);
    expect((await mine.discover({ refreshInterval: 60 })).source).toBe('cache');
    vi.setSystemTime(Date.now() + 2_000);
    expect((await mine.discover({ refreshInterval: 60 })).source).toBe('network');
  });

  it('is neither read nor kept with refreshInterval: 0', async () => {
    const { storage, entries } = spied();
    const mine = account();
    await mine.discover({ storage });
    expect((await mine.discover({ storage, refreshInterval: 0 })).source).toBe('network');
    entries.clear();
    await mine.discover({ storage, refreshInterval: 0 });
    expect(entries.size).toBe(0);
  });

  it.each([-1, Number.NaN, '1h'])('refreshInterval %s is refused', async (refreshInterval) => {
    await expect(account().discover({ refreshInterval: refreshInterval as number })).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
  });

  it('is asked for once by a hundred callers', async () => {
    const mine = account();
    const found = await Promise.all(Array.from({ length: 100 }, () => mine.discover()));
    expect(new Set(found.map(({ models }) => models.length)).size).toBe(1);
    expect(mine.asked.filter((operation) => operation === 'foundation-models')).toHaveLength(1);
  });

  it('that one of them gives up is still given to the others', async () => {
    const mine = account();
    const { promise, resolve } = later();
    mine.answers['foundation-models'] = () => promise as never;
    const controller = new AbortController();
    const first = mine.discover({ signal: controller.signal });
    const second = mine.discover();
    controller.abort('gone');
    await expect(first).rejects.toBe('gone');
    resolve(undefined);
    expect((await second).models.length).toBeGreaterThan(0);
  });

  it('that nobody waits for any more is not asked for any further', async () => {
    const mine = account();
    const ended: unknown[] = [];
    let asked = 0;
    const fetch = (_: unknown, { signal }: RequestInit = {}) =>
      new Promise<never>((_resolve, reject) => {
        asked += 1;
        signal?.addEventListener('abort', () => {
          ended.push(signal.reason);
          reject(signal.reason);
        });
      });
    const controllers = [new AbortController(), new AbortController()];
    const gone = controllers.map(({ signal }) => mine.discover({ signal, fetch }).catch(String));
    await until(() => asked === 3);
    controllers[0]?.abort('first');
    await turns();
    expect(ended).toHaveLength(0);
    controllers[1]?.abort('second');
    expect(await Promise.all(gone)).toEqual(['first', 'second']);
    expect(ended).toHaveLength(3);
    expect((await mine.discover()).source).toBe('network');
  });

  it.each([0, 3600])(
    'is asked by nobody whose signal is aborted already: refreshInterval %s',
    async (seconds) => {
      const credentials = vi.fn(async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }));
      const mine = account({}, { credentials });
      const options = { signal: AbortSignal.abort('before'), refreshInterval: seconds };
      await expect(mine.discover(options)).rejects.toBe('before');
      await turns();
      expect([mine.asked, credentials.mock.calls]).toEqual([[], []]);
    },
  );

  it('takes as long as each of those who wait allows', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const mine = account();
    const { promise, resolve } = later();
    mine.answers['foundation-models'] = () => promise as never;
    const short = mine.discover({ timeoutMs: 20 });
    const long = mine.discover({ timeoutMs: 21 });
    const late = expect(short).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    await turns();
    await vi.advanceTimersByTimeAsync(20);
    await late;
    resolve(undefined);
    expect((await long).source).toBe('network');
  });

  it('takes other filters and defaults without being asked for again', async () => {
    const mine = account();
    const { models } = await mine.discover();
    const filtered = await mine.discover({ providerFilter: ['amazon'], defaultMaxTokens: 7 });
    expect(filtered.source).toBe('cache');
    expect(filtered.models.length).toBeLessThan(models.length);
    expect(filtered.models[0]?.maxTokens).toBe(7);
  });

  it('is refreshed when the clock went back behind it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const mine = account();
    await mine.discover();
    vi.setSystemTime(Date.now() - HOUR);
    expect((await mine.discover()).source).toBe('network');
    expect((await mine.discover()).source).toBe('cache');
  });
});

describe('when asking fails', () => {
  it('an older list is given, with the cause', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const mine = account();
    const { models } = await mine.discover();
    vi.setSystemTime(Date.now() + 2 * HOUR);
    mine.answers['foundation-models'] = down;
    const stale = await mine.discover();
    expect(stale).toMatchObject({ source: 'stale', cause: { code: 'ERR_NETWORK' }, models });
    expect(stale.warnings).toEqual([expect.stringContaining('This list is old')]);
  });

  it('by timeoutMs, too', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const mine = account();
    await mine.discover();
    vi.setSystemTime(Date.now() + 2 * HOUR);
    mine.answers['foundation-models'] = () => new Promise(() => {});
    const asking = mine.discover({ timeoutMs: 20 });
    await turns();
    await vi.advanceTimersByTimeAsync(20);
    expect(await asking).toMatchObject({
      source: 'stale',
      cause: { code: 'ERR_TIMEOUT' },
    });
  });

  it('without an older list it is an error', async () => {
    const mine = account();
    mine.answers['foundation-models'] = down;
    await expect(mine.discover()).rejects.toMatchObject({ code: 'ERR_NETWORK' });
  });
});

describe('a storage', () => {
  const lists = '{"models":[],"profiles":[],"warnings":[]}';
  it.each([
    ['damaged', () => '{"version":1,'],
    ['foreign', () => '"hello"'],
    [
      'of another version',
      (key: string) => `{"version":0,"key":"${key}","fetchedAt":${Date.now()},"lists":${lists}}`,
    ],
    ['of another key', () => `{"version":1,"key":"else","fetchedAt":${Date.now()},"lists":${lists}}`],
    ['without lists', (key: string) => `{"version":1,"key":"${key}","fetchedAt":${Date.now()}}`],
    [
      'with lists of something else',
      (key: string) =>
        `{"version":1,"key":"${key}","fetchedAt":${Date.now()},"lists":{"models":[1],"profiles":[],"warnings":[]}}`,
    ],
    ['a number', () => 7],
  ])('entry that is %s is a miss, and is repaired', async (_what, entry) => {
    const { storage, entries } = spied();
    const mine = account();
    await mine.discover({ storage });
    const [key = ''] = listKeys(entries);
    const broken = {
      ...storage,
      getItem: (name: string) =>
        name === key && entries.get(key) === 'broken' ? entry(key) : storage.getItem(name),
    };
    entries.set(key, 'broken');
    expect((await mine.discover({ storage: broken })).source).toBe('network');
    expect((await mine.discover({ storage: broken })).source).toBe('cache');
  });

  it('that gives parsed JSON, as unstorage does, is understood', async () => {
    const { storage, entries } = spied();
    const parsing = {
      ...storage,
      getItem: (key: string) => JSON.parse(entries.get(key) ?? 'null') as unknown,
    };
    const mine = account();
    await mine.discover({ storage: parsing });
    expect((await mine.discover({ storage: parsing })).source).toBe('cache');
  });

  const full = (): never => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  it.each<[how: string, storage: StorageLike, warns: boolean]>([
    ['throws', { getItem: full, setItem: full, removeItem: full }, true],
    ['rejects', { getItem: async () => full(), setItem: async () => full() }, true],
    ['is full', { getItem: () => null, setItem: full }, true],
  ])('that %s does not fail the call', async (_how, storage, warns) => {
    const { models, source, warnings } = await account().discover({ storage });
    expect(source).toBe('network');
    expect(models.length).toBeGreaterThan(0);
    expect(warnings.length > 0).toBe(warns);
  });

  it('that hangs is left alone after two seconds, and is not asked again by the call', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    const hang = (what: string) => () => {
      asked.push(what);
      return new Promise(() => {});
    };
    const found = account().discover({
      storage: { getItem: hang('get'), setItem: hang('set'), removeItem: hang('remove') },
    });
    let isOver = false;
    void found.then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(1999);
    expect([isOver, asked]).toEqual([false, ['get']]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await found).warnings).toEqual([expect.stringContaining('did not answer within 2000 ms')]);
    expect(asked).toEqual(['get']);
  });

  it('that hangs when it removes costs two seconds, however many lists are old', async () => {
    vi.useFakeTimers();
    const { storage, entries } = spied();
    const old = Array.from({ length: 50 }, (_, i) => [`bedrock-anywhere:models:v1:${i}`, 1]);
    entries.set('bedrock-anywhere:models:index', JSON.stringify(Object.fromEntries(old)));
    const removed: string[] = [];
    const removeItem = (key: string) => {
      removed.push(key);
      return new Promise(() => {});
    };
    const found = account().discover({ storage: { ...storage, removeItem } });
    await vi.advanceTimersByTimeAsync(2000);
    expect((await found).source).toBe('network');
    expect(removed).toHaveLength(1);
    expect(listKeys(entries)).toHaveLength(1);
  });

  it('whose index was planted has few of its values removed at once', async () => {
    const { storage, entries } = spied();
    const planted = Array.from({ length: 5000 }, (_, i) => [`bedrock-anywhere:models:v1:${i}`, 1]);
    entries.set('bedrock-anywhere:models:index', JSON.stringify(Object.fromEntries(planted)));
    let removed = 0;
    await account().discover({ storage: { ...storage, removeItem: () => void (removed += 1) } });
    expect(removed).toBe(100);
  });

  it('keeps the newer of two answers that cross', async () => {
    const { storage } = spied();
    const slow = account();
    const { promise, resolve } = later();
    slow.answers['foundation-models'] = () => promise as never;
    const late = slow.discover({ storage, cacheScope: 's' });
    await until(() => slow.asked.length > 0);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 });
    const other = account({ models: [] }, { endpoint: slow.client.endpoint });
    await other.discover({ storage: { ...storage }, cacheScope: 's' });
    resolve(undefined);
    await late;
    expect(
      await account({}, { endpoint: slow.client.endpoint }).discover({ storage, cacheScope: 's' }),
    ).toMatchObject({ source: 'cache', models: [] });
  });

  it('does not fill up with the lists of keys that have rotated', async () => {
    const { storage, entries } = spied();
    for (let i = 0; i < 60; i++) {
      const credentials = { accessKeyId: `ASIA${i}`, secretAccessKey: 'secret' };
      await account({ credentials }, { credentials, endpoint: 'https://rotating.example' }).discover({
        storage,
      });
    }
    expect(listKeys(entries)).toHaveLength(20);
  });
});

it('with cacheScope a fresh list needs no credentials at all', async () => {
  const storage = memoryStorage();
  const mine = account();
  await mine.discover({ storage, cacheScope: 'team' });
  const credentials = () => Promise.reject(new Error('none'));
  expect((await mine.discover({ storage, cacheScope: 'team', credentials })).source).toBe('cache');
});

function later(): { promise: Promise<undefined>; resolve: (value: undefined) => void } {
  let resolve!: (value: undefined) => void;
  const promise = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('what a storage says', () => {
  it('is on one line, short, and without control characters', async () => {
    const storage: StorageLike = {
      getItem: () => null,
      setItem: () => Promise.reject(new Error(`refused\n\u001b[31mby ${'the storage '.repeat(500)}`)),
    };
    const { warnings } = await account().discover({ storage });
    expect(warnings).toContainEqual(
      expect.stringMatching(/^The list could not be cached: refused \[31mby the storage .*…$/),
    );
    expect(warnings.join('').length).toBeLessThan(2_000);
  });

  it('is a list whose texts are clean, no matter who wrote it', async () => {
    const { storage, entries } = spied();
    const mine = account();
    const { models } = await mine.discover({ storage });
    const [key = ''] = listKeys(entries);
    const planted = entries.get(key)?.replace('"Nova Lite"', '"Nova\\u001b]0;x\\u0007 \\u202eLite\\n"') ?? '';
    entries.set(key, planted.replace('"warnings":[]', '"warnings":["\\u001b[2J"]'));
    const found = await mine.discover({ storage });
    expect(found.source).toBe('cache');
    expect(models.map(({ name }) => name)).toContain('Nova Lite');
    expect(found.models.map(({ name }) => name)).toContain('Nova ]0;x Lite');
    expect(found.warnings).toContain('[2J');
  });
});
