import { discover } from 'bedrock-anywhere';
import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { CatalogResult } from 'openclaw/plugin-sdk/plugin-entry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applicationProfile } from '../application-profile.js';
import { configOf, type Registered, register } from './plugin.js';

const ID = 'amazon-bedrock';
const ENABLED = configOf({ discovery: { enabled: true } });

let local: LocalServer;
let plugin: Registered;

beforeEach(async () => {
  local = await startLocalBedrock({ port: 0 });
  plugin = register();
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
  ])
    vi.stubEnv(name, '');
  vi.stubEnv('AWS_ENDPOINT_URL', local.url);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await local.close();
});

/** Another local Bedrock instead of the one that runs. */
async function useLocal(options: LocalBedrockOptions): Promise<void> {
  await local.close();
  local = await startLocalBedrock({ port: 0, ...options });
  vi.stubEnv('AWS_ENDPOINT_URL', local.url);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
}

const run = (config = ENABLED, env: Record<string, string> = {}): Promise<CatalogResult | null> =>
  plugin.provider.catalog.run({ config, env });

const modelsOf = (result: CatalogResult | null) => result?.providers[ID]?.models ?? [];

describe('what is discovered', () => {
  it('is every id that can be invoked, and the address of its region', async () => {
    const result = await run();
    const { models } = await discover({ expandProfiles: true, refreshInterval: 0 });
    expect(modelsOf(result).map(({ id }) => id)).toEqual(models.map(({ id }) => id));
    expect(modelsOf(result).length).toBeGreaterThan(5);
    expect(result?.providers[ID]).toMatchObject({
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      api: 'bedrock-converse-stream',
      auth: 'aws-sdk',
    });
    expect(result?.outcomes).toEqual([{ provider: ID, status: 'ready' }]);
  });

  it('has the limits, the price and the reasoning that are known', async () => {
    const model = modelsOf(await run()).find(({ id }) => id.startsWith('us.anthropic.claude-sonnet-4-5'));
    expect(model).toEqual({
      id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      name: 'US Anthropic Claude Sonnet 4.5',
      reasoning: true,
      input: ['text', 'image'],
      cost: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite: 4.125 },
      contextWindow: 200_000,
      maxTokens: 64_000,
    });
  });

  it('is kept in this process for refreshInterval, and fetched again with 0', async () => {
    await run();
    const asked = local.requests.length;
    await run();
    expect(local.requests).toHaveLength(asked);
    await run(configOf({ discovery: { enabled: true, refreshInterval: 0 } }));
    expect(local.requests.length).toBeGreaterThan(asked);
  });

  it('has the tiers of a price as OpenClaw writes them', async () => {
    const [model] = modelsOf(await run()).filter(({ id }) => id.endsWith('openai.gpt-5.6-sol'));
    expect(model?.cost).toEqual({
      input: 4.4,
      output: 22,
      cacheRead: 0.44,
      cacheWrite: 5.5,
      tieredPricing: [
        { range: [0, 272_001], input: 4.4, output: 22, cacheRead: 0.44, cacheWrite: 5.5 },
        { range: [272_001], input: 8.8, output: 33, cacheRead: 0.88, cacheWrite: 11 },
      ],
    });
  });

  it('says which model is behind an application profile', async () => {
    await useLocal({
      models: ['anthropic.claude-opus-4-8'],
      profiles: [applicationProfile('anthropic.claude-opus-4-8')],
    });
    const [direct, profile] = modelsOf(await run());
    expect(profile).toMatchObject({
      id: applicationProfile('').inferenceProfileArn,
      name: 'For the invoice',
      reasoning: true,
      contextWindow: direct?.contextWindow,
      maxTokens: direct?.maxTokens,
      cost: direct?.cost,
      params: { foundationModelId: 'anthropic.claude-opus-4-8' },
    });
    expect(direct).not.toHaveProperty('params');
  });

  it('is what providerFilter lets through', async () => {
    const result = await run(configOf({ discovery: { enabled: true, providerFilter: ['amazon'] } }));
    expect(modelsOf(result)).not.toEqual([]);
    for (const { id } of modelsOf(result)) expect(id).toContain('amazon.');
  });

  it('has the default limits where nothing is known', async () => {
    await useLocal({
      models: [
        {
          modelId: 'acme.oracle-v1:0',
          modelName: 'Oracle',
          providerName: 'Acme',
          inputModalities: ['TEXT'],
          outputModalities: ['TEXT'],
          responseStreamingSupported: true,
          inferenceTypesSupported: ['ON_DEMAND'],
          modelLifecycle: { status: 'ACTIVE' },
        },
      ],
      profiles: [],
    });
    expect(modelsOf(await run())).toEqual([
      {
        id: 'acme.oracle-v1:0',
        name: 'Oracle',
        reasoning: false,
        input: ['text'],
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
        contextWindow: 32_000,
        maxTokens: 4096,
      },
    ]);
    const given = { enabled: true, defaultContextWindow: 9000, defaultMaxTokens: 900 };
    expect(modelsOf(await run(configOf({ discovery: given })))).toMatchObject([
      { contextWindow: 9000, maxTokens: 900 },
    ]);
  });
});

