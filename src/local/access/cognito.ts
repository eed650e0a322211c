import { fromBase64 } from '../../wire/base64.js';
import { ACCOUNT_ID, partitionOf } from '../account/account.js';
import { ServiceException } from '../exception.js';
import type { LocalBedrockOptions } from '../options.js';
import { uuid } from '../random.js';
import { roleSession, type Sessions } from './sessions.js';

/** An identity pool of Amazon Cognito. */
export interface IdentityPool {
  /** GetId: a new identity for a guest, the same one each time for a user. */
  getId(input: unknown): object;
  /** GetCredentialsForIdentity. */
  getCredentials(input: unknown): object;
}

/** What a pool is made of. */
export interface IdentityPoolInit extends Pick<LocalBedrockOptions, 'guests' | 'logins' | 'customRoleArns'> {
  identityPoolId: string;
  region: string;
  sessions: Sessions;
}

/** So many identities are known at a time, so that memory stays flat. */
const MAX_IDENTITIES = 10_000;

/** An identity pool. Source: the API reference of Amazon Cognito federated identities. */
export function createIdentityPool(init: IdentityPoolInit): IdentityPool {
  /** Users of each identity; a guest has none. */
  const identities = new Map<string, Set<string>>();

  function known(id: unknown): Set<string> {
    const users = typeof id === 'string' ? identities.get(id) : undefined;
    if (users === undefined) {
      throw refusal('ResourceNotFoundException', `Identity '${textOf(id)}' not found.`);
    }
    return users;
  }

  function newIdentity(users: readonly string[]): string {
    const id = `${init.region}:${uuid()}`;
    identities.set(id, new Set(users));
    for (const oldest of identities.keys()) {
      if (identities.size <= MAX_IDENTITIES) break;
      identities.delete(oldest);
    }
    return id;
  }

  return {
    getId(input) {
      const { IdentityPoolId, Logins } = objectOf(input);
      if (IdentityPoolId !== init.identityPoolId) {
        throw refusal('ResourceNotFoundException', `IdentityPool '${textOf(IdentityPoolId)}' not found.`);
      }
      const users = usersOf(Logins, init);
      const [id] = [...identities].find(([, theirs]) => users.some((user) => theirs.has(user))) ?? [];
      return { IdentityId: id ?? newIdentity(users) };
    },
    getCredentials(input) {
      const { IdentityId, Logins, CustomRoleArn } = objectOf(input);
      const theirs = known(IdentityId);
      const users = usersOf(Logins, init, theirs.size > 0);
      if (theirs.size > 0 && !users.some((user) => theirs.has(user))) {
        throw refusal('NotAuthorizedException', `Access to Identity '${textOf(IdentityId)}' is forbidden.`);
      }
      // A guest who logs in keeps the identity.
      for (const user of users) theirs.add(user);
      const role = roleOf(CustomRoleArn, users.length > 0, init);
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = init.sessions.issue(
        roleSession(role, 'CognitoIdentityCredentials'),
      );
      return {
        IdentityId,
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: expiration.getTime() / 1000,
        },
      };
    },
  };
}

/** The users that tokens belong to; none for a guest, where guests are allowed. */
function usersOf(
  logins: unknown,
  { guests = true, logins: accepted = {} }: IdentityPoolInit,
  hasUser = false,
) {
  const given = Object.entries(objectOf(logins ?? {}));
  if (given.length === 0 && !guests && !hasUser) {
    throw refusal(
      'NotAuthorizedException',
      'Unauthenticated access is not supported for this identity pool.',
    );
  }
  return given.map(([provider, token]) => {
    const tokens = Object.hasOwn(accepted, provider) ? [accepted[provider] ?? []].flat() : undefined;
    if (tokens === undefined) {
      throw refusal(
        'NotAuthorizedException',
        'Token is not from a supported provider of this identity pool.',
      );
    }
    if (typeof token !== 'string' || !tokens.includes(token)) {
      throw refusal('NotAuthorizedException', 'Invalid login token. Token signature invalid.');
    }
    return `${provider} ${subjectOf(token)}`;
  });
}

/** The claim `sub` of a JWT; any other token stands for itself. */
function subjectOf(token: string): string {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1] ?? '';
  const base64 = payload.replace(/-/g, '+').replace(/_/g, '/');
  const bytes = fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
  try {
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    return typeof sub === 'string' ? sub : token;
  } catch {
    return token;
  }
}

function roleOf(
  custom: unknown,
  loggedIn: boolean,
  { region, customRoleArns = [] }: IdentityPoolInit,
): string {
  if (custom === undefined || custom === null) {
    const name = `Cognito_local${loggedIn ? 'Auth' : 'Unauth'}_Role`;
    return `arn:${partitionOf(region)}:iam::${ACCOUNT_ID}:role/${name}`;
  }
  if (typeof custom === 'string' && loggedIn && customRoleArns.includes(custom)) return custom;
  throw refusal(
    'InvalidIdentityPoolConfigurationException',
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  );
}

/** Cognito answers every fault of the caller with 400, one that is not found too. */
function refusal(name: string, message: string): ServiceException {
  return new ServiceException(name, message, 400);
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw refusal('SerializationException', 'The request is no JSON object.');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
