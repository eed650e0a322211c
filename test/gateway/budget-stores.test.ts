import {
  type BudgetStore,
  createMemoryBudgets,
  fromRateLimiters,
  type RateLimiter,
} from 'bedrock-anywhere/gateway';
import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { causeOf, json, NOVA, setUp } from './setup.js';
import { storeConforms } from './store-conformance.js';
import { manualTimers } from './timers.js';

const CHAT = '/v1/chat/completions';
const ASK = { model: NOVA, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const perCaller = { requestsPerMinute: 5 };
const down = new Error('connect ECONNREFUSED 10.0.0.7:6379');
const never = new Promise<never>(() => undefined);

describe('a store that fails', () => {
  it.each([
    ['rejects', () => Promise.reject(down)],
    [
      'throws',
      () => {
        throw down;
      },
    ],
    ['returns nothing', async () => undefined as never],
    ['returns too few states', async () => ({ granted: true, states: [] })],
  ])('refuses requests with a 503 that does not say why: it %s', async (_how, reserve) => {
    const errors: unknown[] = [];
    const store: BudgetStore = { reserve, settle: async () => undefined };
    const gateway = await setUp({
      gateway: { budgets: { store, perCaller, onStoreError: (error) => errors.push(error) } },
    });
    const response = await gateway.send(CHAT, ASK);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.stringify(await json(response))).not.toContain('10.0.0.7');
    expect([errors.length, gateway.local.requests]).toEqual([1, []]);
    expect(causeOf(gateway.log[0])).toBe(String(errors[0]));
  });

  it('does not matter if the operator says so', async () => {
    const store: BudgetStore = { reserve: () => Promise.reject(down), settle: () => Promise.reject(down) };
    const onStoreError = () => {
      throw new Error('not even this');
    };
    const budgets = { store, perCaller, whenStoreFails: 'allow' as const, onStoreError };
    const gateway = await setUp({ gateway: { budgets } });
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
  });

  it('is not asked if nothing is limited', async () => {
    const store: BudgetStore = { reserve: () => Promise.reject(down), settle: () => Promise.reject(down) };
    const gateway = await setUp({ gateway: { budgets: { store } } });
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
  });

  it('may be silent: the request is refused after a while, and a reservation that comes later is given back', async () => {
    const timers = manualTimers();
    let answer = (): void => {};
    const settled: unknown[] = [];
    const store: BudgetStore = {
      reserve: () =>
        new Promise((resolve) => {
          answer = () => resolve({ granted: true, states: [{ spent: 0, reserved: 0 }] });
        }),
      settle: async (_reservation, used) => void settled.push(used),
    };
    const gateway = await setUp({
      gateway: { startTimer: timers.startTimer, budgets: { store, perCaller } },
    });
    const sent = gateway.send(CHAT, ASK);
    await until(() => [...timers.running].some(({ ms }) => ms === 5000));
    timers.fire(5000);
    expect((await sent).status).toBe(503);
    answer();
    await turns();
    expect(settled).toEqual([[0]]);
  });

  it('is told twice more what was used, and close() waits for it', async () => {
    const timers = manualTimers();
    const memory = createMemoryBudgets();
    const errors: unknown[] = [];
    let calls = 0;
    const store: BudgetStore = {
      reserve: memory.reserve,
      settle: () => (++calls === 2 ? never : Promise.reject(down)),
    };
    const budgets = { store, perCaller, onStoreError: (error: unknown) => errors.push(error) };
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer, budgets } });
    await (await gateway.send(CHAT, ASK)).text();
    let isClosed = false;
    const closed = gateway.close().then(() => {
      isClosed = true;
    });
    const fire = async (ms: number) => {
      await until(() => [...timers.running].some((timer) => timer.ms === ms));
      timers.fire(ms);
    };
    await fire(250);
    await fire(5000);
    await turns();
    expect([calls, errors, isClosed]).toEqual([2, [], false]);
    await fire(2000);
    await closed;
    expect([calls, errors]).toEqual([3, [down]]);
  });
});

