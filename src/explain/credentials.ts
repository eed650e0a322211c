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
import { findChainStep } from './chain-step.js';
import { type ExplainedFailure, toFailure } from './destination.js';

/** Where credentials come from: a name from `credentialSource()`, or the option `credentials` or `transport`. */
export type ExplainedSource = CredentialSourceName | 'option' | 'transport';

/** Which credentials a call would use, as far as that is known. It contains no secret. */
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

/** Explains which credentials a call would use. A provider is only called with `resolve`, or if it is known to have none. */
export async function explainCredentials(
  settings: Settings,
  destination: (Destination & Partial<FetchDestination>) | undefined,
  resolve: boolean,
  abort: Abort,
): Promise<ExplainedCredentials> {
  const { source, effective } = findSource(settings);
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
  const given = findCredentials(settings, destination);
  if (given === undefined || (typeof given === 'function' && !resolve && effective !== 'none'))
    return explained;
  const nowMs = destination === undefined ? Date.now() : serviceNow(destination.endpoint.origin);
  try {
    const credentials = await abort.race(resolveCredentials(given, nowMs, { signal: abort.signal }));
    Object.assign(explained, describeCredentials(credentials));
    if (destination?.refuseLongLivedKeys === true) refuseLongLived(credentials);
    refuseExpired(explained, nowMs);
  } catch (error) {
    explained.failure = toFailure(effective === 'option' ? hideForeignMessage(error) : error);
  }
  return explained;
}

/** Replaces an error that someone else's provider threw, because it may contain a secret; our own errors do not. */
function hideForeignMessage(error: unknown): unknown {
  if (!isBedrockError(error) || error.code !== 'ERR_CREDENTIALS' || error.cause === undefined) return error;
  if ([error.cause].flat().every(isBedrockError)) return error;
  return credentialsError(
    'The credential provider failed. Its error is not shown, because it may contain a secret. Call the provider yourself to see it.',
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

function findSource({
  transport,
  credentials,
}: Settings): Pick<ExplainedCredentials, 'source' | 'effective'> {
  if (transport !== undefined) return { source: 'transport', effective: 'transport' };
  if (credentials === null) return { source: 'option', effective: 'none' };
  return credentials === undefined ? credentialSource() : { source: 'option', effective: 'option' };
}

/** Takes the credentials of the destination; without a destination, which means that its settings are wrong, those of the settings. */
function findCredentials(
  { transport, credentials }: Settings,
  destination: Destination | undefined,
): Credentials | CredentialProvider | undefined {
  if (destination !== undefined) return destination.credentials;
  return transport === undefined ? (credentials ?? ambientCredentials()) : undefined;
}

function describeCredentials(credentials: Credentials): Partial<ExplainedCredentials> {
  const step = findChainStep(credentials);
  if (isBearer(credentials)) {
    const { token, expiration } = credentials;
    return { kind: 'api-key', step, expiration: toDate(expiration ?? apiKeyExpiration(token)) };
  }
  const { accessKeyId, accountId, expiration } = credentials;
  return {
    kind: 'access-keys',
    keyId: /^A[A-Z]{3}[A-Z0-9]{16}$/.test(accessKeyId) ? `…${accessKeyId.slice(-4)}` : undefined,
    step,
    accountId: /^\d{12}$/.test(accountId ?? '') ? accountId : undefined,
    expiration: toDate(expiration),
  };
}

/** Reads an expiration as a date: credentials that were stored as JSON have it as text. */
function toDate(expiration: Date | undefined): Date | undefined {
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
        : 'Get new ones where these came from: log in again, or assume the role again.'),
  );
}
