import type { RefreshableProvider } from '../credentials/cache.js';
import { credentialsError } from '../credentials/resolve.js';
import { withScope } from '../credentials/scope.js';
import { isBedrockError } from '../errors.js';
import { describe } from '../input/read.js';
import { isBrowser } from '../runtime.js';
import { type Route, resolveRoute } from '../transport/route.js';
import { resolveSettings } from '../transport/settings.js';
import { callUnary, type UnaryAnswer } from '../transport/unary.js';
import type { CredentialProvider, StorageLike } from '../types.js';
import { encodeJson } from '../wire/request.js';
import {
  type CognitoIdentityPoolInit,
  isGuest,
  type Login,
  poolRegion,
  readInit,
} from './cognito-options.js';
import { assumeGuestRole } from './guest-role.js';

/** The form of an identity id. Source: Amazon Cognito, `GetCredentialsForIdentity`. */
const IDENTITY_ID = /^[\w-]+:[\da-f-]{1,36}$/;

/**
 * Gets temporary access keys from a Cognito identity pool, for users who are logged in elsewhere and for guests. With them a
 * page can call Bedrock without a server. Guests assume `guestRoleArn` through the basic (classic) flow. docs/cognito.md has
 * the pool, role and policy. Source: Amazon Cognito, `GetId`, `GetCredentialsForIdentity` and `GetOpenIdToken`; AWS Security
 * Token Service, `AssumeRoleWithWebIdentity`.
 *
 * @throws BedrockError `ERR_INPUT`, immediately, for an option that is unknown or wrong, and for guests without
 * `guestRoleArn`; from the provider: `ERR_CREDENTIALS` if the pool or the role refuses, otherwise the error of the request.
 *
 * @example
 * ```ts
 * import { createBedrock, fromCognitoIdentityPool } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   region: 'eu-central-1',
 *   credentials: fromCognitoIdentityPool({
 *     identityPoolId: 'eu-central-1:01234567-89ab-cdef-0123-456789abcdef',
 *     guestRoleArn: 'arn:aws:iam::123456789012:role/bedrock-guests',
 *   }),
 * });
 * ```
 */
export function fromCognitoIdentityPool(options: CognitoIdentityPoolInit): CredentialProvider {
  const init = readInit(options);
  const guest = isGuest(init);
  const user = init.userIdentifier ?? (guest ? 'ANONYMOUS' : undefined);
  const key = user && `aws:cognito-identity-credentials:${init.identityPoolId}:${user}`;
  const memory = createMemory();
  const provider: RefreshableProvider = async ({ signal } = {}) => {
    const route = await resolveCognitoRoute(init);
    const cache = init.cache ?? findPageStorage() ?? memory;
    const logins = guest ? undefined : await resolveLogins(init.logins ?? {});
    try {
      const { id, json } = await fetchFromPool();
      return { identityId: id, ...(guest ? await fetchGuestKeys(id, json) : readKeys(json)) };
    } catch (error) {
      throw refusalError(init, error);
    }

    /** What the pool issues for an identity: keys for a user, a token for a guest. */
    async function fetchFromPool(): Promise<{ id: string; json: Record<string, unknown> }> {
      const known = key && (await tryStorage(() => cache.getItem(key)));
      const isKnown = typeof known === 'string' && IDENTITY_ID.test(known);
      if (isKnown) {
        try {
          return await fetchFor(known);
        } catch (error) {
          // Cognito has several names for an id that it deleted, that belongs to another user, or that was damaged.
          if (!isBedrockError(error) || error.status !== 400 || error.retryable) throw error;
          await tryStorage(() => cache.removeItem?.(key ?? ''));
        }
      }
      return fetchFor(await fetchIdentity());
    }

    async function fetchIdentity(): Promise<string> {
      const body = { AccountId: init.accountId, IdentityPoolId: init.identityPoolId, Logins: logins };
      const { json } = await callCognito(route, 'GetId', body, signal);
      const id = json['IdentityId'];
      if (typeof id !== 'string' || !IDENTITY_ID.test(id)) throw notCognitoError('GetId', 'an IdentityId');
      if (key) await tryStorage(() => cache.setItem(key, id));
      return id;
    }

    async function fetchFor(id: string): Promise<{ id: string; json: Record<string, unknown> }> {
      const { json } = guest
        ? await callCognito(route, 'GetOpenIdToken', { IdentityId: id }, signal)
        : await callCognito(
            route,
            'GetCredentialsForIdentity',
            { IdentityId: id, Logins: logins, CustomRoleArn: init.customRoleArn },
            signal,
          );
      return { id, json };
    }

    function fetchGuestKeys(id: string, { Token: token }: Record<string, unknown>) {
      if (typeof token !== 'string' || token === '') throw notCognitoError('GetOpenIdToken', 'a Token');
      return assumeGuestRole(init, id, token, signal);
    }
  };
  // The token of a user decides about the role, so without a name for the user nothing is known to stay the same.
  if (user === undefined) return provider;
  const name = JSON.stringify([
    'cognito',
    init.identityPoolId,
    guest,
    user,
    guest ? init.guestRoleArn : init.customRoleArn,
  ]);
  return withScope(provider, { name, isOfOneAccount: true });
}

