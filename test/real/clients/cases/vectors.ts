import { expect } from 'vitest';
import { bodiesOf, environmentOf, startBedrock } from '../bedrock.js';
import type { DefineCase, Running } from '../suite.js';
import { operationsOf } from './endpoints.js';

export const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-multilingual-v3';
export const COHERE_V4 = 'us.cohere.embed-v4:0';

const VALUES = [
  'The cat sleeps on the warm roof.',
  'Interest rates rose again in March.',
  'A cat sleeps on a warm roof.',
];

interface Embedded {
  /** The vector of the first value alone. */
  one: number[];
  /** The vectors of all values. */
  many: number[][];
}

/** Embeddings of texts. */
export function testEmbeddings(client: Running, define: DefineCase): void {
  for (const [uses, model, length] of [
    ['embed', TITAN, 1024],
    ['embedCohere', COHERE, 1024],
    ['embedCohere', COHERE_V4, 1536],
  ] as const) {
    define(uses, `embeds one text and several with ${model}`, async () => {
      const bedrock = await startBedrock();
      const input = { model, values: VALUES };
      const { one, many } = await client().run<Embedded>('embed', environmentOf(bedrock), input);
      expect(many.map((vector) => vector.length)).toEqual([length, length, length]);
      expect(one).toEqual(many[0]);
      const [cat = [], rates = [], likeCat = []] = many;
      expect(similarity(cat, likeCat)).toBeGreaterThan(similarity(cat, rates));
      expect(new Set(operationsOf(bedrock))).toEqual(new Set(['InvokeModel']));
    });
  }

  define('embed', `embeds in the dimensions that are asked for with ${TITAN}`, async () => {
    const bedrock = await startBedrock();
    const input = { model: TITAN, values: VALUES, dimensions: 256 };
    const { one, many } = await client().run<Embedded>('embed', environmentOf(bedrock), input);
    expect([one, ...many].map((vector) => vector.length)).toEqual([256, 256, 256, 256]);
    expect(new Set(bodiesOf(bedrock).map((body) => body.dimensions))).toEqual(new Set([256]));
  });

  define('embed', 'shows what Bedrock says to a text without a character', async () => {
    const bedrock = await startBedrock();
    const input = { model: TITAN, values: [''] };
    const failure = await client().fail('embed', environmentOf(bedrock), input);
    expect(JSON.stringify(failure)).toMatch(/Malformed input request/);
  });
}

const DOCUMENTS = [
  'Interest rates rose again in March.',
  'The capital of France is Paris.',
  'A cat sleeps on a warm roof.',
  'Bread needs flour, water and salt.',
  'The train leaves at noon.',
  'Rain is expected tomorrow.',
];

/** Documents sorted by how well they fit a query. */
export function testRerank(client: Running, define: DefineCase): void {
  for (const model of ['cohere.rerank-v3-5:0', 'amazon.rerank-v1:0']) {
    define('rerank', `ranks documents with ${model}`, async () => {
      // The region of both models.
      const bedrock = await startBedrock({ region: 'us-west-2' });
      const input = { model, query: 'capital of France', documents: DOCUMENTS, topN: 6 };
      const ranked = await client().run<{ index: number; score: number }[]>(
        'rerank',
        environmentOf(bedrock),
        input,
      );
      expect(ranked[0]?.index).toBe(1);
      expect(ranked.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
      const scores = ranked.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(operationsOf(bedrock)).toEqual(['Rerank']);
    });
  }

  define('rerank', 'gets the best documents alone', async () => {
    const bedrock = await startBedrock({ region: 'us-west-2' });
    const input = { model: 'cohere.rerank-v3-5:0', query: 'warm cat', documents: DOCUMENTS, topN: 2 };
    const ranked = await client().run<{ index: number }[]>('rerank', environmentOf(bedrock), input);
    expect(ranked).toHaveLength(2);
    expect(ranked[0]?.index).toBe(2);
  });
}

function similarity(a: readonly number[], b: readonly number[]): number {
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
