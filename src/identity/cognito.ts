import type { RefreshableProvider } from '../credentials/cache.js';
import { credentialsError } from '../credentials/resolve.js';
import { withScope } from '../credentials/scope.js';
import { inputError, isBedrockError } from '../errors.js';
import { address } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import { callback, describe, object, type Read, storage, text } from '../input/read.js';
import { isBrowser } from '../runtime.js';
import { type Route, resolveRoute } from '../transport/route.js';
import { resolveSettings } from '../transport/settings.js';
import { callUnary, type UnaryAnswer } from '../transport/unary.js';
import type { CredentialProvider, StorageLike } from '../types.js';
import { encodeJson } from '../wire/request.js';

/** A token of an identity provider, or a function that returns a fresh one. */
export type Login = string | (() => PromiseLike<string>);

/** Options of `fromCognitoIdentityPool()`, in the shape of the AWS SDK's provider of the same name. */
export interface CognitoIdentityPoolInit {
  /** `region:uuid`. */
  identityPoolId: string;
  /** Account that owns the pool, 12 digits. */
  accountId?: string | undefined;
  /** Tokens by the name of their identity provider; omitted for guests. */
  logins?: Record<string, Login> | undefined;
  /** Role to assume if the token allows several. */
  customRoleArn?: string | undefined;
  /** Your own id for the user. Without one, the identity of a logged-in user is not cached. */
  userIdentifier?: string | undefined;
  /** Where the identity id is cached. Default: `localStorage` in a page, otherwise memory. */
  cache?: StorageLike | undefined;
  clientConfig?:
    | {
        /** Default: the region in `identityPoolId`. */
        region?: string | (() => PromiseLike<string>) | undefined;
        endpoint?: string | URL | undefined;
      }
    | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** The form of an identity id. Source: Amazon Cognito, `GetCredentialsForIdentity`. */
const IDENTITY_ID = /^[\w-]+:[\da-f-]{1,36}$/;

/**
 * Gets temporary access keys from a Cognito identity pool, for guests and for users who are logged in elsewhere. With them a
 * page can call Bedrock without a server. Source: Amazon Cognito, `GetId` and `GetCredentialsForIdentity`.
 *
 * @throws BedrockError `ERR_INPUT`, immediately, for an option that is unknown or of the wrong type; from the provider:
 * `ERR_CREDENTIALS` if the pool refuses them, otherwise the error of the request.
 *
 * @example
 * ```ts
 * import { createBedrock, fromCognitoIdentityPool } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   region: 'eu-central-1',
 *   credentials: fromCognitoIdentityPool({ identityPoolId: 'eu-central-1:01234567-89ab-cdef-0123-456789abcdef' }),
 * });
 * ```
 */
export function fromCognitoIdentityPool(options: CognitoIdentityPoolInit): CredentialProvider {
  const init = readInit(options);
  const guest = init.logins === undefined || Object.keys(init.logins).length === 0;
  const user = init.userIdentifier ?? (guest ? 'ANONYMOUS' : undefined);
  const key = user && `aws:cognito-identity-credentials:${init.identityPoolId}:${user}`;
  const memory = createMemory();
  const provider: RefreshableProvider = async ({ signal } = {}) => {
    const route = await resolveCognitoRoute(init);
    const cache = init.cache ?? findPageStorage() ?? memory;
    const logins = guest ? undefined : await resolveLogins(init.logins ?? {});
    const known = key && (await tryStorage(() => cache.getItem(key)));
    const isKnown = typeof known === 'string' && IDENTITY_ID.test(known);
    try {
      return await fetchCredentials(isKnown ? known : await fetchIdentity());
    } catch (error) {
      // Cognito has several names for an id that it deleted, that belongs to another user, or that was damaged.
      const isStale = isKnown && isBedrockError(error) && error.status === 400 && !error.retryable;
      if (!isStale) throw refusalError(init, error);
      if (key) await tryStorage(() => cache.removeItem?.(key));
    }
    try {
      return await fetchCredentials(await fetchIdentity());
    } catch (error) {
      throw refusalError(init, error);
    }

    async function fetchIdentity(): Promise<string> {
      const body = { AccountId: init.accountId, IdentityPoolId: init.identityPoolId, Logins: logins };
      const { json } = await callCognito(route, 'GetId', body, signal);
      const id = json['IdentityId'];
      if (typeof id !== 'string' || !IDENTITY_ID.test(id))
        throw credentialsError(
          'Cognito answered GetId without an IdentityId, so it is not Cognito. Check clientConfig.endpoint.',
        );
      if (key) await tryStorage(() => cache.setItem(key, id));
      return id;
    }

    async function fetchCredentials(id: string) {
      const body = { IdentityId: id, Logins: logins, CustomRoleArn: init.customRoleArn };
      const { json } = await callCognito(route, 'GetCredentialsForIdentity', body, signal);
      const { AccessKeyId, SecretKey, SessionToken, Expiration } = (json['Credentials'] ?? {}) as Record<
        string,
        unknown
      >;
      if (typeof AccessKeyId !== 'string' || typeof SecretKey !== 'string') {
        throw credentialsError(
          'Cognito answered GetCredentialsForIdentity without credentials, so it is not Cognito. Check clientConfig.endpoint.',
        );
      }
      return {
        identityId: id,
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretKey,
        ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
        ...(typeof Expiration === 'number' && { expiration: new Date(Expiration * 1000) }),
      };
    }
  };
  // The token of a user decides about the role, so without a name for the user nothing is known to stay the same.
  if (user === undefined) return provider;
  const name = JSON.stringify(['cognito', init.identityPoolId, guest, user, init.customRoleArn]);
  return withScope(provider, { name, isOfOneAccount: true });
}

const readClientConfig: Read = (value) =>
  readOptions(value, { region, endpoint: address }, 'clientConfig of fromCognitoIdentityPool()');

const region: Read = (value, path) => (typeof value === 'function' ? value : text(value, path));

function readInit(options: CognitoIdentityPoolInit): CognitoIdentityPoolInit {
  const known = {
    identityPoolId: text,
    accountId: text,
    // A copy: later looks at getters could find something else, or throw.
    logins: (value, path) => ({ ...(object(value, path) as object) }),
    customRoleArn: text,
    userIdentifier: text,
    cache: storage,
    clientConfig: readClientConfig,
    fetch: callback,
  } satisfies Record<keyof CognitoIdentityPoolInit, Read>;
  const init = readOptions<CognitoIdentityPoolInit>(options, known, 'fromCognitoIdentityPool()');
  if (init.identityPoolId) return init;
  throw inputError(
    'fromCognitoIdentityPool() needs an identityPoolId, such as "eu-central-1:01234567-89ab-…".',
  );
}

async function resolveCognitoRoute({
  identityPoolId,
  clientConfig,
  fetch,
}: CognitoIdentityPoolInit): Promise<Route> {
  const given = clientConfig?.region;
  const region = (typeof given === 'function' ? await given() : given) ?? identityPoolId.split(':')[0];
  const settings = resolveSettings({ region, endpoint: clientConfig?.endpoint, fetch }, {}, 'GetId');
  const route = await resolveRoute('cognito-identity', settings);
  return { ...route, destination: { ...route.destination, credentials: undefined } };
}

function callCognito(
  route: Route,
  operation: 'GetId' | 'GetCredentialsForIdentity',
  body: { Logins: Record<string, string> | undefined },
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

function refusalError({ identityPoolId }: CognitoIdentityPoolInit, error: unknown): unknown {
  if (!isBedrockError(error) || error.status === undefined || error.retryable) return error;
  if (error.code === 'ERR_PROTOCOL') return error;
  return credentialsError(
    `The Cognito identity pool ${identityPoolId} gave no credentials: ${error.message} ` +
      'Check the id and region of the pool, that it allows guests if you pass no logins, and that the tokens in logins have not expired.',
    error,
  );
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
