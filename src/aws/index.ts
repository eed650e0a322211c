export { fromSdkChain } from './chain.js';
export { eventStreamSerdeProvider } from './event-stream.js';
export { type SdkTransportOptions, sdkTransport } from './sdk-transport.js';
