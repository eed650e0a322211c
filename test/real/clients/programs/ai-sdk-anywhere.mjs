// The AI SDK with the provider of this package, by the newest specification that the version of `ai` knows.
import { major, serveAiSdk } from './ai-sdk-cases.mjs';

const { createAmazonBedrock } = await import(`bedrock-anywhere/ai-sdk${major < 7 ? '/v3' : ''}`);
await serveAiSdk(createAmazonBedrock);
