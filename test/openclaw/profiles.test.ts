import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { PiContext } from 'bedrock-anywhere/pi';
import type { Cost, RuntimeModel, StreamOptions } from 'openclaw/plugin-sdk/plugin-entry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { conversationOf, user } from '../adapters/pi-contexts.js';
import { applicationProfile } from '../application-profile.js';
import { configOf, type Registered, register } from './plugin.js';

const ID = 'amazon-bedrock';
const CONFIG = configOf({ discovery: { enabled: true, region: 'us-east-1' } });
const { inferenceProfileArn: ARN = '' } = applicationProfile('');

let local: LocalServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await local?.close();
  local = undefined;
});

async function start(modelId: string): Promise<Registered> {
  local = await startLocalBedrock({
    port: 0,
    models: [modelId],
    profiles: [applicationProfile(modelId)],
    script: [{ text: 'Fine.', usage: { inputTokens: 300_000, outputTokens: 1000 } }],
  });
  for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, '');
  vi.stubEnv('AWS_ENDPOINT_URL', local.url);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
  return register();
}

/** The models of the plugin's catalog, in the form in which OpenClaw hands them to a call. */
async function catalogOf({ provider }: Registered): Promise<[model: RuntimeModel, profile: RuntimeModel]> {
  const result = await provider.catalog.run({ config: CONFIG, env: {} });
  const { models = [], baseUrl = '', api = '' } = result?.providers[ID] ?? {};
  const rows = models.map((model) => ({ ...model, provider: ID, api, baseUrl }));
  const [model, profile] = JSON.parse(JSON.stringify(rows)) as RuntimeModel[];
  if (model === undefined || profile?.id !== ARN) throw new Error('The catalog has no application profile.');
  return [model, profile];
}

async function ask(
  { provider }: Registered,
  model: RuntimeModel,
  context: PiContext,
  options: StreamOptions,
) {
  const stream = provider.createStreamFn({ config: CONFIG, model });
  const message = await stream(model, context, options).result();
  return { body: local?.requests.at(-1)?.body, message };
}

const families = [
  'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-opus-4-8',
  'amazon.nova-lite-v1:0',
  'amazon.nova-2-lite-v1:0',
  'deepseek.v3.2',
  'openai.gpt-oss-120b-1:0',
];

describe.each(families)('an application profile of %s', (modelId) => {
  it.each([
    ['high', { cacheRetention: 'long', temperature: 0.5 }],
    ['off', { temperature: 0.5 }],
  ] as const)('gets the same request as the model, with thinking %s', async (reasoning, more) => {
    const plugin = await start(modelId);
    const [model, profile] = await catalogOf(plugin);
    const options: StreamOptions = { reasoning, ...more };
    const direct = await ask(plugin, model, conversationOf(model.id), options);
    expect(direct.message.errorMessage).toBeUndefined();
    const through = await ask(plugin, profile, conversationOf(profile.id), options);
    expect(through.message.errorMessage).toBeUndefined();
    expect(through.body).toEqual(direct.body);
  });

  it('has the thinking levels of the model', async () => {
    const plugin = await start(modelId);
    const { resolveThinkingProfile } = plugin.provider;
    const [, { params = {} }] = await catalogOf(plugin);
    expect(resolveThinkingProfile({ modelId: ARN, params })).toEqual(resolveThinkingProfile({ modelId }));
  });

  it('has the thinking levels of the model in its row, where OpenClaw looks if it has nothing but the ARN', async () => {
    const plugin = await start(modelId);
    const { resolveThinkingProfile } = plugin.provider;
    expect(resolveThinkingProfile({ modelId: ARN })).toBeUndefined();
    const [, { thinkingLevelMap = {}, reasoning }] = await catalogOf(plugin);
    const levels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
    // As in OpenClaw: a level is there unless the map has null for it; the top ones only if the map has them.
    const shown = levels.filter((level, i) =>
      i > 4 ? thinkingLevelMap[level] : thinkingLevelMap[level] !== null,
    );
    const expected = resolveThinkingProfile({ modelId })?.levels.map(({ id }) => id);
    expect(reasoning ? shown : ['off']).toEqual(expected);
  });
});

describe('an application profile without params', () => {
  it('is looked up in the account, once', async () => {
    const plugin = await start('anthropic.claude-opus-4-8');
    const model = plugin.provider.resolveDynamicModel({ modelId: ARN, config: CONFIG });
    expect(model).not.toHaveProperty('params');
    for (let turn = 0; turn < 2; turn++) {
      const { body, message } = await ask(plugin, { ...model, reasoning: true }, conversationOf(ARN), {
        reasoning: 'high',
        temperature: 0.5,
      });
      expect(message.errorMessage).toBeUndefined();
      expect(body).toMatchObject({ additionalModelRequestFields: { thinking: { type: 'adaptive' } } });
    }
    const operations = local?.requests.map(({ operation }) => operation);
    expect(operations?.filter((operation) => operation === 'ListFoundationModels')).toHaveLength(1);
  });

  it('that the user describes is not looked up', async () => {
    const plugin = await start('anthropic.claude-opus-4-8');
    const params = { foundationModelId: 'anthropic.claude-opus-4-8' };
    const model = { ...plugin.provider.resolveDynamicModel({ modelId: ARN, config: CONFIG }), params };
    await ask(plugin, { ...model, reasoning: true }, conversationOf(ARN), { reasoning: 'high' });
    expect(local?.requests.map(({ operation }) => operation)).toEqual(['ConverseStream']);
  });
});

describe('a turn of 300,000 tokens of GPT-5.6 Sol', () => {
  it('costs what the tier says, of the model and of its application profile', async () => {
    const plugin = await start('openai.gpt-5.6-sol');
    for (const model of await catalogOf(plugin)) {
      const { message } = await ask(plugin, model, { messages: [user('Hi')] }, {});
      // 8.8 and 33 dollars for a million tokens above 272,000, and 4.4 and 22 below.
      expect(message.usage.cost.input).toBeCloseTo(0.3 * 8.8, 9);
      expect(message.usage.cost.output).toBeCloseTo(0.001 * 33, 9);
    }
  });

  it.each<[what: string, tieredPricing: Cost['tieredPricing'], rate: number]>([
    ['the tier that it is in', [tier([0, 200_000], 1), tier([200_000, 400_000], 2), tier([400_000], 3)], 2],
    ['the last tier, which has no end', [tier([200_000], 2), tier([0, 200_000], 1)], 2],
    ['the first tier, if it is below all of them', [tier([400_000], 3)], 3],
    ['the flat price, if there is no tier', [], 9],
  ])("costs, by a user's own entry, %s", async (_what, tieredPricing = [], rate) => {
    const plugin = await start('openai.gpt-5.6-sol');
    const [model] = await catalogOf(plugin);
    const cost = { input: 9, output: 9, cacheRead: 9, cacheWrite: 9, tieredPricing };
    const { message } = await ask(plugin, { ...model, cost }, { messages: [user('Hi')] }, {});
    expect(message.usage.cost.input).toBeCloseTo(0.3 * rate, 9);
  });
});

function tier(range: [number, number] | [number], rate: number) {
  return { range, input: rate, output: rate, cacheRead: rate, cacheWrite: rate };
}
