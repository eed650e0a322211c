import { ambientCredentials } from '../credentials/ambient.js';
import { expirationMs } from '../credentials/cache.js';
import { readVariable } from '../credentials/environment.js';
import { credentialsError, isBearer, refuseLongLived, resolveCredentials } from '../credentials/resolve.js';
import { type CredentialSourceName, credentialSource } from '../credentials/source.js';
import { apiKeyExpiration } from '../credentials/static.js';
import { isBedrockError } from '../errors.js';
import type { Destination, Settings } from '../options.js';
import type { Abort } from '../transport/abort.js';
import { serviceNow } from '../transport/clock-skew.js';
import type { FetchDestination } from '../transport/destination.js';
import type { CredentialProvider, Credentials } from '../types.js';
import { chainStep } from './chain-step.js';
import { type ExplainedFailure, failureOf } from './destination.js';

/** Where credentials come from: a name from `credentialSource()`, or the option `credentials` or `transport`. */
export type ExplainedSource = CredentialSourceName | 'option' | 'transport';

/** Which credentials a call would use, as far as is known. It contains no secret. */
export interface ExplainedCredentials {
  /** Where they come from, in the order in which `credentialSource()` looks. */
  source: ExplainedSource;
  /** What a call really uses. */
  effective: ExplainedSource;
  /** Variables that they are read from. */
  variables: string[];
  /** Variables that hold or name credentials and are set, but overridden. */
  notUsed: string[];
  kind: 'access-keys' | 'api-key' | undefined;
  /** The last four characters of the access key's id, as in `…WXYZ`; undefined if it does not look like one. */
  keyId: string | undefined;
  /** The step of the AWS default chain that found them, in words. */
  step: string | undefined;
  /** The account, 12 digits, if the credentials name it. */
  accountId: string | undefined;
  /** When they expire. */
  expiration: Date | undefined;
  /** Why a call cannot use them. */
  failure: ExplainedFailure | undefined;
}

/** Which credentials a call would use. A provider is only called with `resolve`, or if it is known to have none. */
export async function explainCredentials(
  settings: Settings,
  destination: (Destination & Partial<FetchDestination>) | undefined,
  resolve: boolean,
  abort: Abort,
): Promise<ExplainedCredentials> {
  const { source, effective } = sourceOf(settings);
  const variables = VARIABLES[effective].filter(isSet);
  const explained: ExplainedCredentials = {
    source,
    effective,
    variables,
    notUsed: Object.values(VARIABLES)
      .flat()
      .filter((name) => isSet(name) && !variables.includes(name)),
    kind: undefined,
    keyId: undefined,
    step: undefined,
    accountId: undefined,
    expiration: undefined,
    failure: undefined,
  };
  const given = givenBy(settings, destination);
  if (given === undefined || (typeof given === 'function' && !resolve && effective !== 'none'))
    return explained;
  const nowMs = destination === undefined ? Date.now() : serviceNow(destination.endpoint.origin);
  try {
    const credentials = await abort.race(resolveCredentials(given, nowMs));
    Object.assign(explained, described(credentials));
    if (destination?.refuseLongLivedKeys === true) refuseLongLived(credentials);
    refuseExpired(explained, nowMs);
  } catch (error) {
    explained.failure = failureOf(effective === 'option' ? withoutForeignWords(error) : error);
  }
  return explained;
}

/** What someone else's provider throws may hold a secret; our own errors do not. */
function withoutForeignWords(error: unknown): unknown {
  if (!isBedrockError(error) || error.code !== 'ERR_CREDENTIALS' || error.cause === undefined) return error;
  if ([error.cause].flat().every(isBedrockError)) return error;
  return credentialsError(
    'The credential provider failed. What it threw is not shown, as it may hold a secret: call it yourself to see.',
  );
}

/** The variables that each source is read from. */
const VARIABLES: Readonly<Record<ExplainedSource, string[]>> = {
  option: [],
  transport: [],
  'bearer-token': ['AWS_BEARER_TOKEN_BEDROCK'],
  'access-keys': ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  profile: ['AWS_PROFILE'],
  'default-chain': [],
  none: [],
};

function isSet(name: string): boolean {
  return readVariable(name) !== undefined;
}

function sourceOf({ transport, credentials }: Settings): Pick<ExplainedCredentials, 'source' | 'effective'> {
  if (transport !== undefined) return { source: 'transport', effective: 'transport' };
  if (credentials === null) return { source: 'option', effective: 'none' };
  return credentials === undefined ? credentialSource() : { source: 'option', effective: 'option' };
}

/** The destination has them, unless something else about it was wrong. */
function givenBy(
  { transport, credentials }: Settings,
  destination: Destination | undefined,
): Credentials | CredentialProvider | undefined {
  if (destination !== undefined) return destination.credentials;
  return transport === undefined ? (credentials ?? ambientCredentials()) : undefined;
}

function described(credentials: Credentials): Partial<ExplainedCredentials> {
  const step = chainStep(credentials);
  if (isBearer(credentials)) {
    const { token, expiration } = credentials;
    return { kind: 'api-key', step, expiration: dated(expiration ?? apiKeyExpiration(token)) };
  }
  const { accessKeyId, accountId, expiration } = credentials;
  return {
    kind: 'access-keys',
    keyId: /^A[A-Z]{3}[A-Z0-9]{16}$/.test(accessKeyId) ? `…${accessKeyId.slice(-4)}` : undefined,
    step,
    accountId: /^\d{12}$/.test(accountId ?? '') ? accountId : undefined,
    expiration: dated(expiration),
  };
}

/** A date, where the credentials hold one: those that were stored as JSON have it as text. */
function dated(expiration: Date | undefined): Date | undefined {
  const ms = expirationMs({ expiration });
  return ms === undefined ? undefined : new Date(ms);
}

function refuseExpired({ kind, effective, expiration }: ExplainedCredentials, nowMs: number): void {
  if (expiration === undefined || expiration.getTime() > nowMs) return;
  const isKey = kind === 'api-key';
  const where = effective === 'bearer-token' ? ' and put it into AWS_BEARER_TOKEN_BEDROCK' : '';
  throw credentialsError(
    `The ${isKey ? 'Bedrock API key' : 'access keys'} expired at ${expiration.toISOString()}. ` +
      (isKey
        ? `Make a new one with createApiKey() or in the AWS console${where}.`
        : 'Get new ones from where these came from: log in again, or assume the role again.'),
  );
}
