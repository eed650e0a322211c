import type { CredentialProvider } from '../types.js';

export { hmacSha256, hmacSha256Hex, sha256Hex } from './none-hashes.js';

/** This build has no AWS default chain: it is for browsers, edge runtimes and bundles made for them. */
export const ambientChain: ((profile?: string) => CredentialProvider) | undefined = undefined;

/** The region of the profile: there are no profiles here. */
export const ambientRegion: (() => Promise<string | undefined>) | undefined = undefined;

/** What the error for missing credentials says of the chain. */
export const ambientHint =
  'the AWS default chain (not in this build for browsers and the edge; in Node, keep bedrock-anywhere external or set ' +
  'the bundler condition "node").';
