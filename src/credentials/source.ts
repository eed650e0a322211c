import { hasChain } from './ambient.js';
import { type Environment, readVariable } from './environment.js';

/** Where credentials come from. */
export type CredentialSourceName = 'bearer-token' | 'access-keys' | 'profile' | 'default-chain' | 'none';

/** The result of `credentialSource()`. */
export interface CredentialSource {
  /** In the order in which OpenClaw surfaces it: API key, access keys, profile, default chain. */
  source: CredentialSourceName;
  /** What a call would really use: on Node a profile beats access keys, as in the AWS SDK. */
  effective: CredentialSourceName;
}

/**
 * Where ambient credentials would come from, without loading a chain or revealing a secret.
 *
 * @example
 * ```ts
 * import { credentialSource } from 'bedrock-anywhere';
 *
 * const { source, effective } = credentialSource();
 * console.log(source === effective ? source : `${source}, but ${effective} is used`);
 * ```
 */
export function credentialSource(env?: Environment): CredentialSource {
  const last = hasChain ? 'default-chain' : 'none';
  if (isSet('AWS_BEARER_TOKEN_BEDROCK', env)) return { source: 'bearer-token', effective: 'bearer-token' };
  const hasKeys = isSet('AWS_ACCESS_KEY_ID', env) && isSet('AWS_SECRET_ACCESS_KEY', env);
  const hasProfile = isSet('AWS_PROFILE', env);
  const source = hasKeys ? 'access-keys' : hasProfile ? 'profile' : last;
  if (hasProfile && hasChain) return { source, effective: 'profile' };
  return { source, effective: hasKeys ? 'access-keys' : last };
}

/**
 * Whether the environment holds one of the markers for which discovery runs by itself: `AWS_BEARER_TOKEN_BEDROCK`,
 * `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY`, or `AWS_PROFILE`. Source: OpenClaw's page on Amazon Bedrock.
 *
 * @example
 * ```ts
 * import { discover, shouldAutoDiscover } from 'bedrock-anywhere';
 *
 * const models = shouldAutoDiscover() ? (await discover()).models : [];
 * ```
 */
export function shouldAutoDiscover(env?: Environment): boolean {
  return (
    isSet('AWS_BEARER_TOKEN_BEDROCK', env) ||
    (isSet('AWS_ACCESS_KEY_ID', env) && isSet('AWS_SECRET_ACCESS_KEY', env)) ||
    isSet('AWS_PROFILE', env)
  );
}

function isSet(name: string, env: Environment | undefined): boolean {
  return readVariable(name, env) !== undefined;
}
