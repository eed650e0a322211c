import { ambientChain, ambientHint } from '#ambient-credentials';
import type { CredentialProvider } from '../types.js';
import { environmentCredentials } from './environment.js';
import { credentialsError } from './resolve.js';

export { ambientRegion } from '#ambient-credentials';

/** What is used where no credentials are given: the environment, then what the runtime has. */
export const ambientCredentials: CredentialProvider = async () => {
  const found = environmentCredentials() ?? (await ambientChain?.());
  if (found !== undefined) return found;
  throw credentialsError(
    'No credentials were found. Tried: the option credentials (not set), AWS_BEARER_TOKEN_BEDROCK (not set), ' +
      `AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (not both set), ${ambientHint} ` +
      'Set one of them, or pass credentials: fromEnvironment(env), fromBearerToken(key) or an AWS SDK provider.',
  );
};

/** Where `credentials: null` shut the environment out. */
export const noCredentials: CredentialProvider = async () => {
  throw credentialsError(
    'No credentials: the option credentials is null, which shuts the environment out. ' +
      'Pass credentials, or leave the option away to use the environment.',
  );
};
