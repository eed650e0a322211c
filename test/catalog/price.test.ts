import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog/index.js';
import { type Costed, costOf } from '../../src/catalog/price.js';
import { Fold } from '../../src/converse/fold.js';
import { type CostFacts, createBedrock, type Price, priceOf } from '../../src/index.js';
import { startServer } from '../converse/server.js';
import fc from '../property.js';

type Usage = NonNullable<Parameters<typeof priceOf>[0]>;

/**
 * Claude Sonnet 4.5 through its global profile, as https://aws.amazon.com/bedrock/pricing/ has it per 1,000 tokens: input
 * $0.003, output $0.015, 5m cache write $0.00375, 1h cache write $0.006, cache read $0.0003. "Long Context", above 200,000
 * tokens: $0.006, $0.0225, $0.0075, $0.012 and $0.0006.
 */
const SONNET: Price = {
  input: 3,
  output: 15,
  cacheRead: 0.3,
  cacheWrite: 3.75,
  cacheWrite1h: 6,
  tiers: [
    {
      inputTokensAbove: 200_000,
      input: 6,
      output: 22.5,
      cacheRead: 0.6,
      cacheWrite: 7.5,
      cacheWrite1h: 12,
    },
  ],
};

/** Amazon Nova Pro in us-east-1, same page, read on 20 July 2025: $0.0008, $0.0032, cache read $0.0002 per 1,000 tokens. */
const NOVA_PRO: Price = { input: 0.8, output: 3.2, cacheRead: 0.2, region: 'us-east-1' };

/** A price without any rate for the cache. */
const PLAIN: Price = { input: 10, output: 50 };

