import { clientOf } from '../../../scripts/clients/install.mjs';
import { allCases } from '../clients/cases/all.js';
import { Client } from '../clients/client.js';
import { testClient } from '../clients/suite.js';

testClient(
  {
    name: `${clientOf('mastra').name} with bedrock-anywhere/ai-sdk`,
    start: () => Client.ofNode('mastra', 'mastra-anywhere.mjs'),
    cannot: {
      cite: 'the AI SDK, which it runs on, is tested by itself',
      stopSequence: 'the AI SDK, which it runs on, is tested by itself',
      count: 'Mastra has no such call',
    },
    regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  },
  ...allCases,
);
