import { createBedrockProvider, type PiContext, type PiThinkingLevel } from 'bedrock-anywhere/pi';
import { afterEach, describe, expect, it } from 'vitest';
import { modelQuirks } from '../../src/index.js';
import { assistant, text, user } from './pi-contexts.js';
import { type Local, modelAt, startPeerBedrock } from './pi-peer.js';

let local: Local;
afterEach(() => local.close());

const one: PiContext = { messages: [user('Hi')] };

async function fieldsFor(
  id: string,
  reasoning: PiThinkingLevel | undefined,
  context = one,
  thinkingLevelMap = {},
): Promise<unknown> {
  local = await startPeerBedrock({
    models: [{ modelId: id, responseStreamingSupported: true }],
    profiles: [],
    script: [{ text: 'fine' }],
  });
  const { streamSimple } = createBedrockProvider({ region: local.region, credentials: local.credentials });
  const model = modelAt(local, id, { reasoning: true, thinkingLevelMap });
  const message = await streamSimple(model, context, { ...(reasoning && { reasoning }) }).result();
  expect(message.errorMessage).toBeUndefined();
  const { body } = local.requests.at(-1) ?? {};
  return Object(body).additionalModelRequestFields;
}

describe('a level of pi', () => {
  const efforts: [id: string, level: PiThinkingLevel, effort: string][] = [
    ['anthropic.claude-opus-4-7', 'xhigh', 'xhigh'],
    ['anthropic.claude-opus-4-7', 'max', 'max'],
    ['anthropic.claude-opus-4-6-v1', 'max', 'max'],
    ['anthropic.claude-opus-4-6-v1', 'xhigh', 'high'],
    ['anthropic.claude-sonnet-5', 'minimal', 'low'],
  ];
  it.each(efforts)('is an effort of %s: %s is %s', async (id, level, effort) => {
    expect(await fieldsFor(id, level)).toMatchObject({ output_config: { effort } });
  });

  it('is not what the registry says where the model has both efforts', async () => {
    const fields = await fieldsFor('anthropic.claude-opus-4-8', 'xhigh', one, { xhigh: 'max' });
    expect(fields).toMatchObject({ output_config: { effort: 'xhigh' } });
  });

  it('that a model lacks is the next below', async () => {
    expect(await fieldsFor('xai.grok-4-6', 'max')).toEqual({ reasoning: { effort: 'xhigh' } });
  });
});

describe('no level', () => {
  const off: [id: string, fields: unknown][] = [
    ['anthropic.claude-opus-5', { thinking: { type: 'disabled' } }],
    ['anthropic.claude-sonnet-5', { thinking: { type: 'disabled' } }],
    ['anthropic.claude-sonnet-5-5', { thinking: { type: 'between_tools' } }],
    ['moonshotai.kimi-k3', { reasoning: { effort: 'none' } }],
    ['anthropic.claude-opus-4-8', undefined],
    ['openai.gpt-oss-120b-1:0', undefined],
  ];
  it.each(off)('switches thinking of %s off, if it is on by default', async (id, fields) => {
    expect(await fieldsFor(id, undefined)).toEqual(fields);
  });
});

describe('thoughts that are bound to their conversation', () => {
  const binding = { block_binding: { mismatch_behavior: 'drop_block' } };
  it.each(['high', undefined] as const)(
    'do not stop a conversation that was compacted (%s)',
    async (level) => {
      const id = 'anthropic.claude-opus-5-5';
      expect(await fieldsFor(id, level)).toMatchObject({
        thinking: { type: 'adaptive', ...binding },
        anthropic_beta: [modelQuirks(id).bindingBeta],
      });
    },
  );

  it('are the business of those models alone', async () => {
    const fields = await fieldsFor('anthropic.claude-opus-5', 'high');
    expect(fields).not.toHaveProperty('anthropic_beta');
    expect(fields).not.toHaveProperty('thinking.block_binding');
  });
});

describe('a thought of another profile of the same model', () => {
  const id = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const thought = (model: string): PiContext => ({
    messages: [
      user('Hi'),
      assistant([{ type: 'thinking', thinking: 'Hm.', thinkingSignature: 'EqAB' }, text('Hello')], { model }),
      user('And?'),
    ],
  });
  const sent = async (model: string): Promise<unknown> => {
    await fieldsFor(id, undefined, thought(model));
    const { messages } = Object(local.requests.at(-1)?.body);
    return messages[1].content[0];
  };

  it.each(['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0'])(
    'stays a thought (%s)',
    async (model) => {
      expect(await sent(model)).toEqual({
        reasoningContent: { reasoningText: { text: 'Hm.', signature: 'EqAB' } },
      });
    },
  );

  it('becomes text if the model is another one', async () => {
    expect(await sent('us.anthropic.claude-opus-4-6-v1')).toEqual({ text: 'Hm.' });
  });
});
