import { ServiceException } from '../exception.js';
import type { OpenIdTokens } from './openid-tokens.js';
import { describeRoleSession, type SessionCredentials, type Sessions } from './sessions.js';

/** The result of an STS action: members by name, each text or more members. */
export type Members = { readonly [name: string]: string | Members };

/** What STS needs to answer. */
export interface Sts {
  sessions: Sessions;
  /** Tokens that AssumeRoleWithWebIdentity accepts for every role. */
  webIdentityTokens: readonly string[];
  /** Tokens of the identity pool. */
  tokens: OpenIdTokens;
  /** The only role that trusts guests of the identity pool. */
  guestRoleArn: string;
  now: () => number;
}

/** GetCallerIdentity. */
export function getCallerIdentity({ sessions }: Sts, accessKeyId: string): Members {
  const { account, arn, userId } = sessions.callerOf(accessKeyId);
  return { Arn: arn, UserId: userId, Account: account };
}

/** AssumeRole, for a caller who has signed. */
export function assumeRole({ sessions }: Sts, input: URLSearchParams): Members {
  return assume(sessions, input);
}

/** AssumeRoleWithWebIdentity: the token alone authorizes it. */
export function assumeRoleWithWebIdentity(sts: Sts, input: URLSearchParams): Members {
  const token = readRequired(input, 'WebIdentityToken');
  const claims = sts.tokens.find(token);
  if (claims !== undefined) return assumeByPool(sts, claims, input);
  if (!sts.webIdentityTokens.includes(token)) {
    throw new ServiceException(
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider, please reference " +
        'AssumeRoleWithWebIdentity documentation for requirements',
      400,
    );
  }
  return {
    SubjectFromWebIdentityToken: 'local-subject',
    Provider: 'local',
    Audience: 'sts.amazonaws.com',
    ...assume(sts.sessions, input),
  };
}

/** The classic flow of Cognito: no session policy limits what the role allows. */
function assumeByPool(
  { sessions, guestRoleArn, now }: Sts,
  claims: NonNullable<ReturnType<OpenIdTokens['find']>>,
  input: URLSearchParams,
): Members {
  const members = assume(sessions, input);
  if (claims.expiresAtMs <= now()) {
    throw new ServiceException(
      'ExpiredTokenException',
      `Token expired: current date/time ${Math.floor(now() / 1000)} must be before the expiration date/time ` +
        `${Math.floor(claims.expiresAtMs / 1000)}`,
      400,
    );
  }
  if (!claims.isGuest || input.get('RoleArn') !== guestRoleArn) {
    throw new ServiceException(
      'AccessDeniedException',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      403,
    );
  }
  return {
    SubjectFromWebIdentityToken: claims.identityId,
    Provider: 'cognito-identity.amazonaws.com',
    Audience: claims.identityPoolId,
    ...members,
  };
}

function assume(sessions: Sessions, input: URLSearchParams): Members {
  const roleArn = readRequired(input, 'RoleArn');
  const name = readRequired(input, 'RoleSessionName');
  if (roleArn.length > 2048 || !/^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw invalidValue(`${roleArn.slice(0, 2048)} is invalid`);
  }
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw invalidValue(
      `1 validation error detected: Value '${name.slice(0, 100)}' at 'roleSessionName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}',
    );
  }
  const { roleId, ...caller } = describeRoleSession(roleArn, name);
  const credentials = sessions.issue(caller, readDuration(input.get('DurationSeconds')));
  return {
    AssumedRoleUser: { AssumedRoleId: roleId, Arn: caller.arn },
    Credentials: credentialMembers(credentials),
  };
}

function readDuration(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200) return seconds;
  throw invalidValue(
    `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy constraint: ` +
      'Member must have value between 900 and 43200',
  );
}

function credentialMembers({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString().replace('.000Z', 'Z'),
  };
}

function readRequired(input: URLSearchParams, name: string): string {
  const value = input.get(name);
  if (value !== null && value !== '') return value;
  throw invalidValue(
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy ` +
      'constraint: Member must not be null',
  );
}

function invalidValue(message: string): ServiceException {
  return new ServiceException('ValidationError', message, 400);
}