describe('whether it is discovered', () => {
  it.each([
    [{ AWS_BEARER_TOKEN_BEDROCK: 'key' }],
    [{ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }],
    [{ AWS_PROFILE: 'default' }],
  ])('by itself with %o', async (env) => {
    expect(modelsOf(await run({}, env))).not.toEqual([]);
  });

  it.each([
    [{}],
    [{ AWS_ACCESS_KEY_ID: 'id' }],
    [{ AWS_REGION: 'us-east-1' }],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }],
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost/' }],
    [{ AWS_PROFILE: ' ' }],
  ])('not by itself with %o', async (env) => {
    expect(await run({}, env)).toBeNull();
    expect(local.requests).toEqual([]);
  });

  it('not where enabled is false, whatever the environment says', async () => {
    const off = configOf({ discovery: { enabled: false } });
    expect(await run(off, { AWS_PROFILE: 'default' })).toBeNull();
  });

  it('with the region that is configured', async () => {
    await useLocal({ region: 'eu-central-1' });
    const result = await run(configOf({ discovery: { enabled: true, region: 'eu-central-1' } }));
    expect(result?.providers[ID]?.baseUrl).toBe('https://bedrock-runtime.eu-central-1.amazonaws.com');
  });
});

describe('where it is discovered, with no region configured', () => {
  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    [{ AWS_REGION: ' ' }, 'us-east-1'],
  ])('is, by %o, %s', async (env, region) => {
    await useLocal({ region });
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const result = await run();
    expect(result?.providers[ID]?.baseUrl).toBe(`https://bedrock-runtime.${region}.amazonaws.com`);
  });
});

describe('a list that cannot be had', () => {
  it('is told without a secret, and no exception', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'bedrock-api-key-nobody-knows-this');
    const result = await run();
    expect(result).toEqual({ providers: {}, outcomes: [{ provider: ID, status: 'auth-rejected' }] });
    expect(plugin.warnings).toEqual([
      expect.stringMatching(/^Amazon Bedrock: models could not be listed\. /),
    ]);
    expect(plugin.warnings.join()).not.toContain('nobody-knows-this');
  });

  it('names the IAM action that is missing', async () => {
    await useLocal({ deny: ['bedrock:ListFoundationModels', 'bedrock:ListInferenceProfiles'] });
    expect((await run())?.outcomes).toEqual([{ provider: ID, status: 'auth-rejected' }]);
    expect(plugin.warnings.join()).toContain('bedrock:ListFoundationModels');
  });

  it('is told apart from credentials that are refused', async () => {
    await local.close();
    const config = configOf({ discovery: { enabled: true, refreshInterval: 0 } });
    const result = await run(config);
    expect(result?.outcomes).toEqual([{ provider: ID, status: 'unavailable' }]);
  });

  it('is told with a wrong secret, although the list of the same key is still fresh', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', '');
    vi.stubEnv('AWS_ACCESS_KEY_ID', local.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', local.credentials.secretAccessKey);
    expect((await run())?.outcomes).toEqual([{ provider: ID, status: 'ready' }]);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'this-secret-is-wrong');
    expect(await run()).toEqual({ providers: {}, outcomes: [{ provider: ID, status: 'auth-rejected' }] });
    expect(plugin.warnings.join()).toMatch(/models could not be listed\. .*secret access key is wrong/);
    expect(plugin.warnings.join()).not.toContain('this-secret-is-wrong');
  });

  it('is told although an older list is there', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await run();
    const { url } = local;
    await local.close();
    // Longer than refreshInterval.
    vi.setSystemTime(Date.now() + 2 * 3600_000);
    expect(await run()).toEqual({ providers: {}, outcomes: [{ provider: ID, status: 'unavailable' }] });
    expect(plugin.warnings.join()).toContain('models could not be listed');
    expect(plugin.warnings.join()).toContain(new URL(url).host);
  });

  it('is not a failure of the plugin where OpenClaw itself gave up', async () => {
    const config = configOf({ discovery: { enabled: true, refreshInterval: 0 } });
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(plugin.provider.catalog.run({ config, env: {}, signal })).rejects.toThrow('shutting down');
  });
});

