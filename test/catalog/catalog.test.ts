import { describe, expect, it } from 'vitest';
import { catalogData } from '../../src/catalog/data.js';
import { type CatalogOverrides, catalog, createCatalog } from '../../src/catalog/index.js';
import { priceOf } from '../../src/catalog/price.js';

const ids = catalogData.flatMap(({ rows }) => rows.match(/^\S+/gm) ?? []);

describe('catalog', () => {
  it('knows limits, abilities and the price of a model', () => {
    expect(catalog('amazon.nova-lite-v1:0')).toEqual({
      contextWindow: 300_000,
      maxTokens: 10_000,
      reasoning: false,
      tools: true,
      promptCaching: true,
      price: {
        input: 0.06,
        output: 0.24,
        cacheRead: 0.015,
        cacheWrite: 0,
        region: 'us-east-1',
        currency: 'USD',
        unit: 'perMillionTokens',
      },
      source: '@earendil-works/pi-ai 1.6.0 (MIT), AWS docs',
      asOf: '2026-11-20',
    });
  });

  it('omits what is unknown', () => {
    expect(catalog('mistral.mixtral-8x7b-instruct-v0:1')).toEqual({
      contextWindow: 32_000,
      promptCaching: false,
      price: { input: 0.45, output: 0.7, region: 'us-east-1', currency: 'USD', unit: 'perMillionTokens' },
      source: '@pydantic/genai-prices 0.1.8 (MIT), AWS docs',
      asOf: '2026-09-23',
    });
    expect(catalog('qwen.qwen3-32b-v1:0')?.price).not.toHaveProperty('cacheRead');
  });

  it.each<[string, object]>([
    ['us.openai.gpt-6.2-sol', { contextWindow: 1_050_000, maxTokens: 128_000, promptCaching: true }],
    ['us.deepseek.r1-v1:0', { contextWindow: 128_000, maxTokens: 32_768, reasoning: true, tools: false }],
    ['us.amazon.nova-premier-v1:0', { contextWindow: 1_000_000, maxTokens: 25_000 }],
    ['google.gemma-3-4b-it', { contextWindow: 128_000, maxTokens: 8192, promptCaching: false }],
    ['google.gemma-3-27b-it', { contextWindow: 128_000, maxTokens: 8192, promptCaching: false }],
    ['anthropic.claude-3-5-haiku-20241022-v1:0', { maxTokens: 8192, promptCaching: true }],
    ['qwen.qwen3-32b-v1:0', { promptCaching: false }],
    ['meta.llama3-3-70b-instruct-v1:0', { promptCaching: false }],
  ])('knows the limits and the prompt caching of %s', (id, facts) => {
    expect(catalog(id)).toMatchObject(facts);
  });

  it('knows of every model whether it caches prompts', () => {
    const unknown = ids.filter((id) => catalog(id)?.promptCaching === undefined);
    expect(unknown).toEqual([]);
  });

  it('tells which output limits leave no room for a prompt', () => {
    const filled = ids.filter((id) => catalog(id)?.outputFillsWindow === true);
    expect(filled.filter((id) => id.split('.').length === 2 || /^xai|^moonshotai/.test(id)).sort()).toEqual([
      'moonshotai.kimi-k3.1',
      'openai.gpt-oss-120b',
      'openai.gpt-oss-120b-1:0',
      'openai.gpt-oss-20b',
      'openai.gpt-oss-20b-1:0',
      'qwen.qwen3-next-80b-a3b',
      'qwen.qwen3-vl-235b-a22b',
      'xai.grok-4.6',
      'xai.grok-4.7',
    ]);
    expect(catalog('us.xai.grok-4.7')?.outputFillsWindow).toBe(true);
    expect(catalog('minimax.minimax-m2.1')).not.toHaveProperty('outputFillsWindow');
  });

  it('has the rates of long prompts', () => {
    const price = catalog('us.anthropic.claude-haiku-5-5')?.price;
    expect(price?.tiers).toEqual([
      { inputTokensAbove: 100_000, input: 0.55, output: 2.75, cacheRead: 0.055, cacheWrite: 0.6875 },
    ]);
    // 200,000 × 0.55 + 1000 × 2.75, per million
    expect(priceOf({ inputTokens: 200_000, outputTokens: 1000 }, price)?.total).toBeCloseTo(0.11275, 12);
  });

  /** https://aws.amazon.com/bedrock/pricing/, USD per 1,000 tokens: input, output, cache read, 5-minute cache write. */
  it.each<[string, number, number, number?, number?]>([
    ['amazon.nova-micro-v1:0', 0.000035, 0.00014, 0.00000875, 0],
    ['amazon.nova-lite-v1:0', 0.00006, 0.00024, 0.000015, 0],
    ['amazon.nova-pro-v1:0', 0.0008, 0.0032, 0.0002, 0],
    ['us.amazon.nova-premier-v1:0', 0.0025, 0.0125, 0.000625],
    ['anthropic.claude-3-5-haiku-20241022-v1:0', 0.0008, 0.004, 0.00008, 0.001],
    ['anthropic.claude-3-haiku-20240307-v1:0', 0.00025, 0.00125],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', 0.003, 0.015, 0.0003, 0.00375],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 0.003, 0.015, 0.0003, 0.00375],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 0.0033, 0.0165],
    ['anthropic.claude-opus-4-20250514-v1:0', 0.015, 0.075, 0.0015, 0.01875],
    ['deepseek.r1-v1:0', 0.00135, 0.0054],
    ['meta.llama3-3-70b-instruct-v1:0', 0.00072, 0.00072],
    ['meta.llama3-2-11b-instruct-v1:0', 0.00016, 0.00016],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', 0.00024, 0.00097],
    ['meta.llama3-8b-instruct-v1:0', 0.0003, 0.0006],
    ['us.mistral.pixtral-large-2502-v1:0', 0.002, 0.006],
  ])('has the price that AWS publishes for %s', (id, input, output, cacheRead, cacheWrite) => {
    const price = catalog(id)?.price;
    expect(price?.input).toBeCloseTo(input * 1000, 9);
    expect(price?.output).toBeCloseTo(output * 1000, 9);
    if (cacheRead !== undefined) expect(price?.cacheRead).toBeCloseTo(cacheRead * 1000, 9);
    if (cacheWrite !== undefined) expect(price?.cacheWrite).toBeCloseTo(cacheWrite * 1000, 9);
  });

  it.each([
    ['global.anthropic.claude-haiku-4-5-20251001-v1:0', 1],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 1.1],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 1.1],
    ['us.amazon.nova-pro-v1:0', 0.8],
    ['eu.amazon.nova-pro-v1:0', 0.92],
    ['apac.amazon.nova-pro-v1:0', 0.84],
  ])('knows what geographies cost: %s', (id, input) => {
    expect(catalog(id)?.price?.input).toBe(input);
  });

  it('binds a price to a region where the id leaves it open', () => {
    const at = (id: string, region: string) =>
      priceOf({ inputTokens: 1, outputTokens: 1 }, catalog(id)?.price, { region })?.estimated;
    expect(at('openai.gpt-oss-120b-1:0', 'us-east-1')).toBe(false);
    expect(at('openai.gpt-oss-120b-1:0', 'ap-south-1')).toBe(true);
    expect(at('eu.amazon.nova-pro-v1:0', 'eu-north-1')).toBe(false);
    expect(at('us-gov.openai.gpt-oss-120b-1:0', 'us-gov-west-1')).toBe(false);
  });

  it('gives a profile that is not listed the facts of its model and says that the price is an estimate', () => {
    const model = catalog('anthropic.claude-opus-4-1-20250805-v1:0');
    for (const geography of ['us-gov', 'ca', 'mx', 'eusc']) {
      const profile = catalog(`${geography}.anthropic.claude-opus-4-1-20250805-v1:0`);
      expect(profile).toEqual({ ...model, price: { ...model?.price, estimated: true } });
    }
    // The geography around the region that the price was made for.
    expect(catalog('us.deepseek.r1-v1:0')).toEqual(catalog('deepseek.r1-v1:0'));
  });

  it('reads the ids in ARNs', () => {
    const arn = 'arn:aws:bedrock:eu-central-1';
    const nova = catalog('amazon.nova-pro-v1:0');
    expect(nova).toBeDefined();
    expect(catalog(`${arn}::foundation-model/amazon.nova-pro-v1:0`)).toEqual(nova);
    expect(catalog(`${arn}:123456789012:inference-profile/eu.amazon.nova-pro-v1:0`)).toEqual(
      catalog('eu.amazon.nova-pro-v1:0'),
    );
    expect(catalog(`${arn}:123456789012:application-inference-profile/1a2b3c4d5e6f`)).toBeUndefined();
    expect(catalog(`${arn}:123456789012:prompt/PROMPT12345:1`)).toBeUndefined();
  });

  it.each([
    ['amazon.nova-lite-v1:0:24k', 24_000],
    ['amazon.nova-lite-v1:0:300k', 300_000],
    ['anthropic.claude-3-haiku-20240307-v1:0:48k', 48_000],
    ['amazon.nova-premier-v1:0:mm', 1_000_000],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k', 128_000],
  ])(
    'takes the context window from the id and leaves the price out, which is by the hour: %s',
    (id, contextWindow) => {
      expect(catalog(id)).toMatchObject({ contextWindow });
      expect(catalog(id)).not.toHaveProperty('price');
    },
  );

  it('knows nothing of other ids', () => {
    for (const id of [
      '',
      '.',
      'us.',
      'nova-lite-v1:0',
      'amazon.nova-lite',
      'amazon.nova-lite-v1:1',
      'amazon.nova-lite-v1:0x',
      'xamazon.nova-lite-v1:0',
      'a.b.amazon.nova-lite-v1:0',
      'AMAZON.NOVA-LITE-V1:0',
      'constructor',
      '__proto__',
      'amazon.titan-embed-text-v1',
    ]) {
      expect(catalog(id), id).toBeUndefined();
    }
  });

  it('gives facts that can be changed without changing the catalog', () => {
    const facts = catalog('amazon.nova-pro-v1:0');
    if (facts?.price) facts.price.input = 99;
    expect(catalog('amazon.nova-pro-v1:0')?.price?.input).toBe(0.8);
  });
});

