import * as provider from '@ai-sdk/amazon-bedrock/anthropic';
import { serveAiSdk } from './ai-sdk-cases.mjs';

// Version 7 has renamed it.
await serveAiSdk(provider.createAmazonBedrockAnthropic ?? provider.createBedrockAnthropic);
