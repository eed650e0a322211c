import { discover, type Model } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import {
  type BedrockStreamOptions,
  createBedrockProvider,
  type PiContext,
  type PiModel,
  toPiModel,
} from 'bedrock-anywhere/pi';
import { afterEach, describe, expect, it } from 'vitest';
import { applicationProfile } from '../application-profile.js';
import { assistant, conversationOf, text, user } from './pi-contexts.js';

let local: LocalServer | undefined;
afterEach(async () => {
  await local?.close();
  local = undefined;
});

/** The model itself, and the application profile that leads to it, as discover() lists them. */
async function findBoth(modelId: string): Promise<[model: Model, profile: Model]> {
  local = await startLocalBedrock({
    port: 0,
    models: [modelId],
    profiles: [applicationProfile(modelId)],
    script: [{ text: 'Fine.', usage: { inputTokens: 300_000, outputTokens: 1000 } }],
  });
  const { models } = await discover({ ...access(local), catalog, expandProfiles: true, refreshInterval: 0 });
  const [model, profile] = models;
  if (model === undefined || profile?.via?.type !== 'application') throw new Error('No application profile.');
  return [model, profile];
}

const access = ({ url, region, credentials }: LocalServer) => ({ endpoint: url, region, credentials });

/** What is sent for a model, and what the service says to it. */
async function send(model: PiModel, context: PiContext, options: BedrockStreamOptions) {
  if (local === undefined) throw new Error('There is no server.');
  const { credentials, region, url } = local;
  const provider = createBedrockProvider({ credentials, region, maxAttempts: 1 });
  const message = await provider.streamSimple({ ...model, baseUrl: url }, context, options).result();
  const { body, status } = local.requests.at(-1) ?? {};
  return { body, status, message };
}

const families = [
  'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-opus-4-8',
  'anthropic.claude-sonnet-5-5',
  'amazon.nova-lite-v1:0',
  'amazon.nova-2-lite-v1:0',
  'deepseek.v3.2',
  'openai.gpt-oss-120b-1:0',
  'openai.gpt-5.6-sol',
  'moonshotai.kimi-k3',
];

describe.each(families)('an application profile of %s', (modelId) => {
  it.each(['high', undefined] as const)(
    'gets the same request as the model, with thinking %s',
    async (level) => {
      const [model, profile] = (await findBoth(modelId)).map(toPiModel) as [PiModel, PiModel];
      expect(profile.id).toMatch(/^arn:.*:application-inference-profile\/[a-z0-9]+$/);
      const options: BedrockStreamOptions = {
        temperature: 0.5,
        cacheRetention: 'long',
        ...(level && { reasoning: level }),
      };
      const direct = await send(model, conversationOf(model.id), options);
      expect(direct.message.errorMessage).toBeUndefined();
      const through = await send(profile, conversationOf(profile.id), options);
      expect(through.message.errorMessage).toBeUndefined();
      expect(through.body).toEqual(direct.body);
      const { cost } = through.message.usage;
      expect(cost).toMatchObject({
        input: direct.message.usage.cost.input,
        output: direct.message.usage.cost.output,
      });
      expect(cost.output).toBeGreaterThan(0);
    },
  );

  it('has the limits, price and thinking levels of the model', async () => {
    const [model, profile] = (await findBoth(modelId)).map(toPiModel) as [PiModel, PiModel];
    const { id: _id, name: _name, ...facts } = model;
    expect(profile).toMatchObject(facts);
    expect(facts).toMatchObject({ foundationModelId: modelId, reasoning: modelId !== families[3] });
  });
});

it('costs what the tier of a long prompt says', async () => {
  const [, profile] = (await findBoth('openai.gpt-5.6-sol')).map(toPiModel);
  const { message } = await send(profile as PiModel, { messages: [user('Hi')] }, {});
  // 8.8 and 33 dollars for a million tokens above 272,000, and 4.4 and 22 below.
  expect(message.usage.cost.input).toBeCloseTo(0.3 * 8.8, 9);
  expect(message.usage.cost.output).toBeCloseTo(0.001 * 33, 9);
});

it('reads thoughts that the model wrote through a profile of a geography', async () => {
  const [, found] = await findBoth('anthropic.claude-opus-4-8');
  const profile = toPiModel(found);
  const through = await send(profile, conversationOf('us.anthropic.claude-opus-4-8'), { reasoning: 'high' });
  const [, answer] = (through.body as { messages: { content: object[] }[] }).messages;
  expect(answer?.content[0]).toHaveProperty('reasoningContent.reasoningText.signature', 'c2lnbmVk');
});

it('is not continued with white space at its end, which Claude rejects', async () => {
  const [, profile] = (await findBoth('anthropic.claude-sonnet-4-5-20250929-v1:0')).map(toPiModel);
  const context = { messages: [user('Count.'), assistant([text('One, two, ')])] };
  const { body, message } = await send(profile as PiModel, context, {});
  expect(message.errorMessage).toBeUndefined();
  expect(body).toMatchObject({ messages: [{}, { content: [{ text: 'One, two,' }] }] });
});

it('gets no field of a family that a name alone suggests, once the foundation model is known', async () => {
  const [, found] = await findBoth('amazon.nova-lite-v1:0');
  const profile = { ...toPiModel(found), name: 'Claude Sonnet 4.5 for the invoice', reasoning: true };
  const { body, message } = await send(profile, conversationOf(profile.id), { reasoning: 'high' });
  expect(message.errorMessage).toBeUndefined();
  expect(body).not.toHaveProperty('additionalModelRequestFields');
});
