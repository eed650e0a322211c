import { type CallOptions, createBedrock, type KnownModel, modelQuirks } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { createDefaultModels } from '../../src/local/account/account.js';
import { failure, modelPath, send } from '../local/request.js';

const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOT_COUNTED = "The provided model doesn't support counting tokens.";
const APPLICATION = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6';
const messages = [{ role: 'user' as const, content: [{ text: 'How many?' }] }];

/** What the service says to this id, without the client's help. */
async function said(local: LocalBedrock, modelId: string) {
  const body = { input: { converse: { messages } } };
  return send(local, { path: modelPath('count-tokens', modelId), body });
}

/** Counts, and returns the id that was sent and where the call went. */
async function sent(modelId: string, options: CallOptions = {}): Promise<[id: string, host: string]> {
  let found: [string, string] | undefined;
  const fetch = async (input: Request | string | URL) => {
    const { pathname, host } = new URL(input instanceof Request ? input.url : input);
    found = [decodeURIComponent(pathname.split('/')[2] ?? ''), host];
    return Response.json({ inputTokens: 7 });
  };
  const credentials = { token: 'key' };
  const count = await createBedrock({ fetch, credentials }).countTokens({ modelId, messages }, options);
  expect(count).toBe(7);
  return found ?? ['', ''];
}

const COUNTED = [
  'anthropic.claude-3-5-haiku-20241022-v1:0',
  'anthropic.claude-3-5-sonnet-20240620-v1:0',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-3-7-sonnet-20250219-v1:0',
  'anthropic.claude-opus-4-20250514-v1:0',
  'anthropic.claude-sonnet-4-20250514-v1:0',
  'anthropic.claude-opus-4-1-20250805-v1:0',
  'anthropic.claude-opus-4-5-20251101-v1:0',
  'anthropic.claude-haiku-4-5-20251001-v1:0',
  SONNET,
  'anthropic.claude-opus-4-6-v1',
  'anthropic.claude-sonnet-4-6',
];

