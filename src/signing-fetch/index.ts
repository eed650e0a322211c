export type { EndpointName, Protocol } from './base-url.js';
export { type BedrockFetch, type BedrockFetchOptions, createBedrockFetch } from './create.js';
