import type { CredentialProvider } from '../types.js';
import type { ProfileSettings } from './profile.js';

export { hmacSha256, hmacSha256Hex, sha256Hex } from './none-hashes.js';

/** Undefined: builds for browsers and edge runtimes have no AWS default chain. */
export const ambientChain: ((profile?: string, isGiven?: boolean) => CredentialProvider) | undefined =
  undefined;

/** Undefined: these builds have no profiles. */
export const ambientProfile: ((forRegion: boolean) => Promise<ProfileSettings | undefined>) | undefined =
  undefined;

/** What the error for missing credentials says about the chain. */
export const ambientHint =
  'the AWS default chain (not in this build for browsers and the edge; in Node, keep bedrock-anywhere external or set ' +
  'the bundler condition "node").';