describe('createMemoryBudgets()', () => {
  const entry = { counter: 'a', limit: 10, amount: 6, windowMs: 60_000, endsAt: 60_000 };
  const reservation = (id: string, createdAt: number, amount = 6) => ({
    id,
    entries: [{ ...entry, amount }],
    createdAt,
    expiresAt: createdAt + 1000,
  });

  it('forgets a reservation when it expires, and counts it if it is settled after all', async () => {
    const store = createMemoryBudgets();
    expect(await store.reserve(reservation('1', 0))).toEqual({
      granted: true,
      states: [{ spent: 0, reserved: 0 }],
    });
    expect(await store.reserve(reservation('2', 999))).toEqual({
      granted: false,
      states: [{ spent: 0, reserved: 6 }],
    });
    expect((await store.reserve(reservation('3', 1000))).granted).toBe(true);
    await store.settle(reservation('1', 0), [2]);
    await store.settle(reservation('1', 0), [2]);
    expect(await store.reserve(reservation('4', 1001))).toEqual({
      granted: false,
      states: [{ spent: 2, reserved: 6 }],
    });
  });

  it('goes on where a snapshot ends', async () => {
    const store = createMemoryBudgets();
    await store.reserve(reservation('1', 0, 3));
    await store.reserve(reservation('2', 0, 3));
    await store.settle(reservation('2', 0, 3), [5]);
    const saved = JSON.parse(JSON.stringify(store.snapshot())) as ReturnType<typeof store.snapshot>;
    const other = createMemoryBudgets(saved);
    expect(await other.reserve(reservation('3', 1, 3))).toEqual({
      granted: false,
      states: [{ spent: 5, reserved: 3 }],
    });
    expect(other.snapshot()).toEqual(saved);
  });

  it('keeps a counter for another minute, for a clock that is set back', async () => {
    const store = createMemoryBudgets();
    const next = (id: string, counter: string, at: number) =>
      store.reserve({
        ...reservation(id, at),
        entries: [{ ...entry, counter, endsAt: at + 60_000 }],
      });
    await store.reserve(reservation('1', 0));
    await store.settle(reservation('1', 0), [6]);
    await next('2', 'b', 60_001);
    expect(await store.reserve(reservation('3', 59_999))).toEqual({
      granted: false,
      states: [{ spent: 6, reserved: 0 }],
    });
    await next('4', 'c', 120_001);
    expect(store.snapshot().map(({ counter }) => counter)).toEqual(['b', 'c']);
  });

  it.each([
    null,
    {},
    [{}],
    [{ counter: 'a', spent: -1, endsAt: 1, holds: [] }],
    [{ counter: 'a', spent: 1, endsAt: 1, holds: [{}] }],
  ])('refuses %j, which is not a snapshot', (saved) => {
    expect(() => createMemoryBudgets(saved as never)).toThrow('not a snapshot');
  });
});

describe('options that are wrong', () => {
  it.each([
    [{ perCaler: {} }, 'Pass perCaller'],
    [
      { perCaller: { tokenPerMinute: 1 } },
      'under budgets.perCaller has no option tokenPerMinute. Pass tokensPerMinute',
    ],
    [{ perCaller: { requestsPerMinute: 1.5 } }, 'requestsPerMinute is 1.5'],
    [{ total: { tokensPerDay: -1 } }, 'tokensPerDay is -1'],
    [{ total: { dollarsPerDay: '5' } }, 'dollarsPerDay is the string "5"'],
    [{ total: { dollarsPerDay: Number.NaN } }, 'dollarsPerDay is NaN'],
    [
      { perCaller: { models: { '*nova*': { requestPerMinute: 1 } } } },
      'under models["*nova*"] has no option requestPerMinute',
    ],
    [{ perCaller: { models: { '*nova*': 5 } } }, 'under models["*nova*"] are 5'],
    [{ store: {} }, 'reserve() and settle()'],
    [{ whenStoreFails: 'ignore' }, '"refuse" or "allow"'],
  ])('%j', async (budgets, words) => {
    await expect(setUp({ gateway: { budgets: budgets as never } })).rejects.toThrow(words);
  });

  it('of a caller are a fault of the gateway', async () => {
    const authorize = () => ({ name: 'a', budgets: { tokens: 1 } }) as never;
    const gateway = await setUp({ gateway: { authorize } });
    expect((await gateway.send(CHAT, ASK)).status).toBe(500);
    expect(causeOf(gateway.log[0])).toContain('under budgets has no option tokens');
  });

  it('of fromRateLimiters()', async () => {
    expect(() => fromRateLimiters(undefined as never)).toThrow('Pass one that creates a limiter');
    const store = fromRateLimiters(() => ({}) as never);
    const gateway = await setUp({ gateway: { budgets: { store, perCaller } } });
    expect((await gateway.send(CHAT, ASK)).status).toBe(503);
    expect(causeOf(gateway.log[0])).toContain('without get(), penalty() and reward()');
  });
});