describe('priceOf', () => {
  it('adds up what AWS charges for each kind of token', () => {
    const cost = priceOf({ inputTokens: 10_000, outputTokens: 2000, cacheReadInputTokens: 30_000 }, NOVA_PRO);
    expect(cost?.input).toBeCloseTo(0.008, 12); // 10 × 0.0008
    expect(cost?.output).toBeCloseTo(0.0064, 12); // 2 × 0.0032
    expect(cost?.cacheRead).toBeCloseTo(0.006, 12); // 30 × 0.0002: not part of inputTokens
    expect(cost?.cacheWrite).toBe(0);
    expect(cost?.total).toBeCloseTo(0.0204, 12);
    expect(cost?.estimated).toBe(false);
  });

  it('tells writes for an hour from writes for five minutes', () => {
    const usage = {
      inputTokens: 1200,
      outputTokens: 350,
      totalTokens: 24_550,
      cacheReadInputTokens: 18_000,
      cacheWriteInputTokens: 5000,
      cacheDetails: [
        { ttl: '1h' as const, inputTokens: 2000 },
        { ttl: '5m' as const, inputTokens: 3000 },
      ],
    };
    const cost = priceOf(usage, SONNET);
    expect(cost?.input).toBeCloseTo(0.0036, 12); // 1.2 × 0.003
    expect(cost?.output).toBeCloseTo(0.00525, 12); // 0.35 × 0.015
    expect(cost?.cacheRead).toBeCloseTo(0.0054, 12); // 18 × 0.0003
    expect(cost?.cacheWrite).toBeCloseTo(0.02325, 12); // 2 × 0.006 + 3 × 0.00375
    expect(cost?.total).toBeCloseTo(0.0375, 12);
    expect(cost?.estimated).toBe(false);
  });

  it.each<[string, Usage, number]>([
    ['no details: five minutes, the default', { cacheWriteInputTokens: 4000 }, 0.015],
    [
      'details of a part',
      { cacheWriteInputTokens: 4000, cacheDetails: [{ ttl: '1h', inputTokens: 1000 }] },
      0.01725,
    ],
    ['details alone', { cacheDetails: [{ ttl: '1h', inputTokens: 1000 }] }, 0.006],
    ['an empty list of details', { cacheWriteInputTokens: 4000, cacheDetails: [] }, 0.015],
  ])('prices cache writes with %s', (_name, usage, expected) => {
    const cost = priceOf({ inputTokens: 0, outputTokens: 0, ...usage }, SONNET);
    expect(cost?.cacheWrite).toBeCloseTo(expected, 12);
    expect(cost?.estimated).toBe(false);
  });

  it('prices a whole request by its tier once the prompt, cache included, is longer', () => {
    const atLimit = {
      inputTokens: 150_000,
      outputTokens: 1000,
      cacheReadInputTokens: 40_000,
      cacheWriteInputTokens: 10_000,
    };
    // 150 × 0.003 + 1 × 0.015 + 40 × 0.0003 + 10 × 0.00375
    expect(priceOf(atLimit, SONNET)?.total).toBeCloseTo(0.5145, 12);
    // One token more: 150 × 0.006 + 1 × 0.0225 + 40 × 0.0006 + 10.001 × 0.0075
    expect(priceOf({ ...atLimit, cacheWriteInputTokens: 10_001 }, SONNET)?.total).toBeCloseTo(1.0215075, 12);
    // Output does not make a prompt long.
    expect(priceOf({ inputTokens: 1000, outputTokens: 300_000 }, SONNET)?.output).toBeCloseTo(4.5, 12);
  });

  it('takes the highest of several tiers, whatever their order', () => {
    const tiers = [
      { inputTokensAbove: 200, input: 3, output: 3 },
      { inputTokensAbove: 100, input: 2, output: 2 },
    ];
    const inputAt = (inputTokens: number) =>
      (priceOf({ inputTokens, outputTokens: 0 }, { input: 1, output: 1, tiers })?.input ?? 0) * 1e6;
    expect([100, 101, 200, 201].map(inputAt)).toEqual([100, 202, 400, 603]);
  });

  it('is undefined where usage or price is unknown, never 0', () => {
    const usage = { inputTokens: 10, outputTokens: 10 };
    expect(priceOf(undefined, PLAIN)).toBeUndefined();
    expect(priceOf({}, PLAIN)).toBeUndefined();
    expect(priceOf(usage, undefined)).toBeUndefined();
    expect(priceOf(usage, {} as Price)).toBeUndefined();
    expect(priceOf(usage, { input: 1 } as Price)).toBeUndefined();
    expect(priceOf(usage, { input: '1', output: '2' } as unknown as Price)).toBeUndefined();
    expect(priceOf(usage, null as unknown as Price)).toBeUndefined();
  });

  it('is 0, and no estimate, where the price is 0', () => {
    const free = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };
    const usage = { inputTokens: 9, outputTokens: 9, cacheReadInputTokens: 9, cacheWriteInputTokens: 9 };
    const nothing = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0, estimated: false };
    expect(priceOf(usage, free)).toEqual(nothing);
    expect(priceOf({ inputTokens: 0, outputTokens: 0 }, PLAIN)).toEqual(nothing);
    const read = { inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 9 };
    expect(priceOf(read, { ...PLAIN, cacheRead: 0 })).toEqual(nothing);
  });

  it("takes a cost of OpenClaw's configuration as it is", () => {
    const cost = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
    const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cacheReadInputTokens: 2_000_000 };
    expect(priceOf(usage, cost)?.total).toBeCloseTo(5.1, 12); // 3 + 1.5 + 0.6
  });

  describe('estimates', () => {
    const used = { inputTokens: 1_000_000, outputTokens: 0 };
    const read = { ...used, cacheReadInputTokens: 1_000_000 };
    const write = { ...used, cacheWriteInputTokens: 1_000_000 };
    const write1h: Usage = { ...used, cacheDetails: [{ ttl: '1h', inputTokens: 1_000_000 }] };
    const claude = { modelId: 'eu.anthropic.claude-sonnet-4-6' };

    it.each<[string, Usage, Price, CostFacts, 'cacheRead' | 'cacheWrite', number]>([
      ['cache reads as input', read, PLAIN, {}, 'cacheRead', 10],
      ['cache writes as input', write, PLAIN, {}, 'cacheWrite', 10],
      ['cache writes of Claude as 1.25 × input', write, PLAIN, claude, 'cacheWrite', 12.5],
      ['1-hour writes as input', write1h, PLAIN, {}, 'cacheWrite', 10],
      ['1-hour writes as 5-minute writes', write1h, { ...PLAIN, cacheWrite: 11 }, {}, 'cacheWrite', 11],
      [
        '1-hour writes of Claude as 2 × input',
        write1h,
        { ...PLAIN, cacheWrite: 12.5 },
        claude,
        'cacheWrite',
        20,
      ],
    ])('%s', (_name, usage, price, facts, part, expected) => {
      const cost = priceOf(usage, price, facts);
      expect(cost).toMatchObject({ input: 10, [part]: expected, total: 10 + expected, estimated: true });
    });

    it('knows Claude by model id, profile id and ARN, and no other by its name', () => {
      const at = (modelId: string) => priceOf(write1h, PLAIN, { modelId })?.cacheWrite;
      expect(at('anthropic.claude-opus-4-7')).toBe(20);
      expect(at('arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-7')).toBe(20);
      expect(
        at('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7'),
      ).toBe(20);
      expect(at('misanthropic.model')).toBe(10);
      expect(at('amazon.nova-pro-v1:0')).toBe(10);
    });

    it('needs no rate for what was not used', () => {
      const unused = { ...used, cacheReadInputTokens: 0, cacheWriteInputTokens: 0, cacheDetails: [] };
      expect(priceOf(unused, PLAIN)?.estimated).toBe(false);
    });

    it.each<[string, CostFacts, boolean]>([
      ['service tier', { serviceTier: { type: 'default' } }, false],
      ['latency', { performanceConfig: { latency: 'standard' } }, false],
      ['region', { region: 'eu-west-1' }, true],
      ['region', { region: 'us-east-1' }, false],
      ['region', { region: undefined }, false],
    ])('by %s: %j', (_name, facts, estimated) => {
      const cost = priceOf(used, NOVA_PRO, facts);
      expect(cost?.estimated).toBe(estimated);
      expect(cost?.total).toBeCloseTo(0.8, 12);
    });

    /** Nova Pro per 1,000 tokens, AWS Price List: 0.0008; -priority 0.0014, -flex 0.0004, -latency-optimized 0.0010. */
    it.each<[string, CostFacts, number, number]>([
      ['flex, and the cache at its full price', { serviceTier: { type: 'flex' } }, 0.4, 0.2],
      ['priority, never below 1.75 times the price', { serviceTier: { type: 'priority' } }, 1.408, 0.352],
      ['optimized latency', { performanceConfig: { latency: 'optimized' } }, 1, 0.25],
      [
        'both',
        { serviceTier: { type: 'priority' }, performanceConfig: { latency: 'optimized' } },
        1.76,
        0.44,
      ],
    ])('by tier: %s', (_name, facts, input, cacheRead) => {
      const cost = priceOf(read, NOVA_PRO, { ...facts, modelId: 'us.amazon.nova-pro-v1:0' });
      expect(cost?.input).toBeCloseTo(input, 12);
      expect(cost?.cacheRead).toBeCloseTo(cacheRead, 12);
      expect(cost?.total).toBeCloseTo(input + cacheRead, 12);
      expect(cost?.estimated).toBe(true);
    });

    it.each<[string, CostFacts]>([
      ['a tier that is paid by capacity', { serviceTier: { type: 'reserved' } }],
      ['an unknown tier', { serviceTier: { type: 'express' as 'flex' } }],
      ['a tier with the name of a method', { serviceTier: { type: 'constructor' as 'flex' } }],
      [
        'a priority whose price is unknown',
        { serviceTier: { type: 'priority' }, modelId: 'openai.gpt-5.6-terra' },
      ],
    ])('is undefined, never too low, for %s', (_name, facts) => {
      expect(priceOf(used, NOVA_PRO, facts)).toBeUndefined();
    });

    it('knows the price of priority for gpt-oss', () => {
      const facts: CostFacts = { serviceTier: { type: 'priority' }, modelId: 'openai.gpt-oss-120b-1:0' };
      expect(priceOf(used, NOVA_PRO, facts)?.input).toBeCloseTo(1.408, 12);
    });

    it('not by region where the price holds in all', () => {
      expect(priceOf(used, PLAIN, { region: 'eu-west-1' })?.estimated).toBe(false);
    });

    it('by a price that says so', () => {
      expect(priceOf(used, { ...PLAIN, estimated: true })?.estimated).toBe(true);
    });
  });

  describe('whatever the numbers', () => {
    const tokens = fc.nat({ max: 5_000_000 });
    const rate = fc.double({ min: 0, max: 200, noNaN: true });
    const maybeRate = fc.option(rate, { nil: undefined });
    const prices = fc.record({
      input: rate,
      output: rate,
      cacheRead: maybeRate,
      cacheWrite: maybeRate,
      cacheWrite1h: maybeRate,
    });
    const usages = fc
      .record({
        inputTokens: tokens,
        outputTokens: tokens,
        cacheReadInputTokens: tokens,
        hour: tokens,
        minutes: tokens,
      })
      .map(({ hour, minutes, ...usage }) => ({
        ...usage,
        cacheWriteInputTokens: hour + minutes,
        cacheDetails: [
          { ttl: '1h' as const, inputTokens: hour },
          { ttl: '5m' as const, inputTokens: minutes },
        ],
      }));
    const models = fc.constantFrom('anthropic.claude-opus-4-7', 'amazon.nova-pro-v1:0', undefined);
    const costOf = (usage: Usage, price: Price, modelId?: string | undefined) => {
      const cost = priceOf(usage, price, { modelId });
      if (cost === undefined) throw new Error('The price is known.');
      return cost;
    };
    type Counts = Usage & {
      cacheDetails: { ttl: '1h' | '5m'; inputTokens: number }[];
    };
    const plus = (a: Counts, b: Counts): Counts => ({
      inputTokens: (a.inputTokens ?? 0) + (b.inputTokens ?? 0),
      outputTokens: (a.outputTokens ?? 0) + (b.outputTokens ?? 0),
      cacheReadInputTokens: (a.cacheReadInputTokens ?? 0) + (b.cacheReadInputTokens ?? 0),
      cacheWriteInputTokens: (a.cacheWriteInputTokens ?? 0) + (b.cacheWriteInputTokens ?? 0),
      cacheDetails: [...a.cacheDetails, ...b.cacheDetails],
    });

    it('the total is the sum of the parts, to the last bit', () => {
      fc.assert(
        fc.property(usages, prices, models, (usage, price, modelId) => {
          const { input, output, cacheRead, cacheWrite, total } = costOf(usage, price, modelId);
          expect(total).toBe(input + output + cacheRead + cacheWrite);
        }),
      );
    });

    it('two calls cost what they cost together', () => {
      fc.assert(
        fc.property(usages, usages, prices, models, (first, second, price, modelId) => {
          const apart = costOf(first, price, modelId).total + costOf(second, price, modelId).total;
          const together = costOf(plus(first, second), price, modelId).total;
          expect(Math.abs(together - apart)).toBeLessThanOrEqual(1e-12 * Math.max(1, apart));
        }),
      );
    });

    it('more tokens never cost less, also where tiers begin', () => {
      fc.assert(
        fc.property(usages, usages, prices, models, (usage, more, price, modelId) => {
          const tier = {
            inputTokensAbove: 1_000_000,
            input: 2 * price.input,
            output: 2 * price.output,
            cacheRead: price.cacheRead && 2 * price.cacheRead,
            cacheWrite: price.cacheWrite && 2 * price.cacheWrite,
            cacheWrite1h: price.cacheWrite1h && 2 * price.cacheWrite1h,
          };
          const tiered = { ...price, tiers: [tier] };
          const less = costOf(usage, tiered, modelId).total;
          expect(costOf(plus(usage, more), tiered, modelId).total).toBeGreaterThanOrEqual(less * (1 - 1e-12));
        }),
      );
    });

    it('is an estimate exactly where a rate was missing for tokens that were used', () => {
      fc.assert(
        fc.property(usages, prices, models, (usage, price, modelId) => {
          const [hour, minutes] = usage.cacheDetails;
          const missing =
            (usage.cacheReadInputTokens > 0 && price.cacheRead === undefined) ||
            (minutes !== undefined && minutes.inputTokens > 0 && price.cacheWrite === undefined) ||
            (hour !== undefined && hour.inputTokens > 0 && price.cacheWrite1h === undefined);
          expect(costOf(usage, price, modelId).estimated).toBe(missing);
        }),
      );
    });
  });
});

