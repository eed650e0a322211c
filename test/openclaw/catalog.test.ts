import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { discover } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { CatalogResult } from 'openclaw/plugin-sdk/plugin-entry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf, type Registered, register } from './plugin.js';

const ID = 'amazon-bedrock';
const ENABLED = configOf({ discovery: { enabled: true } });

let local: LocalServer;
let plugin: Registered;

beforeEach(async () => {
  local = await startLocalBedrock({ port: 0 });
  plugin = await register();
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
  vi.unstubAllEnvs();
  await rm(plugin.stateFolder, { recursive: true, force: true });
  await local.close();
});

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

  it('is kept in the state folder for refreshInterval, and asked anew with 0', async () => {
    await run();
    const asked = local.requests.length;
    await run();
    expect(local.requests).toHaveLength(asked);
    expect(await readdir(join(plugin.stateFolder, 'plugins', ID, 'models'))).not.toEqual([]);
    await run(configOf({ discovery: { enabled: true, refreshInterval: 0 } }));
    expect(local.requests.length).toBeGreaterThan(asked);
  });

  it('is what providerFilter lets through', async () => {
    const result = await run(configOf({ discovery: { enabled: true, providerFilter: ['amazon'] } }));
    expect(modelsOf(result)).not.toEqual([]);
    for (const { id } of modelsOf(result)) expect(id).toContain('amazon.');
  });

  it('has the default limits where nothing is known', async () => {
    await local.close();
    local = await startLocalBedrock({
      port: 0,
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
    vi.stubEnv('AWS_ENDPOINT_URL', local.url);
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
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
    await local.close();
    local = await startLocalBedrock({ port: 0, region: 'eu-central-1' });
    vi.stubEnv('AWS_ENDPOINT_URL', local.url);
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
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
    await local.close();
    local = await startLocalBedrock({ port: 0, region });
    vi.stubEnv('AWS_ENDPOINT_URL', local.url);
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
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
    await local.close();
    local = await startLocalBedrock({
      port: 0,
      deny: ['bedrock:ListFoundationModels', 'bedrock:ListInferenceProfiles'],
    });
    vi.stubEnv('AWS_ENDPOINT_URL', local.url);
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
    expect((await run())?.outcomes).toEqual([{ provider: ID, status: 'auth-rejected' }]);
    expect(plugin.warnings.join()).toContain('bedrock:ListFoundationModels');
  });

  it('is told apart from credentials that are refused', async () => {
    await local.close();
    const config = configOf({ discovery: { enabled: true, refreshInterval: 0 } });
    const result = await run(config);
    expect(result?.outcomes).toEqual([{ provider: ID, status: 'unavailable' }]);
  });

  it('is not a failure of the plugin where OpenClaw itself gave up', async () => {
    // Nothing is kept, so nothing is written once the folder is gone.
    const config = configOf({ discovery: { enabled: true, refreshInterval: 0 } });
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(plugin.provider.catalog.run({ config, env: {}, signal })).rejects.toThrow('shutting down');
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
