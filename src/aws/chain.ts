import { ambientChain } from '../ambient/node.js';
import type { CredentialProvider } from '../types.js';

/**
 * The AWS SDK's default credential chain, for Node: shared config and credentials files, SSO, assume role, web identity,
 * process, container and instance metadata. It is also what is used on Node when no credentials are given.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { fromSdkChain } from 'bedrock-anywhere/aws';
 *
 * const bedrock = createBedrock({ credentials: fromSdkChain({ profile: 'work' }) });
 * ```
 */
export function fromSdkChain(init: { profile?: string | undefined } = {}): CredentialProvider {
  return ambientChain(init.profile);
}
