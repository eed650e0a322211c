import { BoundedMap } from '../../bounded-map.js';
import { partitionOf } from '../../catalog/partitions.js';
import { fromBase64 } from '../../wire/base64.js';
import { ACCOUNT_ID } from '../account/account.js';
import { ServiceException } from '../exception.js';
import { randomUuid } from '../random.js';
import type { OpenIdTokens } from './openid-tokens.js';
import { describeRoleSession, type Sessions } from './sessions.js';

/** An identity pool of Amazon Cognito. */
export interface IdentityPool {
  /** GetId: a new identity for a guest, the same one each time for a user. */
  getId(input: unknown): object;
  /** GetCredentialsForIdentity. */
  getCredentials(input: unknown): object;
  /** GetOpenIdToken, the classic flow. */
  getOpenIdToken(input: unknown): object;
}

/** Options of the identity pool. */
export interface IdentityPoolOptions {
  /** Whether the identity pool admits guests. Default: true. */
  guests?: boolean | undefined;
  /** Whether the identity pool issues tokens for STS, which guests need to call Bedrock. Default: true. */
  classicFlow?: boolean | undefined;
  /**
   * Tokens that the identity pool accepts, by the name of their provider. A token that is a JWT belongs to the user in its
   * claim `sub`; every other token stands for a user of its own. Default: none.
   */
  logins?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Roles that `CustomRoleArn` may name. Default: none. */
  customRoleArns?: readonly string[] | undefined;
}

/** What a pool is made of. */
export interface IdentityPoolInit extends IdentityPoolOptions {
  identityPoolId: string;
  region: string;
  sessions: Sessions;
  tokens: OpenIdTokens;
}

/** How many identities are remembered, so that memory stays flat. */
const MAX_IDENTITIES = 10_000;

/** Creates an identity pool. Source: the API reference of Amazon Cognito federated identities. */
export function createIdentityPool(init: IdentityPoolInit): IdentityPool {
  /** The users of each identity; guests have none. */
  const identities = new BoundedMap<string, Set<string>>(MAX_IDENTITIES);

  function findUsers(id: unknown): Set<string> {
    checkId(id, 'identityId');
    const users = typeof id === 'string' ? identities.get(id) : undefined;
    if (users === undefined) {
      throw refusal('ResourceNotFoundException', `Identity '${textOf(id)}' not found.`);
    }
    return users;
  }

  function createIdentity(users: readonly string[]): string {
    const id = `${init.region}:${randomUuid()}`;
    identities.set(id, new Set(users));
    return id;
  }

  /** The users that a request for an identity is from; none for a guest. */
  function logIn(input: unknown): string[] {
    const { IdentityId, Logins } = objectOf(input);
    const theirs = findUsers(IdentityId);
    const users = usersOf(Logins, init, theirs.size > 0);
    if (theirs.size > 0 && !users.some((user) => theirs.has(user))) {
      throw refusal('NotAuthorizedException', `Access to Identity '${textOf(IdentityId)}' is forbidden.`);
    }
    // A guest who logs in keeps the same identity.
    for (const user of users) theirs.add(user);
    return users;
  }

  return {
    getId(input) {
      const { IdentityPoolId, Logins } = objectOf(input);
      checkId(IdentityPoolId, 'identityPoolId');
      if (IdentityPoolId !== init.identityPoolId) {
        throw refusal('ResourceNotFoundException', `IdentityPool '${textOf(IdentityPoolId)}' not found.`);
      }
      const users = usersOf(Logins, init);
      const [id] = [...identities].find(([, theirs]) => users.some((user) => theirs.has(user))) ?? [];
      return { IdentityId: id ?? createIdentity(users) };
    },
    getCredentials(input) {
      const { IdentityId, CustomRoleArn } = objectOf(input);
      const isGuest = logIn(input).length === 0;
      const role = roleOf(CustomRoleArn, !isGuest, init);
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = init.sessions.issue({
        ...describeRoleSession(role, 'CognitoIdentityCredentials'),
        isLimited: isGuest,
      });
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
    getOpenIdToken(input) {
      const { classicFlow = true, identityPoolId, tokens } = init;
      const isGuest = logIn(input).length === 0;
      if (!classicFlow) {
        throw refusal(
          'InvalidParameterException',
          'Basic (classic) flow is not enabled, please use enhanced flow.',
        );
      }
      const identityId = textOf(objectOf(input)['IdentityId']);
      return { IdentityId: identityId, Token: tokens.issue({ identityId, identityPoolId, isGuest }) };
    },
  };
}

/**
 * Rejects an id that has not the form of one, in Cognito's words. Source: `GetId` and `GetCredentialsForIdentity`; an answer of
 * Cognito to an empty id in aws/aws-sdk-cpp#1085, 2026-11-28.
 */
function checkId(id: unknown, member: string): void {
  const broken: string[] = [];
  if (typeof id !== 'string') broken.push('Member must not be null');
  else {
    if (id === '') broken.push('Member must have length greater than or equal to 1');
    if (id.length > 55) broken.push('Member must have length less than or equal to 55');
    if (!/^[\w-]+:[0-9a-f-]+$/.test(id)) {
      broken.push('Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+');
    }
  }
  if (broken.length === 0) return;
  const value = typeof id === 'string' ? `'${id}'` : 'null';
  const each = broken.map(
    (constraint) => `Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
  throw refusal(
    'ValidationException',
    `${each.length} validation error${each.length === 1 ? '' : 's'} detected: ${each.join('; ')}`,
  );
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
    return `arn:${partitionOf(region).name}:iam::${ACCOUNT_ID}:role/${name}`;
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
  throw refusal('SerializationException', 'The request is not a JSON object.');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
