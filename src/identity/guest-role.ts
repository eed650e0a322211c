import { credentialsError } from '../credentials/resolve.js';
import { encodeText } from '../encoding.js';
import type { FetchDestination } from '../transport/destination.js';
import { resolveRoute } from '../transport/route.js';
import { resolveSettings } from '../transport/settings.js';
import { callUnary } from '../transport/unary.js';
import type { AwsCredentials } from '../types.js';
import { type CognitoIdentityPoolInit, poolRegion } from './cognito-options.js';
import { readStsAnswers } from './sts-answer.js';

const OPERATION = 'AssumeRoleWithWebIdentity';
const MEMBERS = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'];

/**
 * Assumes the role of guests with the token of an identity. No session policy limits these keys, unlike those of
 * `GetCredentialsForIdentity`, whose policy for guests has no action of Bedrock. The request is not signed, and is one that
 * browsers send without a preflight. Source: AWS Security Token Service, `AssumeRoleWithWebIdentity`; AWS managed policy
 * `AmazonCognitoUnAuthedIdentitiesSessionPolicy`, version 3, 2026-11-28.
 *
 * @throws BedrockError the error of the request
 */
export async function assumeGuestRole(
  init: CognitoIdentityPoolInit,
  identityId: string,
  token: string,
  signal: AbortSignal | undefined,
): Promise<AwsCredentials> {
  const { clientConfig = {}, fetch, guestRoleArn = '' } = init;
  const region = await poolRegion(init);
  const endpoint = clientConfig.stsEndpoint ?? clientConfig.endpoint;
  const route = await resolveRoute('sts', resolveSettings({ region, endpoint, fetch }, {}, OPERATION));
  const given = route.destination as FetchDestination;
  const destination: FetchDestination = {
    ...given,
    credentials: undefined,
    fetch: readStsAnswers(given.fetch, OPERATION, MEMBERS),
  };
  const form = new URLSearchParams({
    Action: OPERATION,
    Version: '2011-06-15',
    RoleArn: guestRoleArn,
    // CloudTrail shows it, and tells guests apart.
    RoleSessionName: `guest-${identityId.slice(identityId.indexOf(':') + 1)}`,
    WebIdentityToken: token,
  });
  const { json } = await callUnary(
    { ...route, destination },
    {
      method: 'POST',
      operation: OPERATION,
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: () => encodeText(form.toString()),
      secrets: [token],
    },
    { signal },
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = json;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw credentialsError(
      `STS answered ${OPERATION} without credentials, so it is not STS. Check clientConfig.stsEndpoint.`,
    );
  }
  const expiration = new Date(String(Expiration));
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
    ...(!Number.isNaN(expiration.getTime()) && { expiration }),
  };
}
