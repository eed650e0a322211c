import { type BedrockError, isBedrockError, makeError, messageOf } from '../errors.js';
import { cleanError } from '../foreign-text/foreign-text.js';
import { describe, isObject } from '../input/read.js';
import { isBrowser } from '../runtime.js';
import type { CredentialProvider, Credentials } from '../types.js';
import { expirationMs, getCredentials, type ProviderCall } from './cache.js';
import { tidyKey } from './tidy-key.js';

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
    if (call.signal?.aborted) throw cause;
    throw cleanError(providerError(cause));
  }
}

function providerError(cause: unknown): BedrockError {
  if (isBedrockError(cause)) return cause;
  const said = messageOf(cause);
  // Node puts the command line and what the command printed into its error: either may hold a secret.
  if (said.startsWith('Command failed:')) {
    return credentialsError(
      'The credential provider failed: a command that it runs failed. Run it by hand to see why.',
    );
  }
  return credentialsError(`The credential provider failed: ${said}`, cause);
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
      'allowLongLivedKeys if the page is private.',
  );
}

/** A failure to find or use credentials. */
export function credentialsError(message: string, cause?: unknown): BedrockError {
  return makeError('ERR_CREDENTIALS', message, { cause });
}

/**
 * Checks credentials, which a provider in plain JavaScript may have in any form. Blank and null members count as absent. The
 * result is a copy, because later looks at getters could find something else.
 */
function checked(found: unknown): Credentials {
  if (!isObject(found)) throw credentialsError(`The credentials are ${describe(found)}. ${PASS}`);
  const [token, accessKeyId, secretAccessKey, sessionToken] = MEMBERS.map((name) =>
    readText(name, found[name]),
  );
  const { expiration, accountId } = found;
  const ms = expirationMs(found);
  if (expiration != null && ms === undefined) {
    throw credentialsError(
      `expiration of the credentials is ${describe(expiration)}. Pass a Date, a text in ISO 8601 with its time zone, or ` +
        'seconds or milliseconds since 1970.',
    );
  }
  const others = {
    ...found,
    expiration: ms === undefined ? undefined : new Date(ms),
    accountId: accountId ?? undefined,
  };
  if (token !== undefined) return { ...others, token } as Credentials;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId ? 'secretAccessKey' : secretAccessKey ? 'accessKeyId' : 'token or access key';
    throw credentialsError(`The credentials have no ${missing}. ${PASS}`);
  }
  return { ...others, token, accessKeyId, secretAccessKey, sessionToken } as Credentials;
}

const MEMBERS = ['token', 'accessKeyId', 'secretAccessKey', 'sessionToken'] as const;

const PASS = 'Pass { token }, a Bedrock API key, or { accessKeyId, secretAccessKey, sessionToken? }.';

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/**
 * A member that is text, or absent. fetch would refuse a header that it does not fit into, and name the value while doing so; a
 * secret access key would only make the signature wrong.
 */
function readText(name: (typeof MEMBERS)[number], value: unknown): string | undefined {
  if (value == null) return undefined;
  if (typeof value !== 'string') {
    throw credentialsError(`${name} of the credentials is ${describe(value)}. Pass a string.`);
  }
  const text = tidyKey(value);
  // What process.env makes of these when a program puts them there.
  const isAbsent = text === '' || (name === 'sessionToken' && (text === 'undefined' || text === 'null'));
  if (isAbsent) return undefined;
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw credentialsError(
    `${name} of the credentials contains a space, line break or other character that no key has. ` +
      'Check that it was copied whole.',
  );
}
