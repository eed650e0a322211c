import { type BedrockError, makeError, messageOf } from '../errors.js';
import type { CredentialProvider } from '../types.js';

export { hmacSha256, hmacSha256Hex, sha256Hex } from './node-hashes.js';

type SdkProvider = (options?: { forceRefresh?: boolean }) => ReturnType<CredentialProvider>;

const chains = new Map<string, CredentialProvider>();

/**
 * The AWS SDK's default chain: shared config and credentials files, SSO, assume role, web identity, process, container,
 * instance metadata; with a profile, that profile. Loaded when it is first asked.
 */
export function ambientChain(profile = ''): CredentialProvider {
  const known = chains.get(profile);
  if (known !== undefined) return known;
  let loaded: Promise<SdkProvider> | undefined;
  const chain: SdkProvider = async (options) => {
    loaded ??= load(profile);
    try {
      return await (await loaded)(options);
    } catch (cause) {
      throw failed(profile, cause);
    }
  };
  chains.set(profile, chain);
  return chain;
}

/** The region of the profile in `~/.aws/config`, as AWS_PROFILE, AWS_CONFIG_FILE and the AWS SDK have it. */
export async function ambientRegion(): Promise<string | undefined> {
  const { loadConfig, NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS } = await import(
    '@smithy/core/config'
  );
  const selectors = {
    ...NODE_REGION_CONFIG_OPTIONS,
    // The environment was asked before, where a blank value counts as not set.
    environmentVariableSelector: () => undefined,
    default: () => Promise.resolve(undefined),
  };
  return loadConfig<string | undefined>(selectors, NODE_REGION_CONFIG_FILE_OPTIONS)();
}

/** What the error for missing credentials says of the chain, where a runtime has none. */
export const ambientHint = '';

async function load(profile: string): Promise<SdkProvider> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  // The SDK would print a warning when AWS_PROFILE and access keys are both set; that the profile wins is documented.
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  // The SDK asks the chain again only when keys have ended: by then the files hold others than those it remembers.
  return fromNodeProviderChain({
    logger,
    ignoreCache: true,
    ...(profile !== '' && { profile }),
  }) as SdkProvider;
}

function failed(profile: string, cause: unknown): BedrockError {
  const said = messageOf(cause);
  return makeError(
    'ERR_CREDENTIALS',
    profile === ''
      ? 'No credentials were found. Tried: the option credentials (not set), AWS_BEARER_TOKEN_BEDROCK (not set), ' +
          'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (not both set), AWS_PROFILE (not set), the AWS default chain ' +
          `(config and credentials files, SSO, web identity, container, instance role: ${said}). ` +
          'Set one of them, or pass the option credentials.'
      : `The AWS profile "${profile}" gave no credentials: ${said.replace(/\.$/, '')}. Check ~/.aws/config and ~/.aws/credentials, or, for SSO, log in again.`,
    { cause },
  );
}