describe('the local Bedrock counts by the id of a foundation model, as the service does', () => {
  const local = createLocalBedrock();

  it.each(COUNTED)('%s', async (modelId) => {
    expect((await said(local, modelId)).status).toBe(200);
    expect((await said(local, `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`)).status).toBe(200);
  });

  it.each([
    `us.${SONNET}`,
    `global.${SONNET}`,
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${SONNET}`,
    'amazon.nova-lite-v1:0',
    'us.amazon.nova-lite-v1:0',
    'meta.llama3-3-70b-instruct-v1:0',
    'openai.gpt-oss-120b-1:0',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'anthropic.claude-opus-4-7',
    'anthropic.claude-opus-4-8',
    'anthropic.claude-sonnet-5',
    'anthropic.claude-opus-5-5',
    'anthropic.claude-fable-5-1',
  ])('and refuses %s', async (modelId) => {
    expect(await failure(await said(local, modelId))).toEqual({
      status: 400,
      name: 'ValidationException',
      message: NOT_COUNTED,
    });
  });

  it('and says so of an id that does not exist, and of a model without access', async () => {
    expect(await failure(await said(local, 'anthropic.claude-sonnet-0'))).toMatchObject({
      message: 'The provided model identifier is invalid.',
    });
    const closed = createLocalBedrock({ noAccess: [SONNET] });
    expect(await failure(await said(closed, SONNET))).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('and so does what is known of families', () => {
    const ids = createDefaultModels('us-east-1').map(({ modelId }) => modelId);
    expect(ids.filter((id) => modelQuirks(id).countTokens).sort()).toEqual([...COUNTED].sort());
  });
});

describe('countTokens() sends the id of the foundation model', () => {
  const GEOGRAPHIES = ['us', 'eu', 'apac', 'ap', 'au', 'jp', 'ca', 'sa', 'global', 'us-gov', 'new-place'];

  it.each(GEOGRAPHIES)('for a profile of the geography %s', async (geography) => {
    for (const id of COUNTED) expect((await sent(`${geography}.${id}`))[0]).toBe(id);
  });

  it.each([
    ['us-gov.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
    ['us.deepseek.r1-v1:0', 'deepseek.r1-v1:0'],
    ['global.openai.gpt-5.6-sol', 'openai.gpt-5.6-sol'],
    ['deepseek.v3.2', 'deepseek.v3.2'],
    ['zai.glm-4.7', 'zai.glm-4.7'],
    ['xai.grok-4.6', 'xai.grok-4.6'],
    ['ai21.jamba-1-5-large-v1:0', 'ai21.jamba-1-5-large-v1:0'],
    ['m', 'm'],
  ])('of any provider, and no dot of an id is taken for one: %s', async (given, expected) => {
    expect((await sent(given))[0]).toBe(expected);
  });

  it.each([
    [`arn:aws:bedrock:eu-west-1::foundation-model/${SONNET}`, 'eu-west-1.amazonaws.com'],
    [`arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${SONNET}`, 'eu-west-1.amazonaws.com'],
    [`arn:aws:bedrock:us-west-2:123456789012:inference-profile/global.${SONNET}`, 'us-west-2.amazonaws.com'],
    [
      `arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.${SONNET}`,
      'us-gov-west-1.amazonaws.com',
    ],
  ])('for %s, to its region', async (arn, host) => {
    expect(await sent(arn)).toEqual([SONNET, `bedrock-runtime.${host}`]);
  });

  it.each<[string, KnownModel[]]>([
    ['its own list', [{ id: APPLICATION, foundationModelId: SONNET }]],
    [
      'what discover() has listed, where it prefers another profile',
      [
        { id: 'a', foundationModelId: 'b' },
        { id: `eu.${SONNET}`, foundationModelId: SONNET, profiles: [{ id: APPLICATION, arn: APPLICATION }] },
      ],
    ],
  ])('for an application profile by %s', async (_, models) => {
    expect(await sent(APPLICATION, { models })).toEqual([SONNET, 'bedrock-runtime.eu-west-1.amazonaws.com']);
  });

  it('and for what is not the id of a model, that id', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3';
    expect((await sent(arn))[0]).toBe(arn);
  });
});

describe('countTokens() at the local Bedrock', () => {
  const profile = {
    inferenceProfileId: 'a1b2c3d4e5f6',
    inferenceProfileArn: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
    inferenceProfileName: 'team',
    type: 'APPLICATION' as const,
    status: 'ACTIVE' as const,
    models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${SONNET}` }],
  };
  const start = (deny: string[] = []) =>
    createBedrock({ transport: localTransport(createLocalBedrock({ profiles: [profile], deny })) });

  it('counts by an application profile that discover() has listed', async () => {
    const bedrock = start();
    const request = { modelId: profile.inferenceProfileArn, messages };
    const { models } = await bedrock.discover();
    expect(await bedrock.countTokens(request, { models })).toBeGreaterThan(0);
    await expect(bedrock.countTokens(request)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      phase: 'prepare',
      message: expect.stringMatching(
        /does not show which model .* Pass its foundationModelId .* option models/,
      ),
    });
  });

  it('says of a model that cannot be counted which ones can, and what to do', async () => {
    for (const modelId of [
      'us.amazon.nova-lite-v1:0',
      'meta.llama3-3-70b-instruct-v1:0',
      'anthropic.claude-opus-5',
    ]) {
      const bedrock = createBedrock({ transport: localTransport(createLocalBedrock()) });
      await expect(bedrock.countTokens({ modelId, messages })).rejects.toMatchObject({
        code: 'ERR_INPUT',
        name: 'ValidationException',
        attempts: 1,
        message: expect.stringMatching(
          /^The provided .* AWS counts tokens for Claude 3\.5 to 4\.6.* read inputTokens/,
        ),
      });
    }
  });

  it('names the foundation model as what a permission is missing on', async () => {
    const bedrock = start(['bedrock:CountTokens']);
    await expect(bedrock.countTokens({ modelId: `us.${SONNET}`, messages })).rejects.toMatchObject({
      code: 'ERR_ACCESS_DENIED',
      message: expect.stringMatching(
        `Allow the IAM action bedrock:CountTokens on arn:aws:bedrock:us-east-1::foundation-model/${SONNET} to this identity.$`,
      ),
    });
    const fetch = async () => Response.json({}, { status: 403 });
    const silent = createBedrock({ fetch, region: 'us-east-1', credentials: { token: 'key' } });
    await expect(silent.countTokens({ modelId: `us.${SONNET}`, messages })).rejects.toMatchObject({
      message: expect.stringContaining(`the IAM action bedrock:CountTokens on ${SONNET}, and`),
    });
  });
});

describe('the option models', () => {
  const blankThought = { reasoningContent: { reasoningText: { text: 'Hm.' } } };
  const request = {
    modelId: APPLICATION,
    messages: [
      { role: 'user' as const, content: [{ text: 'Hi' }] },
      { role: 'assistant' as const, content: [blankThought, { text: 'Hello.' }] },
      { role: 'user' as const, content: [{ text: 'And?' }] },
    ],
  };
  const bedrock = createBedrock({
    region: 'eu-west-1',
    credentials: { token: 'key' },
    models: [{ id: APPLICATION, foundationModelId: 'deepseek.r1-v1:0' }],
    catalog: (id) =>
      id === 'deepseek.r1-v1:0'
        ? { price: { input: 1, output: 2, currency: 'USD', unit: 'perMillionTokens' } }
        : undefined,
    fetch: async () =>
      Response.json({
        output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 1_000_000, outputTokens: 1_000_000, totalTokens: 2_000_000 },
      }),
  });

  it('lets repairs and costs go by the foundation model of an application profile', async () => {
    const { repairs, cost } = await bedrock.converse(request);
    expect(repairs).toMatchObject([{ kind: 'reasoning', path: 'messages.1.content.0' }]);
    expect(cost).toMatchObject({ total: 3 });
    const unknown = await bedrock.converse(request, { models: [] });
    expect(unknown).toMatchObject({ repairs: [], cost: undefined });
  });
});
