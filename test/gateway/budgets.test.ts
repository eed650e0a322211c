import { createBedrock } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import type { BudgetStore } from 'bedrock-anywhere/gateway';
import { createMemoryBudgets } from 'bedrock-anywhere/gateway';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { ASK, CHAT, NOON, setUpBudgets, sum, type Used } from './budget-setup.js';
import { CLAUDE, causeOf, json, NOVA } from './setup.js';
import { manualTimers } from './timers.js';

describe('a limit of requests per minute', () => {
  it('refuses with the words that Codex reads and the headers of its protocol, until the minute is over', async () => {
    const gateway = await setUpBudgets({ perCaller: { requestsPerMinute: 1 } });
    gateway.clock.ms += 47_500;
    const first = await gateway.send(CHAT, ASK);
    await first.text();
    expect([first.status, first.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '0']);

    const chat = await gateway.send(CHAT, ASK);
    expect(chat.status).toBe(429);
    expect(Object.fromEntries(chat.headers)).toMatchObject({
      'retry-after': '13',
      'retry-after-ms': '12500',
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '13s',
    });
    expect((await json(chat)).error).toMatchObject({
      code: 'rate_limit_exceeded',
      message: expect.stringMatching(
        /^The limit for this key is 1 request per minute, and it is used up\. Please try again in 12\.5s\.$/,
      ),
    });

    const messages = await gateway.send('/v1/messages', ASK, { 'anthropic-version': '2023-06-01' });
    expect([messages.status, (await json(messages)).error.type]).toEqual([429, 'rate_limit_error']);
    expect(Object.fromEntries(messages.headers)).toMatchObject({
      'retry-after': '13',
      'anthropic-ratelimit-requests-limit': '1',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-29T12:01:00Z',
    });

    gateway.clock.ms = NOON + 60_000;
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
  });

  it('counts count_tokens, which uses no tokens', async () => {
    const gateway = await setUpBudgets({
      perCaller: { requestsPerMinute: 1, tokensPerMinute: 5, dollarsPerDay: 0 },
    });
    const count = { ...ASK, model: CLAUDE };
    expect((await gateway.send('/v1/messages/count_tokens', count)).status).toBe(200);
    expect((await gateway.send('/v1/messages/count_tokens', count)).status).toBe(429);
  });
});

describe('tokens', () => {
  it('are reserved while a request runs, and then replaced by those that were used', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerMinute: 250 } });
    const running = await gateway.send(CHAT, { ...ASK, stream: true }, { 'x-local-fault': 'stall=4' });
    // It has reserved 100 for its answer, and some for its request.
    expect(gateway.counted('12:00').reserved).toBeGreaterThan(100);
    const second = await gateway.send(CHAT, { ...ASK, max_tokens: 130 });
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '2']);
    expect((await json(second)).error.message).toContain('requests that are still running have reserved');
    await running.body?.cancel();

    const whole = await gateway.send(CHAT, ASK);
    await whole.text();
    const usage = gateway.log.at(-1)?.usage as Used;
    const left = 'x-ratelimit-remaining-tokens';
    const before = gateway.counted('12:00');
    expect(before.reserved).toBe(0);
    const third = await gateway.send(CHAT, ASK);
    expect(Number(third.headers.get(left))).toBe(250 - before.spent - gateway.counted('12:00').reserved);
    await third.text();
    expect(gateway.counted('12:00')).toEqual({ spent: before.spent + sum(usage), reserved: 0 });
  });

  it.each([
    ['a stream', { ...ASK, stream: true }],
    ['a whole answer', ASK],
  ])('of %s are those that Bedrock counted', async (_what, body) => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerDay: 1000 } });
    await (await gateway.send(CHAT, body)).text();
    await gateway.close();
    expect(gateway.counted('2026-11-29')).toEqual({ spent: sum(gateway.log[0]?.usage as Used), reserved: 0 });
  });

  it('of embeddings are counted and logged', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerDay: 1000 } });
    await (
      await gateway.send('/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi you' })
    ).text();
    const { usage } = gateway.log[0] ?? {};
    expect(usage?.inputTokens).toBeGreaterThan(0);
    expect(gateway.counted('2026-11-29').spent).toBe(usage?.inputTokens);
  });

  it('of a request that can never have room are refused for good', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerMinute: 100 } });
    const response = await gateway.send(CHAT, ASK);
    expect(response.status).toBe(400);
    expect((await json(response)).error.message).toMatch(
      /may use 1\d\d tokens, .* 100 tokens per minute\. Lower /,
    );
    expect(gateway.local.requests).toEqual([]);
    const without = await gateway.send(CHAT, { ...ASK, max_tokens: 10 });
    expect(without.status).toBe(200);
  });

  it('are reserved for all that the model can write if a request that is passed on does not limit it', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerMinute: 9000 } });
    const body = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
    const refused = await gateway.send(`/model/${NOVA}/converse`, body);
    expect([refused.status, (await json(refused)).message]).toEqual([
      400,
      expect.stringMatching(/may use 10,0\d\d tokens/),
    ]);
    const limited = { ...body, inferenceConfig: { maxTokens: 100 } };
    expect((await gateway.send(`/model/${NOVA}/converse`, limited)).status).toBe(200);
  });

  it('are reserved for as much output as the operator says', async () => {
    const budgets = { perCaller: { tokensPerMinute: 100 }, reservedOutputTokens: 10 };
    const gateway = await setUpBudgets(budgets);
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
  });
});

