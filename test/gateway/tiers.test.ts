import { catalog } from 'bedrock-anywhere/catalog';
import { describe, expect, it } from 'vitest';
import { readAskedTier } from '../../src/gateway/aws/service-tier.js';
import { priceOf } from '../../src/index.js';
import { ASK, CHAT, setUpBudgets } from './budget-setup.js';
import { GPT_OSS, json, NOVA, setUp } from './setup.js';

const CONVERSE = `/model/${NOVA}/converse`;
const STREAM = `/model/${NOVA}/converse-stream`;
const HI = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }], inferenceConfig: { maxTokens: 100 } };
const PRIORITY = { serviceTier: { type: 'priority' as const } };
const OPTIMIZED = { performanceConfig: { latency: 'optimized' as const } };
const ALL = { serviceTiers: ['default' as const, 'flex' as const, 'priority' as const] };

describe('the cost in the log', () => {
  it.each([
    ['a translated request', CHAT, { ...ASK, service_tier: 'priority' }, {}, PRIORITY],
    [
      'a translated stream',
      CHAT,
      { ...ASK, service_tier: 'flex', stream: true },
      {},
      { serviceTier: { type: 'flex' as const } },
    ],
    ['Converse', CONVERSE, { ...HI, ...PRIORITY }, {}, PRIORITY],
    ['ConverseStream', STREAM, { ...HI, ...OPTIMIZED }, {}, OPTIMIZED],
    [
      'InvokeModel',
      `/model/${NOVA}/invoke`,
      HI,
      { 'x-amzn-bedrock-service-tier': 'priority', 'x-amzn-bedrock-performanceconfig-latency': 'optimized' },
      { ...PRIORITY, ...OPTIMIZED },
    ],
    [
      'Converse with a cheaper header, which that path does not read',
      CONVERSE,
      { ...HI, ...PRIORITY },
      { 'x-amzn-bedrock-service-tier': 'flex' },
      PRIORITY,
    ],
  ])('of %s is that of its tier', async (_what, path, body, headers, facts) => {
    const gateway = await setUp({ client: { catalog }, gateway: ALL });
    const response = await gateway.send(path, body, headers);
    await response.text();
    expect(response.status).toBe(200);
    const [{ usage, cost } = {}] = gateway.log;
    const price = catalog(NOVA)?.price;
    expect(cost?.total).toBeCloseTo(Number(priceOf(usage, price, { modelId: NOVA, ...facts })?.total), 12);
    expect(cost?.total).not.toBeCloseTo(Number(priceOf(usage, price, { modelId: NOVA })?.total), 12);
  });

  it('of a request that is passed on in its own protocol is that of its tier', async () => {
    const gateway = await setUp({ client: { catalog }, gateway: { ...ALL, passThrough: 'auto' } });
    await (await gateway.send(CHAT, { ...ASK, model: GPT_OSS, service_tier: 'priority' })).text();
    const [{ usage, cost } = {}] = gateway.log;
    const expected = priceOf(usage, catalog(GPT_OSS)?.price, { modelId: GPT_OSS, ...PRIORITY });
    expect(cost?.total).toBeCloseTo(Number(expected?.total), 12);
    expect(gateway.log[0]?.notes).toEqual([]);
  });

  it.each([
    [{}, {}, undefined],
    [{ service_tier: 'auto' }, {}, 'default'],
    [{ service_tier: 'flex' }, {}, 'flex'],
    [{ service_tier: 'flex' }, { 'x-amzn-bedrock-service-tier': 'default' }, 'default'],
    [{ service_tier: 'flex', serviceTier: { type: 'priority' } }, {}, 'priority'],
    [{ service_tier: 'standard_only', speed: 'standard' }, {}, 'default'],
    [{ service_tier: 'standard_only', speed: 'fast' }, {}, 'fast'],
  ])('depends on the most expensive tier of %j with the headers %j', (body, headers, type) => {
    const { serviceTier } = readAskedTier(new Headers(headers), body);
    expect(serviceTier?.type).toBe(type);
  });
});

