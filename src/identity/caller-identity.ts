import type { RefreshableProvider } from '../credentials/cache.js';
import { credentialsError, isBearer, resolveCredentials } from '../credentials/resolve.js';
import { encodeText } from '../encoding.js';
import type { CallOptions } from '../options.js';
import type { FetchDestination } from '../transport/destination.js';
import { resolveRoute } from '../transport/route.js';
import { resolveSettings } from '../transport/settings.js';
import { callUnary, wrongAnswerError } from '../transport/unary.js';
import type { CredentialProvider, Credentials } from '../types.js';
import { readStsAnswers } from './sts-answer.js';

/** The owner of credentials. */
export interface CallerIdentity {
  /** The account, 12 digits. */
  account: string;
  /** ARN of the user, role session or account. */
  arn: string;
  /** AWS's id of the user, role session or account. */
  userId: string;
}

const QUERY = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * Asks AWS who owns the credentials that a call would use, which needs no permission. It works with access keys only: AWS has
 * no such call for Bedrock API keys. The variables `AWS_ENDPOINT_URL_STS` and `AWS_ENDPOINT_URL`, and the option `endpoint`,
 * change where the request goes. Source: AWS Security Token Service, `GetCallerIdentity`.
 *
 * @throws BedrockError `ERR_CREDENTIALS` if the credentials are an API key, missing or rejected; otherwise the error of the
 * request. An abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { getCallerIdentity } from 'bedrock-anywhere';
 *
 * const { account, arn } = await getCallerIdentity({ region: 'eu-central-1' });
 * ```
 */
export async function getCallerIdentity(options: CallOptions = {}): Promise<CallerIdentity> {
  const settings = resolveSettings({}, options, 'getCallerIdentity()');
  const route = await resolveRoute('sts', { ...settings, transport: undefined });
  const { fetch, endpoint, credentials, ...rest } = route.destination as FetchDestination;
  const destination: FetchDestination = {
    ...rest,
    endpoint,
    credentials: typeof credentials === 'function' ? onlyAccessKeys(credentials) : credentials,
    fetch: readStsAnswers(fetch, 'GetCallerIdentity', ['Account', 'Arn', 'UserId']),
  };
  if (typeof credentials === 'object') requireAccessKeys(credentials);
  const answer = await callUnary(
    { ...route, destination },
    {
      method: 'POST',
      operation: 'GetCallerIdentity',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: () => encodeText(QUERY),
    },
    settings,
  );
  const { Account: account, Arn: arn, UserId: userId } = answer.json;
  if (typeof account === 'string' && typeof arn === 'string' && typeof userId === 'string') {
    return { account, arn, userId };
  }
  throw wrongAnswerError(
    `${endpoint.host} answered GetCallerIdentity without account, ARN or user id, so it is not STS. ` +
      'Check AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL.',
    answer,
  );
}

/** Asks a provider while the request is prepared, so that the call's signal and time limit count. */
function onlyAccessKeys(provider: CredentialProvider): CredentialProvider {
  const checked: RefreshableProvider = async ({ forceRefresh, signal } = {}) => {
    const call = { refresh: forceRefresh, signal };
    return requireAccessKeys(await resolveCredentials(provider, Date.now(), call));
  };
  return checked;
}

function requireAccessKeys(credentials: Credentials): Credentials {
  if (!isBearer(credentials)) return credentials;
  throw credentialsError(
    'AWS has no call that shows who owns a Bedrock API key. Use access keys, or look the key up in IAM.',
  );
}