function readKeys(json: Record<string, unknown>) {
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = (json['Credentials'] ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof AccessKeyId !== 'string' || typeof SecretKey !== 'string') {
    throw notCognitoError('GetCredentialsForIdentity', 'credentials');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
    ...(typeof Expiration === 'number' && { expiration: new Date(Expiration * 1000) }),
  };
}

function notCognitoError(operation: string, missing: string): Error {
  return credentialsError(
    `Cognito answered ${operation} without ${missing}, so it is not Cognito. Check clientConfig.endpoint.`,
  );
}

async function resolveCognitoRoute(init: CognitoIdentityPoolInit): Promise<Route> {
  const { clientConfig, fetch } = init;
  const region = await poolRegion(init);
  const settings = resolveSettings({ region, endpoint: clientConfig?.endpoint, fetch }, {}, 'GetId');
  const route = await resolveRoute('cognito-identity', settings);
  return { ...route, destination: { ...route.destination, credentials: undefined } };
}

function callCognito(
  route: Route,
  operation: 'GetId' | 'GetCredentialsForIdentity' | 'GetOpenIdToken',
  body: { Logins?: Record<string, string> | undefined } & Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<UnaryAnswer> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSCognitoIdentityService.${operation}`,
  };
  const secrets = Object.values(body.Logins ?? {});
  return callUnary(
    route,
    { method: 'POST', operation, path: '/', headers, body: () => encodeJson(body), secrets },
    { signal },
  );
}

async function resolveLogins(logins: Record<string, Login>): Promise<Record<string, string>> {
  const pairs = Object.entries(logins).map(async ([name, login]) => {
    const token: unknown = await (typeof login === 'function' ? login() : login);
    if (typeof token === 'string' && token !== '') return [name, token] as const;
    throw credentialsError(
      `The login for ${name} is ${token === '' ? 'blank' : describe(token)}. Pass its token, or a function that returns it.`,
    );
  });
  return Object.fromEntries(await Promise.all(pairs));
}

function refusalError(init: CognitoIdentityPoolInit, error: unknown): unknown {
  if (!isBedrockError(error) || error.status === undefined || error.retryable) return error;
  if (error.code === 'ERR_PROTOCOL') return error;
  return credentialsError(
    `The Cognito identity pool ${init.identityPoolId} gave no credentials: ${error.message} ${adviceFor(init, error.message)}`,
    error,
  );
}

function adviceFor(init: CognitoIdentityPoolInit, said: string): string {
  if (!isGuest(init))
    return 'Check the id and region of the pool, and that the tokens in logins have not expired.';
  if (said.includes('AssumeRoleWithWebIdentity')) {
    return (
      `Check that ${init.guestRoleArn} exists and trusts cognito-identity.amazonaws.com with the condition aud ` +
      `"${init.identityPoolId}" and amr "unauthenticated".`
    );
  }
  if (said.includes('classic'))
    return 'Allow the basic (classic) flow in the pool: guests need it to call Bedrock.';
  return 'Check the id and region of the pool, and that it allows guests.';
}

function createMemory(): StorageLike {
  let kept: string | undefined;
  return {
    getItem: () => kept,
    setItem: (_key, value) => {
      kept = value;
    },
    removeItem: () => {
      kept = undefined;
    },
  };
}

/** Finds a page's `localStorage`; undefined elsewhere, and if the page may not use it. */
function findPageStorage(): StorageLike | undefined {
  try {
    return isBrowser() ? (globalThis as { localStorage?: StorageLike }).localStorage : undefined;
  } catch {
    return undefined;
  }
}

/** Uses the storage, and ignores its errors: a broken cache must not cost the user the credentials. */
async function tryStorage(use: () => unknown): Promise<unknown> {
  try {
    return await use();
  } catch {
    return undefined;
  }
}