describe('a budget in dollars', () => {
  /** Nova Pro: 100 output tokens at $3.20 per million, and a few input tokens. */
  const usual = 320;
  const day = '2026-11-29';

  it.each([
    ['of no tier', CONVERSE, HI, 1],
    ['with flex, which counts as the default tier', CONVERSE, { ...HI, serviceTier: { type: 'flex' } }, 1],
    ['with priority', CONVERSE, { ...HI, ...PRIORITY }, 1.76],
    ['with optimized latency', CONVERSE, { ...HI, ...OPTIMIZED }, 1.25],
    ['with priority, translated', CHAT, { ...ASK, service_tier: 'priority' }, 1.76],
  ])('reserves the price of the tier for a request %s', async (_what, path, body, factor) => {
    const gateway = await setUpBudgets(
      { perCaller: { dollarsPerDay: 1 } },
      { client: { catalog }, gateway: ALL },
    );
    const isChat = path === CHAT;
    const running = await gateway.send(isChat ? path : STREAM, isChat ? { ...body, stream: true } : body, {
      'x-local-fault': 'stall=4',
    });
    const { reserved } = gateway.counted(day);
    expect(reserved).toBeGreaterThan(usual * factor);
    expect(reserved).toBeLessThan(usual * factor * 1.2);
    await running.body?.cancel();
    await gateway.close();
    expect(gateway.counted(day).reserved).toBe(0);
  });

  it('refuses a tier whose price is unknown, and says which', async () => {
    const gateway = await setUpBudgets(
      { perCaller: { dollarsPerDay: 1 } },
      { client: { catalog }, gateway: ALL },
    );
    const response = await gateway.send('/model/openai.gpt-5.4/converse', { ...HI, ...PRIORITY });
    expect([response.status, (await json(response)).message]).toEqual([
      403,
      expect.stringMatching(
        /does not know its price for the service tier "priority"\. Use the default tier\./,
      ),
    ]);
    expect(gateway.local.requests).toEqual([]);
    expect((await gateway.send('/model/openai.gpt-5.4/converse', HI)).status).not.toBe(403);
  });
});

describe('the default tier', () => {
  it.each([
    ['/model/converse', CONVERSE, { ...HI, serviceTier: { type: 'default' } }, {}],
    ['a header', `/model/${NOVA}/invoke`, HI, { 'x-amzn-bedrock-service-tier': 'default' }],
    ['a passed request', CHAT, { ...ASK, model: GPT_OSS, service_tier: 'default' }, {}],
    ['a translated request', CHAT, { ...ASK, service_tier: 'default' }, {}],
  ])(
    'is always allowed, as it is what a request gets if it names none: %s',
    async (_where, path, body, headers) => {
      for (const serviceTiers of [[], ['flex']] as const) {
        const gateway = await setUp({ gateway: { serviceTiers, passThrough: 'auto' } });
        const response = await gateway.send(path, body, headers);
        expect([response.status, response.headers.get('x-bedrock-anywhere-notes')]).toEqual([200, null]);
        const [{ bodyText, headers: sent, operation } = {}] = gateway.local.requests;
        expect(`${bodyText}${sent?.['x-amzn-bedrock-service-tier']}`).toContain('default');
        expect(operation === 'CreateChatCompletion').toBe('model' in body && body.model === GPT_OSS);
      }
    },
  );
});

it('refuses a tier that clients may not choose, wherever a request names it', async () => {
  const gateway = await setUp();
  const more = { additionalModelRequestFields: { service_tier: 'priority' } };
  for (const body of [PRIORITY, { service_tier: 'priority' }, more]) {
    const response = await gateway.send(CONVERSE, { ...HI, ...body });
    expect([response.status, (await json(response)).message]).toEqual([
      400,
      expect.stringContaining('allows the service tiers default, flex. Choose one of them, or none.'),
    ]);
  }
  expect(gateway.local.requests).toEqual([]);
});
