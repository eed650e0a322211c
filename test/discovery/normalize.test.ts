import { describe, expect, it } from 'vitest';
import type { LocalModel, LocalProfile } from '../../src/local/index.js';
import { account, denied } from './account.js';

const model = (modelId: string, more: Partial<LocalModel> = {}): LocalModel => ({
  modelId,
  modelName: `Name of ${modelId}`,
  providerName: 'Acme',
  inputModalities: ['TEXT', 'IMAGE'],
  outputModalities: ['TEXT'],
  responseStreamingSupported: true,
  inferenceTypesSupported: ['ON_DEMAND'],
  modelLifecycle: { status: 'ACTIVE' },
  ...more,
});
const throughProfile = { inferenceTypesSupported: ['INFERENCE_PROFILE'] };

const profile = (
  inferenceProfileId: string,
  modelId: string,
  regions: string[],
  more: Partial<LocalProfile> = {},
): LocalProfile => ({
  inferenceProfileId,
  inferenceProfileName: `Name of ${inferenceProfileId}`,
  inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${inferenceProfileId}`,
  models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/${modelId}` })),
  status: 'ACTIVE',
  type: 'SYSTEM_DEFINED',
  ...more,
});

describe('discover({ embeddings: true })', () => {
  it('keeps models that make embeddings, with or without streaming, and counts the rest', async () => {
    const embedding = { outputModalities: ['EMBEDDING'], responseStreamingSupported: false };
    const models = [
      model('e', embedding),
      model('old', { ...embedding, modelLifecycle: { status: 'LEGACY' } }),
      model('image', { ...embedding, inputModalities: ['IMAGE'] }),
      model('text'),
    ];
    const found = await account({ models, profiles: [] }).discover({ embeddings: true });
    expect(found.models.map(({ id, output }) => [id, output])).toEqual([['e', ['embedding']]]);
    expect(found.excluded).toEqual({ 'not-active': 1, 'no-text-input': 1, 'no-embedding-output': 1 });
  });
});

describe('discover() keeps what can be invoked, and counts the rest by the reason', () => {
  it.each<[reason: string, left: LocalModel]>([
    ['not-streaming', model('a', { responseStreamingSupported: false })],
    ['not-streaming', model('a', { responseStreamingSupported: undefined })],
    ['no-text-input', model('a', { inputModalities: ['SPEECH'] })],
    ['no-text-output', model('a', { outputModalities: ['IMAGE'] })],
    ['not-active', model('a', { modelLifecycle: { status: 'LEGACY' } })],
    ['provider-filter', model('a', { providerName: 'Other' })],
    ['not-invokable', model('a', throughProfile)],
    ['not-invokable', model('a', { inferenceTypesSupported: ['PROVISIONED'] })],
    ['not-invokable', model('a', { inferenceTypesSupported: [] })],
  ])('%s', async (reason, left) => {
    const { models, excluded } = await account({ models: [left, model('kept')], profiles: [] }).discover({
      providerFilter: ['ACME'],
    });
    expect(models.map(({ id }) => id)).toEqual(['kept']);
    expect(excluded).toEqual({ [reason]: 1 });
  });

  it('speech besides text is text', async () => {
    const { models } = await account({
      models: [model('a', { outputModalities: ['SPEECH', 'TEXT'] })],
    }).discover();
    expect(models[0]?.output).toEqual(['speech', 'text']);
  });

  it('an empty providerFilter keeps all, and one that is no list is refused', async () => {
    expect((await account({ models: [model('a')] }).discover({ providerFilter: [] })).models).toHaveLength(1);
    await expect(account().discover({ providerFilter: 'acme' as never })).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
  });
});

describe('the id of a model', () => {
  const profiles = [
    profile('global.a', 'a', ['', 'us-east-1']),
    profile('us.a', 'a', ['us-east-1', 'us-east-2', 'us-west-2']),
    profile('near.a', 'a', ['us-east-1', 'us-west-2']),
    profile('mine', 'a', ['us-east-1'], {
      type: 'APPLICATION',
      inferenceProfileArn: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/mine',
    }),
    profile('dead.a', 'a', ['us-east-1'], { status: 'INACTIVE' as never }),
  ];

  it('is its own where it can be invoked on demand', async () => {
    const { models } = await account({ models: [model('a')], profiles }).discover();
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({ id: 'a', foundationModelId: 'a', via: undefined });
  });

  it('is that of the system profile with the fewest destination regions elsewhere', async () => {
    const { models } = await account({ models: [model('a', throughProfile)], profiles }).discover();
    expect(models[0]).toMatchObject({
      id: 'near.a',
      arn: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/near.a',
      foundationModelId: 'a',
      region: 'us-east-1',
      via: { type: 'system', regions: ['us-east-1', 'us-west-2'], global: false },
    });
    expect(models[0]?.profiles.map(({ id }) => id)).toEqual([
      'near.a',
      'us.a',
      'global.a',
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/mine',
    ]);
  });

  it('is global last, and never with allowGlobal: false', async () => {
    const only = { models: [model('a', throughProfile)], profiles: profiles.slice(0, 1) };
    expect((await account(only).discover()).models[0]).toMatchObject({
      id: 'global.a',
      via: { global: true, regions: [] },
    });
    expect(await account(only).discover({ allowGlobal: false })).toMatchObject({
      models: [],
      excluded: { 'needs-global-profile': 1 },
    });
  });

  it('is each that can be invoked with expandProfiles, with the facts of the model', async () => {
    const { models } = await account({ models: [model('a')], profiles }).discover({
      expandProfiles: true,
      allowGlobal: false,
    });
    expect(models.map(({ id }) => id)).toEqual([
      'a',
      'near.a',
      'us.a',
      expect.stringContaining('application-inference-profile/mine'),
    ]);
    expect(new Set(models.map(({ name }) => name))).toEqual(new Set(['Name of a']));
  });

  it('is found over several pages', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => profile(`us.m${i}`, `m${i}`, ['us-east-1']));
    const { models } = await account({ models: [model('m2499', throughProfile)], profiles: many }).discover();
    expect(models[0]?.id).toBe('us.m2499');
  });
});

