import { ambientChain, ambientHint } from '#ambient';
import { makeError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { text } from '../input/read.js';
import type { CredentialProvider } from '../types.js';

/**
 * Creates a provider for the AWS SDK's default credential chain, on Node: shared config and credentials files, SSO, assume
 * role, web identity, process, container and instance metadata. Calls without credentials use the same chain on Node.
 *
 * @throws BedrockError `ERR_CREDENTIALS` in a build for browsers or the edge, where the chain does not exist.
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
  const { profile } = readOptions<typeof init>(init, { profile: text }, 'fromSdkChain()');
  if (ambientChain !== undefined) return ambientChain(profile, true);
  throw makeError('ERR_CREDENTIALS', `fromSdkChain() needs ${ambientHint}`);
}