describe('a day', () => {
  it('that is used up is a quota, which clients must not retry, until midnight UTC', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerDay: 170 } });
    await (await gateway.send(CHAT, ASK)).text();
    expect(gateway.counted('2026-11-29').spent).toBeGreaterThan(0);
    const body = { ...ASK, max_tokens: 150 };
    const refused = await gateway.send(CHAT, body);
    expect([
      refused.status,
      refused.headers.get('x-should-retry'),
      refused.headers.get('retry-after'),
    ]).toEqual([429, 'false', '43200']);
    expect((await json(refused)).error).toMatchObject({
      code: 'insufficient_quota',
      message: expect.stringContaining('starts over at 2026-11-30 00:00 UTC'),
    });
    gateway.clock.ms = Date.UTC(2026, 10, 30);
    expect((await gateway.send(CHAT, body)).status).toBe(200);
  });

  it('has a limit in dollars, which counts what the answer cost', async () => {
    const gateway = await setUpBudgets({ perCaller: { dollarsPerDay: 0.001 } }, { client: { catalog } });
    await (await gateway.send(CHAT, ASK)).text();
    const cost = gateway.log[0]?.cost?.total ?? 0;
    expect(cost).toBeGreaterThan(0);
    expect(gateway.counted('2026-11-29')).toEqual({ spent: Math.ceil(cost * 1e6 - 1e-6), reserved: 0 });
    expect((await json(await gateway.send(CHAT, { ...ASK, max_tokens: 10_000 }))).error.message).toContain(
      '$0.001000 per day',
    );
  });

  it('cannot have a limit in dollars for a model without a price, unless the operator knows one', async () => {
    const local = { models: ['acme.one-v1:0'] };
    const perCaller = { dollarsPerDay: 1 };
    const body = { ...ASK, model: 'acme.one-v1:0' };
    const without = await setUpBudgets({ perCaller }, { local });
    expect((await without.send(CHAT, body)).status).toBe(403);
    expect(causeOf(without.log[0])).toContain('budgets.priceOf');
    const own = await setUpBudgets({ perCaller, priceOf: () => ({ input: 1, output: 1 }) }, { local });
    await (await own.send(CHAT, body)).text();
    // A dollar for a million tokens is a millionth for each.
    expect(own.counted('2026-11-29').spent).toBe(sum(own.log[0]?.usage as Used));
  });
});

