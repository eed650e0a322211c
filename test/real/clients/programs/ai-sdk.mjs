import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { serveAiSdk } from './ai-sdk-cases.mjs';

await serveAiSdk(createAmazonBedrock);