describe('createCatalog', () => {
  const price = { input: 1, output: 2 };

  it('is the catalog where nothing is overridden', () => {
    for (const id of [...ids, 'no.such-model']) expect(createCatalog()(id)).toEqual(catalog(id));
  });

  it('replaces facts one by one, and a price as a whole', () => {
    const own = createCatalog({ 'amazon.nova-pro-v1:0': { maxTokens: 5000, price } });
    expect(own('amazon.nova-pro-v1:0')).toEqual({
      ...catalog('amazon.nova-pro-v1:0'),
      maxTokens: 5000,
      price,
      source: '@earendil-works/pi-ai 1.6.0 (MIT), AWS docs, overrides',
    });
    expect(own('amazon.nova-lite-v1:0')).toEqual(catalog('amazon.nova-lite-v1:0'));
  });

  it('adds models that are not in the data', () => {
    const own = createCatalog({ 'acme.one-v1:0': { contextWindow: 9000, price: { input: 0, output: 0 } } });
    expect(own('acme.one-v1:0')).toEqual({
      contextWindow: 9000,
      price: { input: 0, output: 0 },
      source: 'overrides',
    });
    expect(own('acme.two-v1:0')).toBeUndefined();
  });

  it('keeps 0 as 0 and leaves alone what is undefined', () => {
    const own = createCatalog({
      'amazon.nova-pro-v1:0': { maxTokens: undefined, contextWindow: 0, reasoning: false },
    });
    expect(own('amazon.nova-pro-v1:0')).toMatchObject({
      maxTokens: 10_000,
      contextWindow: 0,
      reasoning: false,
    });
  });

  it('decides by the own limits whether the output fills the window', () => {
    const own = createCatalog({
      'xai.grok-4.7': { maxTokens: 32_000 },
      'amazon.nova-pro-v1:0': { contextWindow: 10_000 },
      'acme.one': { maxTokens: 9000 },
    });
    expect(own('us.xai.grok-4.7')).not.toHaveProperty('outputFillsWindow');
    expect(own('amazon.nova-pro-v1:0')?.outputFillsWindow).toBe(true);
    expect(own('acme.one')).not.toHaveProperty('outputFillsWindow');
  });

  it('lets the caller name a source', () => {
    const own = createCatalog({
      'amazon.nova-pro-v1:0': { maxTokens: 1, source: 'our contract', asOf: '2026-11-01' },
    });
    expect(own('amazon.nova-pro-v1:0')).toMatchObject({ source: 'our contract', asOf: '2026-11-01' });
  });

  it.each<[string, CatalogOverrides, string, number]>([
    ['an id, of itself', { 'amazon.nova-pro-v1:0': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 1],
    ['an id, of its profiles', { 'amazon.nova-pro-v1:0': { maxTokens: 1 } }, 'eu.amazon.nova-pro-v1:0', 1],
    [
      'an id, of its ARN',
      { 'amazon.nova-pro-v1:0': { maxTokens: 1 } },
      'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0',
      1,
    ],
    ['a new id, of its profiles', { 'acme.one-v1:0': { maxTokens: 1 } }, 'eu.acme.one-v1:0', 1],
    [
      'a profile, not of its model',
      { 'eu.amazon.nova-pro-v1:0': { maxTokens: 1 } },
      'amazon.nova-pro-v1:0',
      10_000,
    ],
    ['a model, not by its name alone', { 'nova-pro-v1:0': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 10_000],
    [
      'a profile over its model',
      { 'eu.acme.one': { maxTokens: 2 }, 'acme.one': { maxTokens: 1 } },
      'eu.acme.one',
      2,
    ],
    [
      'an ARN',
      { 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x': { maxTokens: 1 } },
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/x',
      1,
    ],
    [
      'an ARN over a profile',
      {
        'arn:aws:bedrock:us-east-1:1:inference-profile/eu.acme.one': { maxTokens: 3 },
        'eu.acme.one': { maxTokens: 2 },
      },
      'arn:aws:bedrock:us-east-1:1:inference-profile/eu.acme.one',
      3,
    ],
    [
      'an id with a context size',
      { 'amazon.nova-pro-v1:0:24k': { maxTokens: 1 } },
      'amazon.nova-pro-v1:0:24k',
      1,
    ],
    ['a profile, with a context size', { 'eu.acme.one': { maxTokens: 1 } }, 'eu.acme.one:24k', 1],
    [
      'an id with a context size, of its ARN',
      { 'acme.one:24k': { maxTokens: 1 } },
      'arn:aws:bedrock:eu-west-1::foundation-model/acme.one:24k',
      1,
    ],
    ['a pattern', { 'amazon.*': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 1],
    ['a pattern from its start', { 'nova*': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 10_000],
    ['a pattern, of profiles', { 'amazon.*': { maxTokens: 1 } }, 'eu.amazon.nova-pro-v1:0', 1],
    ['a pattern for profiles alone', { 'eu.*': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 10_000],
    ['a pattern to its end', { '*nova': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 10_000],
    ['a pattern where . is a dot', { 'amazon*nova.pro*': { maxTokens: 1 } }, 'amazon.nova-pro-v1:0', 10_000],
    [
      'an id over a pattern, in any order',
      { 'amazon.nova-pro-v1:0': { maxTokens: 1 }, '*': { maxTokens: 2 } },
      'amazon.nova-pro-v1:0',
      1,
    ],
    ['the later pattern', { 'amazon.*': { maxTokens: 1 }, '*': { maxTokens: 2 } }, 'amazon.nova-pro-v1:0', 2],
    ['a regular expression', [[/nova-pro/, { maxTokens: 1 }]], 'eu.amazon.nova-pro-v1:0', 1],
    [
      'pairs of an iterator',
      new Map([['amazon.nova-pro-v1:0', { maxTokens: 1 }]]),
      'amazon.nova-pro-v1:0',
      1,
    ],
  ])('overrides by %s', (_name, overrides, id, maxTokens) => {
    expect(createCatalog(overrides)(id)?.maxTokens).toBe(maxTokens);
  });

  it('is not confused by a regular expression that remembers', () => {
    const own = createCatalog([[/nova-pro/g, { maxTokens: 1 }]]);
    expect(
      [own('amazon.nova-pro-v1:0'), own('amazon.nova-pro-v1:0')].map((facts) => facts?.maxTokens),
    ).toEqual([1, 1]);
  });

  it.each([
    [{ 'acme.one': null }, /acme\.one is not an object/],
    [{ 'acme.one': 4096 }, /acme\.one is not an object/],
    [{ 'acme.one': { maxTokens: '4096' } }, /acme\.one has 4096 as maxTokens/],
    [{ 'acme.one': { contextWindow: -1 } }, /has -1 as contextWindow/],
    [{ 'acme.one': { contextWindow: Number.NaN } }, /has NaN as contextWindow/],
    [{ 'acme.one': { price: { input: 3 } } }, /has undefined as price\.output/],
    [{ 'acme.one': { price: null } }, /has undefined as price\.input/],
  ])('refuses %j', (overrides, message) => {
    expect(() => createCatalog(overrides as unknown as CatalogOverrides)).toThrow(message);
    expect(() => createCatalog(overrides as unknown as CatalogOverrides)).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT' }),
    );
  });
});
