export {
  type BedrockFetch,
  type BedrockFetchOptions,
  createBedrockFetch,
  type EndpointName,
  type Protocol,
} from './index.js';
