export { fromSdkChain } from './chain.js';
export { eventStreamSerdeProvider } from './event-stream.js';
