import { expect } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, NOVA, SONNET, startBedrock } from './bedrock.js';
import { allCases } from './cases/all.js';
import { ONE_OF_THE_SCHEMA, SCHEMA } from './cases/inputs.js';
import { Client } from './client.js';
import { type DefineCase, type Running, testClient } from './suite.js';

/** The kinds of Claude differ in how the AI SDK gets an object from them: a format, a tool, or words. */
const MODELS = [
  SONNET,
  NOVA,
  'us.anthropic.claude-opus-4-6-v1',
  'global.anthropic.claude-sonnet-4-6',
  'us.anthropic.claude-opus-4-7',
];

/** Tests a major version of the AI SDK with its own provider. */
export function testAiSdk(key: string): void {
  testClient(
    {
      name: clientOf(key).name,
      start: () => Client.ofNode(key, 'ai-sdk.mjs'),
      cannot: {
        cite: 'the provider drops citations',
        count: 'the provider has no such call',
      },
      objectsOf: MODELS,
      regionFrom: ['AWS_REGION'],
    },
    ...allCases,
    testObjects,
  );
}

/** Tests a major version of the AI SDK with the provider of this package. */
export function testOwnProvider(key: string): void {
  testClient(
    {
      name: `${clientOf(key).name} with bedrock-anywhere/ai-sdk`,
      start: () => Client.ofNode(key, 'ai-sdk-anywhere.mjs'),
      cannot: { count: 'the AI SDK has no such call' },
      objectsOf: MODELS,
      regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    },
    ...allCases,
    testObjects,
  );
}

/** What only the AI SDK has. */
function testObjects(client: Running, define: DefineCase): void {
  for (const model of MODELS) {
    define('object', `streams an object of a schema from ${model}`, async () => {
      const bedrock = await startBedrock();
      const input = { model, prompt: 'How many people live in Paris?', schema: SCHEMA };
      const { object } = await client().run<{ object: unknown }>(
        'streamObject',
        environmentOf(bedrock),
        input,
      );
      expect(object).toEqual(ONE_OF_THE_SCHEMA);
    });
  }

  define('object', 'chooses from a list', async () => {
    const bedrock = await startBedrock();
    const choices = ['sunny', 'rainy'];
    const input = { model: SONNET, prompt: 'Is it rainy?', choices };
    expect(choices).toContain(await client().run('choice', environmentOf(bedrock), input));
  });
}
