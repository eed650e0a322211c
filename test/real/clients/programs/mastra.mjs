import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { serveMastra } from './mastra-cases.mjs';

await serveMastra(createAmazonBedrock);
