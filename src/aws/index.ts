export { fromSdkChain } from './chain.js';
export type { SdkTransportOptions } from './clients.js';
export { eventStreamSerdeProvider } from './event-stream.js';
export { sdkTransport } from './sdk-transport.js';
