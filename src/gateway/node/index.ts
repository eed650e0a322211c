export { createImageFetcher, type ImageFetcherOptions } from './image-fetcher.js';
export { type GatewayServer, type ServeGatewayOptions, serveGateway } from './serve.js';
