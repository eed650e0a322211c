import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf, startBedrock } from '../clients/bedrock.js';
import { Client } from '../clients/client.js';
import { CALLS } from './calls.js';
import { DIFFERENCES } from './differences.js';

let client: Client;

beforeAll(async () => {
  client = await Client.ofNode('ai-7', 'ai-sdk-compare.mjs');
});
afterAll(() => client[Symbol.dispose]());

const docs = readFileSync(new URL('../../../docs/ai-sdk.md', import.meta.url), 'utf8');

describe('a call through @ai-sdk/amazon-bedrock and through bedrock-anywhere/ai-sdk', () => {
  for (const { kind, how, options, bedrock } of CALLS) {
    const known = DIFFERENCES.filter(({ calls }) => calls.test(kind));
    const title = known.length === 0 ? 'means the same' : 'differs as the docs say';
    it(`${title}: ${kind}`, async () => {
      const outcomes = [];
      for (const provider of ['theirs', 'ours']) {
        const local = await startBedrock(bedrock);
        outcomes.push(await client.outcome(how, environmentOf(local), { provider, ...options }));
      }
      const [theirs, ours] = outcomes;
      // If they have become alike, the difference is to be removed from the docs.
      if (known.length === 0) expect(ours).toEqual(theirs);
      else expect(ours).not.toEqual(theirs);
    });
  }

  it.each(DIFFERENCES)('is explained in the docs: $why', ({ calls, why }) => {
    expect(docs.replaceAll(/\s+/g, ' ')).toContain(why);
    expect(CALLS.some(({ kind }) => calls.test(kind))).toBe(true);
  });
});
