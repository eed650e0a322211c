import { readVariable } from '../credentials/environment.js';
import { withScope } from '../credentials/scope.js';
import { makeError, messageOf } from '../errors.js';
import type { CredentialProvider } from '../types.js';

export { hmacSha256, hmacSha256Hex, sha256Hex } from './node-hashes.js';
export { ambientProfile } from './node-profile.js';

type SdkProvider = (options?: { forceRefresh?: boolean }) => ReturnType<CredentialProvider>;

const chains = new Map<string, CredentialProvider>();

/**
 * Returns the AWS SDK's default chain: shared config and credentials files, SSO, assume role, web identity, process, container,
 * instance metadata; with a profile, that profile. The SDK's packages are loaded when it is first called.
 *
 * @param isGiven Whether the caller passes it as the option credentials. Otherwise it is the last thing tried.
 */
export function ambientChain(profile = '', isGiven = false): CredentialProvider {
  const id = `${isGiven ? 'given' : 'last'}:${profile}`;
  const known = chains.get(id);
  if (known !== undefined) return known;
  let loaded: Promise<SdkProvider> | undefined;
  const chain: SdkProvider = async (options) => {
    loaded ??= loadChain(profile);
    try {
      return await (await loaded)(options);
    } catch (cause) {
      throw makeError('ERR_CREDENTIALS', chainMessage(profile, isGiven, messageOf(cause)), { cause });
    }
  };
  chains.set(id, chain);
  return profile === '' && isWorkload()
    ? chain
    : withScope(chain, { name: `chain:${profile}`, isOfOneAccount: false });
}

/** True if the default chain uses the role of a pod or container. Two pods of one account may have different roles. */
function isWorkload(): boolean {
  return WORKLOAD_VARIABLES.some((name) => readVariable(name) !== undefined);
}

const WORKLOAD_VARIABLES = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** What the error for missing credentials says about the chain in builds that have none. */
export const ambientHint = '';

async function loadChain(profile: string): Promise<SdkProvider> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  // Silent, because the SDK warns if AWS_PROFILE and access keys are both set. Our documentation says that the profile wins.
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  // The SDK caches the files, but only reads them again when keys have expired: by then the files have changed.
  return fromNodeProviderChain({
    logger,
    ignoreCache: true,
    ...(profile !== '' && { profile }),
  }) as SdkProvider;
}

function chainMessage(profile: string, isGiven: boolean, said: string): string {
  const reason = said.replace(/\.$/, '');
  if (profile !== '') {
    return `The AWS profile "${profile}" gave no credentials: ${reason}. Check ~/.aws/config and ~/.aws/credentials, or, for SSO, log in again.`;
  }
  if (isGiven) {
    return (
      `The AWS default chain gave no credentials: ${reason}. It reads access keys in the environment, config and ` +
      'credentials files, SSO, web identity, and the role of a container or instance. Set up one of them.'
    );
  }
  return (
    'No credentials were found. Tried: the option credentials (not set), AWS_BEARER_TOKEN_BEDROCK (not set), ' +
    'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (not both set), AWS_PROFILE (not set), the AWS default chain ' +
    `(config and credentials files, SSO, web identity, container, instance role: ${reason}). ` +
    'Set one of them, or pass the option credentials: npx bedrock-anywhere doctor says how. Without an account, use a local ' +
    'Bedrock: npx bedrock-anywhere local.'
  );
}
