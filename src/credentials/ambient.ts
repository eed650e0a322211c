import { ambientChain, ambientHint } from '#ambient';
import type { CredentialProvider, Credentials } from '../types.js';
import { type Environment, environmentCredentials, readVariable } from './environment.js';
import { credentialsError } from './resolve.js';

export { ambientProfile } from '#ambient';
export type { ProfileSettings } from '../ambient/profile.js';

/** Whether this build has the AWS default chain. */
export const hasChain: boolean = ambientChain !== undefined;

/**
 * What is used where no credentials are given: an API key of the environment; then, as the AWS SDK does it, the profile
 * where AWS_PROFILE is set (Node), the access keys of the environment, the default chain (Node).
 */
export function ambientCredentials(env?: Environment): Credentials | CredentialProvider {
  const found = environmentCredentials(env);
  if (found !== undefined && 'token' in found) return found;
  const profile = readVariable('AWS_PROFILE', env);
  const chain = ambientChain?.(profile);
  if (chain !== undefined && profile !== undefined) return chain;
  return found ?? chain ?? nothingFound;
}

/** Where `credentials: null` shut the environment out. */
export const noCredentials: CredentialProvider = async () => {
  throw credentialsError(
    'No credentials: the option credentials is null. Pass some, or omit the option to use those of the environment.',
  );
};

/** Only a build without the chain comes here: elsewhere the chain itself says what it tried. */
const nothingFound: CredentialProvider = async () => {
  throw credentialsError(
    'No credentials were found. Tried: the option credentials (not set), AWS_BEARER_TOKEN_BEDROCK (not set), ' +
      `AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (not both set), ${ambientHint} ` +
      'Set one of them, or pass the option credentials.',
  );
};
