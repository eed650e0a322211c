import { expect } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, startBedrock } from './bedrock.js';
import { allCases } from './cases/all.js';
import type { Answered } from './cases/answers.js';
import { Client } from './client.js';
import { type DefineCase, type Running, testClient } from './suite.js';

testClient(
  {
    name: clientOf('strands').name,
    start: () => Client.ofNode('strands'),
    cannot: {
      forceTool: 'an agent chooses its tools itself',
      stopSequence: 'an agent keeps no response fields',
    },
    regionFrom: ['AWS_REGION'],
  },
  ...allCases,
  testDefault,
);

function testDefault(client: Running, define: DefineCase): void {
  define('answer', 'answers with the default model of Strands', async () => {
    const bedrock = await startBedrock();
    const { text } = await client().run<Answered>('answer', environmentOf(bedrock), { prompt: 'Hello' });
    expect(text).toContain('Claude Sonnet 4.6');
  });
}
