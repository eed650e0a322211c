import { clientOf } from '../../../scripts/clients/install.mjs';
import { NOVA } from './bedrock.js';
import { testFailures } from './cases/failures.js';
import { testInvokedChats } from './cases/invoke.js';
import { Client } from './client.js';
import { testClient } from './suite.js';

/** The newest Claude that LlamaIndex streams from. */
const CLAUDE = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';

testClient(
  {
    name: clientOf('llamaindex').name,
    start: () => Client.ofNode('llamaindex'),
    cannot: { leave: 'it has no signal, and keeps the connection of a stream that is left' },
    failuresOf: CLAUDE,
    regionFrom: ['AWS_REGION'],
  },
  testInvokedChats({ answer: [CLAUDE, NOVA, LLAMA], loop: [CLAUDE] }),
  testFailures,
);
