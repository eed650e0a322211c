import { clientOf } from '../../../scripts/clients/install.mjs';
import { NOVA, SONNET } from './bedrock.js';
import { allCases } from './cases/all.js';
import { Client } from './client.js';
import { testClient } from './suite.js';

testClient(
  {
    name: clientOf('mastra').name,
    start: () => Client.ofNode('mastra'),
    cannot: {
      cite: 'the provider drops citations',
      stopSequence: 'the AI SDK, which it runs on, is tested by itself',
      count: 'Mastra has no such call',
    },
    objectsOf: [SONNET, NOVA, 'us.anthropic.claude-opus-4-6-v1', 'us.anthropic.claude-opus-4-7'],
    regionFrom: ['AWS_REGION'],
  },
  ...allCases,
);