describe('an application profile that no list of OpenClaw has', () => {
  const { inferenceProfileArn: arn = '' } = applicationProfile('');
  const prepare = (config = ENABLED) => plugin.provider.prepareDynamicModel({ modelId: arn, config });
  const profileOf = (modelId: string): LocalBedrockOptions => ({
    models: [modelId],
    profiles: [applicationProfile(modelId)],
  });

  it('has the facts of the model behind it', async () => {
    await useLocal(profileOf('anthropic.claude-opus-4-8'));
    expect(await prepare()).toMatchObject({
      id: arn,
      api: 'bedrock-converse-stream',
      provider: ID,
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      reasoning: true,
      contextWindow: 1_000_000,
      maxTokens: 128_000,
      params: { foundationModelId: 'anthropic.claude-opus-4-8' },
    });
  });

  it('is looked for only where models may be discovered', async () => {
    await useLocal(profileOf('anthropic.claude-opus-4-8'));
    expect(await prepare(configOf({ discovery: { enabled: false } }))).toBeUndefined();
    expect(local.requests).toEqual([]);
  });

  it('stays unknown where the account may not list profiles, and the log says why', async () => {
    await useLocal({
      ...profileOf('anthropic.claude-opus-4-8'),
      deny: ['bedrock:ListFoundationModels', 'bedrock:ListInferenceProfiles'],
    });
    expect(await prepare()).toBeUndefined();
    expect(plugin.warnings.join()).toContain('bedrock:ListFoundationModels');
    const asked = local.requests.length;
    expect(await prepare()).toBeUndefined();
    expect(local.requests).toHaveLength(asked);
  });

  it('is not looked for where the id tells the model', async () => {
    const modelId = 'us.anthropic.claude-opus-4-8';
    expect(await plugin.provider.prepareDynamicModel({ modelId, config: ENABLED })).toBeUndefined();
    expect(local.requests).toEqual([]);
  });
});

describe('a model that no list names', () => {
  const resolve = (modelId: string, config = {}) =>
    plugin.provider.resolveDynamicModel({ modelId, config: configOf(config) });

  it('has what its id tells', () => {
    expect(resolve('eu.anthropic.claude-sonnet-4-5-20250929-v1:0')).toMatchObject({
      api: 'bedrock-converse-stream',
      provider: ID,
      contextWindow: 200_000,
      reasoning: true,
    });
  });

  it('has the defaults where its id tells nothing', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123';
    expect(resolve(arn)).toMatchObject({ id: arn, contextWindow: 32_000, maxTokens: 4096, reasoning: false });
    const discovery = { region: 'eu-west-1', defaultContextWindow: 9, defaultMaxTokens: 8 };
    expect(resolve(arn, { discovery })).toMatchObject({
      baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
      contextWindow: 9,
      maxTokens: 8,
    });
  });
});
