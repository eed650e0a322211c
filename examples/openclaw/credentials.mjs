import { credentialSource } from 'bedrock-anywhere';

/** @type {Readonly<Partial<Record<import('bedrock-anywhere').CredentialSourceName, string>>>} */
const MARKERS = {
  'bearer-token': 'AWS_BEARER_TOKEN_BEDROCK',
  'access-keys': 'AWS_ACCESS_KEY_ID',
  profile: 'AWS_PROFILE',
};

/** Variables that tell of credentials, in the order in which OpenClaw names their source. */
export const ENV_VARS = Object.values(MARKERS);

/**
 * The variable that stands for the credentials in OpenClaw's lists; undefined where the AWS default chain has to find them.
 * It reads no secret and loads no chain.
 *
 * @param {import('bedrock-anywhere').Environment} env
 */
export const credentialMarker = (env) => MARKERS[credentialSource(env).source];
