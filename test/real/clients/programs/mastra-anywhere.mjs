import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { serveMastra } from './mastra-cases.mjs';

await serveMastra(createAmazonBedrock);