describe('who and what a limit is for', () => {
  it('a caller has its own budgets, or those of every caller; callers of one name share them', async () => {
    const callers: Record<string, object> = {
      a: { name: 'a' },
      b: { name: 'b', budgets: { requestsPerMinute: 2 } },
      b2: { name: 'b', budgets: { requestsPerMinute: 2 } },
    };
    const gateway = await setUpBudgets(
      { perCaller: { requestsPerMinute: 1 } },
      { gateway: { authorize: (_request, { key = '' }) => callers[key] as never } },
    );
    const statuses = [];
    for (const key of ['a', 'a', 'b', 'b2', 'b', 'b2'])
      statuses.push((await gateway.send(CHAT, ASK, { authorization: `Bearer ${key}` })).status);
    expect(statuses).toEqual([200, 429, 200, 200, 429, 429]);
  });

  it('all callers share the total', async () => {
    const gateway = await setUpBudgets(
      { total: { requestsPerMinute: 1 } },
      { gateway: { authorize: (_request, { key = '' }) => ({ name: key }) } },
    );
    const statuses = [];
    for (const key of ['a', 'b']) {
      statuses.push((await gateway.send(CHAT, ASK, { authorization: `Bearer ${key}` })).status);
    }
    expect(statuses).toEqual([200, 429]);
  });

  it('models that match a pattern share its limits, also by an alias', async () => {
    const gateway = await setUpBudgets(
      {
        perCaller: { models: { '*claude*': { requestsPerMinute: 1 }, '*titan*': { requestsPerMinute: 0 } } },
      },
      { gateway: { models: { aliases: { mine: CLAUDE } } } },
    );
    const statuses = [];
    for (const model of ['mine', CLAUDE, NOVA])
      statuses.push((await gateway.send(CHAT, { ...ASK, model })).status);
    expect(statuses).toEqual([200, 429, 200]);
    const none = await gateway.send('/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi' });
    expect([none.status, (await json(none)).error.message]).toEqual([
      403,
      expect.stringContaining('this key and this model is 0 requests per minute'),
    ]);
  });

  it('the model behind an application profile counts', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl';
    const gateway = await setUpBudgets(
      { perCaller: { models: { '*nova*': { requestsPerMinute: 0 } } } },
      {
        gateway: {
          models: { aliases: { mine: arn } },
          quirks: () => ({ foundationModelId: 'amazon.nova-pro-v1:0' }) as never,
        },
      },
    );
    expect((await gateway.send(CHAT, { ...ASK, model: 'mine' })).status).toBe(403);
  });

  it('another limit that is full takes nothing of those that are not', async () => {
    const gateway = await setUpBudgets({
      perCaller: { requestsPerMinute: 5 },
      total: { requestsPerMinute: 1 },
    });
    await (await gateway.send(CHAT, ASK)).text();
    for (let i = 0; i < 3; i++) expect((await gateway.send(CHAT, ASK)).status).toBe(429);
    expect(gateway.counted('team-a/requestsPerMinute/2026-11-29T12:00')).toEqual({ spent: 1, reserved: 0 });
  });
});