describe('the cost of an answer', () => {
  const NOVA = 'us.amazon.nova-pro-v1:0';
  const usage = { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 };
  const priority = { serviceTier: { type: 'priority' as const } };
  const answer: Costed = { usage, serviceTier: undefined, performanceConfig: undefined };
  const totalOf = (asked: CostFacts, stated: Partial<Costed>) =>
    costOf({ catalog }, NOVA, 'us-east-1', asked)({ ...answer, ...stated })?.total;

  it('depends on the tier that the answer states, and otherwise on the one in the request', () => {
    const dear = priceOf(usage, catalog(NOVA)?.price, { modelId: NOVA, ...priority })?.total;
    const usual = priceOf(usage, catalog(NOVA)?.price, { modelId: NOVA })?.total;
    expect(dear).toBeGreaterThan(1.7 * Number(usual));
    expect(totalOf(priority, {})).toBe(dear);
    expect(totalOf({}, priority)).toBe(dear);
    expect(totalOf(priority, { serviceTier: { type: 'default' } })).toBe(usual);
    const optimized = { performanceConfig: { latency: 'optimized' as const } };
    expect(totalOf(optimized, {})).toBeCloseTo(1.25 * Number(usual), 12);
    expect(totalOf(optimized, { performanceConfig: { latency: 'standard' } })).toBe(usual);
  });

  it('depends on the tier in the request, over HTTP too', async () => {
    const server = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
          stopReason: 'end_turn',
          usage,
        }),
      );
    });
    try {
      const bedrock = createBedrock({
        region: 'us-east-1',
        endpoint: server.url,
        credentials: { token: 'a-token-of-a-test' },
        catalog,
      });
      const { cost } = await bedrock.converse({ modelId: NOVA, prompt: 'Hi', ...priority });
      expect(cost?.total).toBe(totalOf(priority, {}));
    } finally {
      await server.close();
    }
  });
});

