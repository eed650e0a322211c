import { type BedrockError, isBedrockError, makeError, messageOf } from '../errors.js';
import { isBrowser } from '../runtime.js';
import type { AwsCredentials, CredentialProvider, Credentials } from '../types.js';
import { getCredentials, type ProviderCall } from './cache.js';

/** True for a Bedrock API key, false for AWS access keys. */
export function isBearer(credentials: Credentials): credentials is Extract<Credentials, { token: string }> {
  return 'token' in credentials && isFilled(credentials.token);
}

/**
 * Gets credentials and checks that a request can be made with them. No message repeats a secret.
 *
 * @param nowMs Time of the service, in milliseconds.
 * @throws BedrockError `ERR_CREDENTIALS`, or `ERR_TIMEOUT` if a provider hangs. An abort rejects with `signal.reason`.
 */
export async function resolveCredentials(
  given: Credentials | CredentialProvider,
  nowMs: number,
  call: ProviderCall = {},
): Promise<Credentials> {
  try {
    return checked(typeof given === 'function' ? await getCredentials(given, nowMs, call) : given);
  } catch (cause) {
    if (isBedrockError(cause) || call.signal?.aborted) throw cause;
    const said = messageOf(cause);
    // Node puts the command line and what the command printed into its error: either may hold a secret.
    if (said.startsWith('Command failed:')) {
      throw credentialsError(
        'The credential provider failed: a command that it runs failed. Run it by hand to see why.',
      );
    }
    throw credentialsError(`The credential provider failed: ${said}`, cause);
  }
}

/** Keys that never end must not reach a browser, where every visitor can read them. */
export function refuseLongLived(credentials: Credentials): void {
  if (!isBrowser()) return;
  const longLived = isBearer(credentials)
    ? credentials.token.startsWith('ABSK')
    : credentials.accessKeyId.startsWith('AKIA');
  if (!longLived) return;
  throw credentialsError(
    `A long-lived ${isBearer(credentials) ? 'Bedrock API key (ABSK…)' : 'access key (AKIA…)'} was given in a browser, ` +
      'where every visitor can read it. Use a Cognito identity pool or a short-term API key from your server, or set ' +
      'allowLongLivedKeys if the page is yours alone.',
  );
}

/** A failure to find or use credentials. */
export function credentialsError(message: string, cause?: unknown): BedrockError {
  return makeError('ERR_CREDENTIALS', message, { cause });
}

function checked(found: unknown): Credentials {
  if (typeof found === 'object' && found !== null) {
    const { token, accessKeyId, secretAccessKey, sessionToken } = found as Partial<AwsCredentials> & {
      token?: unknown;
    };
    if (isFilled(token)) {
      requireHeaderSafe(token, 'The Bedrock API key');
      return found as Credentials;
    }
    if (isFilled(accessKeyId) && isFilled(secretAccessKey)) {
      requireHeaderSafe(accessKeyId, 'The access key id');
      if (sessionToken === null)
        throw credentialsError('The session token is null. Omit it for keys that have none.');
      if (sessionToken !== undefined) requireHeaderSafe(sessionToken, 'The session token');
      return found as Credentials;
    }
  }
  throw credentialsError(
    'The credentials hold neither a token nor both accessKeyId and secretAccessKey. ' +
      'Pass { token }, a Bedrock API key, or { accessKeyId, secretAccessKey, sessionToken? }.',
  );
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** fetch would refuse the header, and name its value while doing so. */
function requireHeaderSafe(value: string, what: string): void {
  if (/^[\x21-\x7e]+$/.test(value)) return;
  throw credentialsError(
    `${what} holds a space, line break or other character that no header can carry. ` +
      'Check whether it was copied with something around it.',
  );
}
