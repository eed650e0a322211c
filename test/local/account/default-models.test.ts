import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalModel, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { createDefaultModels } from '../../../src/local/account/account.js';
import { describeFixtures, fixtureJson } from '../../fixtures.js';

describe('the default account', () => {
  const bedrock = createBedrock({ transport: localTransport(createLocalBedrock()) });

  it.each([
    'global.anthropic.claude-sonnet-4-6',
    'us.anthropic.claude-sonnet-5',
    'us.anthropic.claude-opus-5-5',
    'us.amazon.nova-2-lite-v1:0',
    'amazon.nova-micro-v1:0',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'us.deepseek.r1-v1:0',
    'openai.gpt-oss-20b-1:0',
    'zai.glm-5',
  ])('answers as %s', async (modelId) => {
    expect((await bedrock.converse({ modelId, prompt: 'Hi' })).text).not.toBe('');
  });

  it('refuses a model without its profile that can be called through one alone, as AWS does', async () => {
    await expect(
      bedrock.converse({ modelId: 'anthropic.claude-opus-5-5', prompt: 'Hi' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('on-demand throughput isn’t supported') });
  });
});

describeFixtures('lists', 'the default models', () => {
  const { modelSummaries } = fixtureJson<{ modelSummaries: LocalModel[] }>(
    'lists/foundation-models.us-east-1.json',
  );
  const facts = ({ inputModalities, inferenceTypesSupported, modelLifecycle }: LocalModel) => ({
    input: inputModalities,
    onDemand: inferenceTypesSupported?.includes('ON_DEMAND'),
    lifecycle: modelLifecycle?.status,
  });

  it('are listed as AWS lists them', () => {
    const ours = createDefaultModels('us-east-1');
    const both = ours.filter(({ modelId }) => modelSummaries.some((real) => real.modelId === modelId));
    expect(both.length).toBeGreaterThan(50);
    for (const model of both) {
      const real = modelSummaries.find(({ modelId }) => modelId === model.modelId);
      expect({ id: model.modelId, ...facts(model) }).toEqual({
        id: model.modelId,
        ...facts(real as LocalModel),
      });
    }
  });
});
