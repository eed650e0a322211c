import type { CredentialProvider } from '../types.js';

/** The AWS default chain is not used yet. */
export const ambientChain: CredentialProvider | undefined = undefined;

/** The region of the profile in `~/.aws/config`, as AWS_PROFILE, AWS_CONFIG_FILE and the AWS SDK have it. */
export async function ambientRegion(): Promise<string | undefined> {
  const { loadConfig, NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS } = await import(
    '@smithy/core/config'
  );
  const selectors = { ...NODE_REGION_CONFIG_OPTIONS, default: () => Promise.resolve(undefined) };
  return loadConfig<string | undefined>(selectors, NODE_REGION_CONFIG_FILE_OPTIONS)();
}

/** What the error for missing credentials says of the chain. */
export const ambientHint = 'the AWS default chain (not used by this version).';
