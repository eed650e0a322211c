export { fromSdkChain } from './chain.js';