/** A limiter over the network: every answer takes its time, so that calls are mixed. `before` may delay or fail a call. */
function createRemoteLimiter(
  points: Map<string, number>,
  before: (call: string) => Promise<void> | undefined = () => undefined,
): RateLimiter {
  const answer = async <T>(call: string, read: () => T): Promise<T> => {
    for (let i = 0; i < call.length % 5; i++) await Promise.resolve();
    await before(call);
    const found = read();
    for (let i = 0; i < call.length % 3; i++) await Promise.resolve();
    return found;
  };
  const add = (key: string, amount: number) => {
    const consumedPoints = (points.get(key) ?? 0) + amount;
    points.set(key, consumedPoints);
    return { consumedPoints };
  };
  return {
    get: (key) =>
      answer(`get ${key}`, () => (points.has(key) ? { consumedPoints: points.get(key) ?? 0 } : null)),
    penalty: (key, amount) => answer(`penalty ${key}`, () => add(key, amount)),
    reward: (key, amount) => answer(`reward ${key}`, () => add(key, -amount)),
  };
}

storeConforms('createMemoryBudgets()', () => ({ store: createMemoryBudgets() }));
storeConforms('fromRateLimiters()', () => {
  const points = new Map<string, number>();
  return { store: fromRateLimiters(() => createRemoteLimiter(points)) };
});

describe('fromRateLimiters()', () => {
  const entries = [
    { counter: 'a', limit: 10, amount: 6, windowMs: 86_400_000, endsAt: 86_400_000 },
    { counter: 'b', limit: 10, amount: 6, windowMs: 60_000, endsAt: 60_000 },
  ];
  const reservation = { id: '1', entries, createdAt: 0, expiresAt: 120_000 };

  it.each(['penalty a/reserved/0', 'get a/reserved/-1', 'get a/spent', 'get b/spent'])(
    'takes back what it has reserved if %s fails',
    async (failing) => {
      const points = new Map<string, number>();
      const store = fromRateLimiters(() =>
        createRemoteLimiter(points, (call) => (call === failing ? Promise.reject(down) : undefined)),
      );
      await expect(store.reserve(reservation)).rejects.toBe(down);
      expect([...points.values()].every((count) => count === 0)).toBe(true);
      expect(points.size).toBeGreaterThan(0);
    },
  );

  it.each([
    ['what is spent', 'penalty a/spent'],
    ['what is reserved', 'reward a/reserved/0'],
  ])('counts what is being settled while a limiter is slow to change %s', async (_what, slow) => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const points = new Map<string, number>();
    const store = fromRateLimiters(() =>
      createRemoteLimiter(points, (call) => (call === slow ? gate : undefined)),
    );
    const [entry] = entries as [(typeof entries)[0]];
    const first = { ...reservation, entries: [entry] };
    await store.reserve(first);
    const settled = store.settle(first, [6]);
    await turns();
    const second = store.reserve({ ...first, id: '2' });
    await turns();
    go();
    await settled;
    expect((await second).granted).toBe(false);
  });

  it('counts what is settled while it reserves', async () => {
    let go = (): void => {};
    let gate: Promise<void> | undefined;
    const points = new Map<string, number>();
    const store = fromRateLimiters(() =>
      createRemoteLimiter(points, (call) => (call.startsWith('penalty a/reserved') ? gate : undefined)),
    );
    const [entry] = entries as [(typeof entries)[0]];
    const first = { ...reservation, entries: [entry] };
    await store.reserve(first);
    gate = new Promise((resolve) => {
      go = resolve;
    });
    const second = store.reserve({ ...first, id: '2' });
    await turns();
    await store.settle(first, [6]);
    go();
    expect((await second).granted).toBe(false);
  });

  it('has keys that expire after they are read for the last time', async () => {
    const durations: [prefix: string, seconds: number][] = [];
    const store = fromRateLimiters(({ keyPrefix, duration }) => {
      durations.push([keyPrefix, duration]);
      return createRemoteLimiter(new Map());
    });
    await store.reserve(reservation);
    expect(durations.sort(([, a], [, b]) => a - b)).toEqual([
      ['bedrock-anywhere', 120],
      ['bedrock-anywhere', 180],
      ['bedrock-anywhere', 360],
      ['bedrock-anywhere', 172_800],
    ]);
  });
});
