// The local Bedrock of the page: it loads only if it is the connection. Not from the entry of the library, which carries protocols
// that no page speaks.
import type { Transport } from 'bedrock-anywhere';
import { answerConverseOperation } from '../../src/local/operations.js';
import { createLocalService } from '../../src/local/service.js';
import { localTransport } from '../../src/local/transport.js';
import { SHOWCASE } from './showcase.js';

/** As fast as a quick model, so that an answer is seen to arrive. */
const TOKENS_PER_SECOND = 80;

export function createPageBedrock(): Transport {
  const options = { script: SHOWCASE, tools: 'demo', tokensPerSecond: TOKENS_PER_SECOND } as const;
  return localTransport(createLocalService(options, { bedrock: answerConverseOperation }).bedrock);
}