describe('the cost of an answer that a prompt router had made', () => {
  const ROUTER = 'arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1';
  const CHOSEN = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
  const usage = { inputTokens: 1000, outputTokens: 100, totalTokens: 1100, cacheWriteInputTokens: 100 };
  const plain = { usage, serviceTier: undefined, performanceConfig: undefined };
  const answeredBy = (invokedModelId?: string): Costed => ({
    ...plain,
    ...(invokedModelId !== undefined && { trace: { promptRouter: { invokedModelId } } }),
  });

  it.each([CHOSEN, `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${CHOSEN}`])(
    'is that of the chosen model: %s',
    (invokedModelId) => {
      const cost = costOf({ catalog }, ROUTER, 'us-east-1', {})(answeredBy(invokedModelId));
      expect(cost).toEqual(priceOf(usage, catalog(CHOSEN)?.price, { modelId: CHOSEN, region: 'us-east-1' }));
      expect(cost?.total).toBeGreaterThan(0);
    },
  );

  it('is unknown without the name of that model', () => {
    const cost = costOf({ catalog }, ROUTER, 'us-east-1', {});
    expect(cost(answeredBy())).toBeUndefined();
    expect(cost(answeredBy({ toString: null } as never))).toBeUndefined();
  });

  it('is the same for a stream', () => {
    const fold = new Fold();
    fold.add({ type: 'messageStart', role: 'assistant' });
    fold.add({ type: 'messageStop', stopReason: 'end_turn' });
    const trace = { promptRouter: { invokedModelId: CHOSEN } };
    fold.add({ type: 'metadata', usage, metrics: { latencyMs: 1 }, trace });
    const cost = costOf({ catalog }, ROUTER, 'us-east-1', {});
    expect(fold.result({ costOf: cost }).cost).toEqual(cost(answeredBy(CHOSEN)));
    expect(fold.result({ costOf: cost }).cost?.total).toBeGreaterThan(0);
  });

  it('is that of the price of the call, where there is one, by the rules of the chosen family', () => {
    const price = costOf({ price: PLAIN, catalog }, ROUTER, 'us-east-1', {});
    expect(price(answeredBy(CHOSEN))?.input).toBe(0.01);
    expect(price(answeredBy(CHOSEN))?.cacheWrite).toBeCloseTo(0.00125, 12); // Claude's: 1.25 × input
    expect(price(answeredBy('amazon.nova-lite-v1:0'))?.cacheWrite).toBeCloseTo(0.001, 12);
  });

  it('keeps the rates for long prompts', () => {
    const long = { ...usage, inputTokens: 300_000 };
    const price = costOf({ catalog: () => ({ price: SONNET, source: 'a test' }) }, ROUTER, 'us-east-1', {});
    expect(price({ ...answeredBy(CHOSEN), usage: long })?.input).toBeCloseTo(1.8, 12); // 300 × 0.006
  });

  it('is in the result of converse', async () => {
    const message = { role: 'assistant', content: [{ text: 'Hello' }] };
    const { trace } = answeredBy(CHOSEN);
    const body = { output: { message }, stopReason: 'end_turn', usage, metrics: { latencyMs: 1 }, trace };
    const server = await startServer((response) => void response.end(JSON.stringify(body)));
    const bedrock = createBedrock({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { token: 'key' },
      catalog,
    });
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
    const { cost } = await bedrock.converse({ modelId: ROUTER, messages }).finally(() => server.close());
    expect(cost).toEqual(costOf({ catalog }, CHOSEN, 'us-east-1', {})(plain));
    expect(cost?.total).toBeGreaterThan(0);
  });
});