describe('what a request has reserved is settled', () => {
  const perCaller = { tokensPerDay: 10_000, requestsPerMinute: 100 };
  const STREAM = { ...ASK, stream: true };

  it.each([
    ['throttled', 'throttle=9'],
    ['refused', 'refuse=payment'],
    ['failed', 'status=503'],
  ])('with nothing but the request if the call is %s', async (_how, fault) => {
    const gateway = await setUpBudgets({ perCaller });
    for (const body of [ASK, STREAM])
      await (await gateway.send(CHAT, body, { 'x-local-fault': fault })).text();
    await gateway.close();
    expect(gateway.counted('2026-11-29')).toEqual({ spent: 0, reserved: 0 });
    expect(gateway.counted('12:00')).toEqual({ spent: 2, reserved: 0 });
  });

  it('with the request and what has arrived if the client leaves a stream', async () => {
    const gateway = await setUpBudgets(
      { perCaller },
      { local: { script: [{ user: 'Hi', text: 'word '.repeat(90) }] } },
    );
    const response = await gateway.send(CHAT, STREAM, { 'x-local-fault': 'stall=10' });
    const reader = response.body?.getReader();
    await reader?.read();
    const { reserved } = gateway.counted('2026-11-29');
    await reader?.read();
    await reader?.cancel();
    await gateway.close();
    expect(gateway.log[0]).toMatchObject({ outcome: 'client-gone', usage: undefined });
    const { spent, reserved: left } = gateway.counted('2026-11-29');
    expect(left).toBe(0);
    expect(spent).toBeGreaterThan(reserved - 100);
    expect(spent).toBeLessThan(reserved);
  });

  it('with all of it if the client leaves a whole answer, because nobody knows what was written', async () => {
    const gateway = await setUpBudgets({ perCaller });
    const leaving = new AbortController();
    const sent = gateway.send(CHAT, ASK, { 'x-local-fault': 'delay=600000' }, { signal: leaving.signal });
    await until(() => gateway.local.requests.length === 1);
    const { reserved } = gateway.counted('2026-11-29');
    leaving.abort();
    await sent;
    await gateway.close();
    expect(gateway.counted('2026-11-29')).toEqual({ spent: reserved, reserved: 0 });
  });

  it('with what has arrived if a stream breaks off', async () => {
    const gateway = await setUpBudgets({ perCaller });
    await (await gateway.send(CHAT, STREAM, { 'x-local-fault': 'truncate=600' })).text();
    expect(gateway.log[0]).toMatchObject({ outcome: 'failed' });
    const { spent, reserved } = gateway.counted('2026-11-29');
    expect(reserved).toBe(0);
    expect(spent).toBeGreaterThan(0);
  });

  it('if close() ends it, before close() resolves', async () => {
    const timers = manualTimers();
    const gateway = await setUpBudgets(
      { perCaller },
      { gateway: { startTimer: timers.startTimer, limits: { closeGraceMs: 7 } } },
    );
    const whole = gateway.send(CHAT, ASK, { 'x-local-fault': 'delay=600000' });
    await until(() => gateway.local.requests.length === 1);
    const closed = gateway.close();
    timers.fire(7);
    await closed;
    expect(gateway.counted('2026-11-29')).toMatchObject({ reserved: 0 });
    expect(gateway.counted('12:00')).toEqual({ spent: 1, reserved: 0 });
    expect((await whole).status).toBe(503);
  });

  it('before close() resolves, even if nobody knows yet what to answer', async () => {
    const local = createLocalBedrock();
    let isDiscovering = false;
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    // Names that are similar to an unknown one are looked up.
    const slow: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'GET') {
        isDiscovering = true;
        await gate;
      }
      return local.fetch(request);
    };
    const bedrock = createBedrock({ fetch: slow, region: local.region, credentials: local.credentials });
    const gateway = await setUpBudgets({ perCaller }, { gateway: { bedrock } });
    const sent = gateway.send(CHAT, { ...ASK, model: 'acme.none-v1:0' });
    await until(() => isDiscovering);
    await gateway.close();
    expect(gateway.counted('12:00')).toEqual({ spent: 1, reserved: 0 });
    go();
    expect((await sent).status).toBe(404);
  });

  it('if it takes longer than limits.requestMs', async () => {
    const timers = manualTimers();
    const gateway = await setUpBudgets(
      { perCaller },
      { gateway: { startTimer: timers.startTimer, limits: { requestMs: 77 } } },
    );
    const whole = gateway.send(CHAT, ASK, { 'x-local-fault': 'delay=600000' });
    await until(() => gateway.local.requests.length === 1);
    timers.fire(77);
    const response = await whole;
    expect([response.status, (await json(response)).error.message]).toEqual([
      504,
      expect.stringContaining('limits.requestMs'),
    ]);
    expect(gateway.counted('12:00')).toEqual({ spent: 1, reserved: 0 });
    await (await gateway.send(CHAT, ASK)).text();
    expect([...timers.running].filter(({ ms }) => ms === 77)).toEqual([]);
  });

  it('with nothing at all if the client leaves while it is reserved', async () => {
    const leaving = new AbortController();
    const memory = createMemoryBudgets();
    const store: BudgetStore = {
      settle: memory.settle,
      reserve: async (reservation) => {
        leaving.abort();
        return memory.reserve(reservation);
      },
    };
    const gateway = await setUpBudgets({ perCaller, store });
    expect((await gateway.send(CHAT, ASK, {}, { signal: leaving.signal })).status).toBe(499);
    expect(gateway.local.requests).toEqual([]);
    expect(memory.snapshot()).toMatchObject([
      { spent: 0, holds: [] },
      { spent: 0, holds: [] },
    ]);
  });

  it('and a Worker is told to wait for it', async () => {
    const gateway = await setUpBudgets({ perCaller });
    const waiting: Promise<unknown>[] = [];
    const response = await gateway.gateway.fetch(gateway.request(CHAT, ASK), {
      waitUntil: (promise) => void waiting.push(promise),
    });
    await response.text();
    await Promise.all(waiting);
    expect([waiting.length, gateway.counted('12:00').spent]).toEqual([1, 1]);
  });
});

describe('documents', () => {
  it('are reserved by their size in translated requests too', async () => {
    const pdf = `JVBERi0x${'AAAA'.repeat(24_998)}`;
    const gateway = await setUpBudgets({ perCaller: { tokensPerMinute: 20_000 } });
    const file = {
      type: 'file',
      file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
    };
    const content = [{ type: 'text', text: 'Sum it up' }, file];
    const response = await gateway.send(CHAT, { ...ASK, messages: [{ role: 'user', content }] });
    expect([response.status, (await json(response)).error.message]).toEqual([
      400,
      expect.stringMatching(/may use 25,\d\d\d tokens/),
    ]);
  });
});
