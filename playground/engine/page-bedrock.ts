// The local Bedrock of the page: it loads only if it is the connection.
import type { Transport } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { SHOWCASE } from './showcase.js';

/** As fast as a quick model, so that an answer is seen to arrive. */
const TOKENS_PER_SECOND = 80;

export function createPageBedrock(): Transport {
  return localTransport(
    createLocalBedrock({ script: SHOWCASE, tools: 'demo', tokensPerSecond: TOKENS_PER_SECOND }),
  );
}
