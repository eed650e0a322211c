import { describe, expect, it } from 'vitest';
import { findGaps, readList } from '../../scripts/verify-families.mjs';
import { catalog } from '../../src/catalog/index.js';
import { modelQuirks } from '../../src/catalog/quirks.js';
import { describeFixtures, fixtureNames, fixtureText } from '../fixtures.js';

const tables = { quirks: modelQuirks, facts: catalog };
const list = (answer: object) => readList(JSON.stringify(answer));

describe('verify-families', () => {
  it('reads the models that write text and can be called', () => {
    const modelSummaries = [
      { modelId: 'acme.text', outputModalities: ['TEXT'], inferenceTypesSupported: ['ON_DEMAND'] },
      { modelId: 'acme.old', outputModalities: ['TEXT'], modelLifecycle: { status: 'LEGACY' } },
      { modelId: 'acme.image', outputModalities: ['IMAGE'], inferenceTypesSupported: ['ON_DEMAND'] },
      { modelId: 'acme.text:0:8k', outputModalities: ['TEXT'], inferenceTypesSupported: ['PROVISIONED'] },
    ];
    expect(list({ modelSummaries })).toEqual([{ id: 'acme.text' }, { id: 'acme.old', note: 'legacy' }]);
  });

  it('takes a profile for its model, in an answer or in the list of a command', () => {
    const models = ['us-east-1', 'us-west-2'].map((region) => ({
      modelArn: `arn:aws:bedrock:${region}::foundation-model/acme.one-v1:0`,
    }));
    const profile = { inferenceProfileId: 'us.acme.one-v1:0', models };
    const expected = [{ id: 'acme.one-v1:0' }, { id: 'acme.one-v1:0' }];
    expect(list({ inferenceProfileSummaries: [profile] })).toEqual(expected);
    expect(list([profile])).toEqual(expected);
  });

  it('finds what the tables do not know, each model once', () => {
    const models = [
      'amazon.nova-lite-v1:0',
      'acme.brain-v1:0',
      'anthropic.claude-opus-9',
      'acme.brain-v1:0',
      // Not for conversations.
      'cohere.rerank-v3-5:0',
      'amazon.nova-2-sonic-v1:0',
    ];
    const { noRow, noFacts, neither, count } = findGaps(
      models.map((id) => ({ id })),
      tables,
    );
    expect(noRow).toEqual([{ id: 'acme.brain-v1:0' }]);
    expect(noFacts).toEqual([{ id: 'acme.brain-v1:0' }, { id: 'anthropic.claude-opus-9' }]);
    expect(neither).toEqual([{ id: 'acme.brain-v1:0' }]);
    expect(count).toBe(3);
  });
});

describeFixtures('lists', 'of recorded models', () => {
  it('have a row in the families table for every model', () => {
    const models = fixtureNames('lists').flatMap((name) => readList(fixtureText(`lists/${name}`)));
    const { noRow, noFacts, count } = findGaps(models, tables);
    expect(count).toBeGreaterThan(60);
    expect(noRow).toEqual([]);
    expect(noFacts.map(({ id }) => id)).toEqual([
      'ai21.jamba-1-5-large-v1:0',
      'ai21.jamba-1-5-mini-v1:0',
      'amazon.titan-tg1-large',
      'cohere.command-r-plus-v1:0',
      'cohere.command-r-v1:0',
      'meta.llama3-1-405b-instruct-v1:0',
    ]);
  });
});
