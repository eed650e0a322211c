import { expect } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, NOVA, SONNET, startBedrock } from './bedrock.js';
import { allCases } from './cases/all.js';
import { operationsOf } from './cases/endpoints.js';
import { testFailures } from './cases/failures.js';
import { ONE_OF_THE_SCHEMA, SCHEMA } from './cases/inputs.js';
import { testInvokedChats } from './cases/invoke.js';
import { COHERE_V4, TITAN, testEmbeddings, testRerank } from './cases/vectors.js';
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
    testEmbeddings,
    testBatches,
    testRerank,
  );
  testClient(
    {
      name: `${clientOf(key).name} with @ai-sdk/amazon-bedrock/anthropic`,
      start: () => Client.ofNode(key, 'ai-sdk-anthropic.mjs'),
      regionFrom: ['AWS_REGION'],
    },
    testInvokedChats({ answer: [SONNET, 'us.anthropic.claude-opus-5'], loop: [SONNET] }),
    testFailures,
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

/** Its embedMany() splits texts into requests and adds up what they cost. */
function testBatches(client: Running, define: DefineCase): void {
  for (const [model, requests] of [
    [TITAN, 100],
    [COHERE_V4, 2],
  ] as const) {
    define('embed', `embeds a hundred texts, and counts their tokens: ${model}`, async () => {
      const bedrock = await startBedrock();
      const values = Array.from({ length: 100 }, (_, i) => `Text ${i}`);
      const { one, many, tokens } = await client().run<{ one: number[]; many: number[][]; tokens: number }>(
        'embed',
        environmentOf(bedrock),
        { model, values },
      );
      expect(many).toHaveLength(100);
      expect(new Set(many.map(String)).size).toBe(100);
      expect(many[0]).toEqual(one);
      expect(tokens).toBeGreaterThanOrEqual(200);
      // One more request for the first text alone.
      expect(operationsOf(bedrock)).toEqual(Array(requests + 1).fill('InvokeModel'));
    });
  }
}