describe('facts that AWS does not list', () => {
  const one = { models: [model('a')] };

  it('are defaults that say so, or undefined', async () => {
    expect((await account(one).discover()).models[0]).toMatchObject({
      contextWindow: 32_000,
      maxTokens: 4096,
      limits: 'default',
    });
    expect(
      (await account(one).discover({ defaultContextWindow: 8000, defaultMaxTokens: 500 })).models[0],
    ).toMatchObject({
      contextWindow: 8000,
      maxTokens: 500,
      cost: undefined,
      reasoning: undefined,
    });
  });

  it('say where the output limit leaves no room for a prompt', async () => {
    const facts = { contextWindow: 1000, maxTokens: 1000 };
    const catalog = () => ({ ...facts, outputFillsWindow: true as const });
    expect((await account(one).discover({ catalog })).models[0]).toMatchObject({ outputFillsWindow: true });
    const plain = (await account(one).discover({ catalog: () => facts })).models[0];
    expect(plain).toMatchObject({ outputFillsWindow: false });
  });

  it('come from the catalog, where 0 is 0', async () => {
    const price = { input: 0, output: 0 };
    const catalog = (id: string) =>
      id === 'a' ? { contextWindow: 1_000_000, maxTokens: 64_000, reasoning: true, price } : undefined;
    expect((await account(one).discover({ catalog })).models[0]).toMatchObject({
      contextWindow: 1_000_000,
      maxTokens: 64_000,
      limits: 'known',
      reasoning: true,
      cost: price,
    });
  });

  it('take the price of the system profile that is invoked, and that of the model elsewhere', async () => {
    const prices: Record<string, number> = { a: 1, 'us.a': 2 };
    const catalog = (id: string) =>
      id in prices ? { price: { input: prices[id] ?? 0, output: 0 } } : undefined;
    const mine = {
      models: [model('a')],
      profiles: [profile('us.a', 'a', ['us-east-1']), profile('eu.a', 'a', ['eu-west-1'])],
    };
    const { models } = await account(mine).discover({ catalog, expandProfiles: true });
    expect(models.map(({ id, cost }) => [id, cost?.input])).toEqual([
      ['a', 1],
      ['eu.a', 1],
      ['us.a', 2],
    ]);
  });

  it.each([0, -1, 1.5, '8k'])('a default of %s is refused', async (defaultMaxTokens) => {
    await expect(
      account(one).discover({ defaultMaxTokens: defaultMaxTokens as number }),
    ).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });
});

describe('permissions', () => {
  const lists = {
    models: [model('a'), model('b', throughProfile)],
    profiles: [profile('us.b', 'b', ['us-east-1'])],
  };

  it('to list profiles missing: models without profiles, and a warning', async () => {
    const mine = account(lists);
    mine.answers['inference-profiles'] = denied;
    const { models, excluded, warnings } = await mine.discover();
    expect(models.map(({ id }) => id)).toEqual(['a']);
    expect(excluded).toEqual({ 'not-invokable': 1 });
    expect(warnings).toEqual([
      expect.stringMatching(/profiles could not be listed.*bedrock:ListInferenceProfiles/),
    ]);
  });

  it('to list models missing: an error that names the action', async () => {
    const mine = account(lists);
    mine.answers['foundation-models'] = denied;
    mine.answers['inference-profiles'] = denied;
    await expect(mine.discover()).rejects.toMatchObject({
      code: 'ERR_ACCESS_DENIED',
      message: expect.stringContaining('bedrock:ListFoundationModels on *'),
    });
  });
});

describe('enabled, as in the configuration of OpenClaw', () => {
  it('a whole configuration goes in as it is', async () => {
    const configuration = {
      enabled: true,
      region: 'us-east-1',
      providerFilter: ['anthropic', 'amazon'],
      refreshInterval: 3600,
      defaultContextWindow: 32000,
      defaultMaxTokens: 4096,
    };
    const { models } = await account().discover(configuration);
    expect(new Set(models.map(({ provider }) => provider))).toEqual(new Set(['Amazon', 'Anthropic']));
  });
});
