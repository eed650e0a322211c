import { ServiceException } from '../exception.js';
import { roleSession, type SessionCredentials, type Sessions } from './sessions.js';

/** What an action of STS answers: members by their names, text or more members. */
export type Members = { readonly [name: string]: string | Members };

/** What STS needs to answer. */
export interface Sts {
  sessions: Sessions;
  /** Tokens that AssumeRoleWithWebIdentity takes. */
  webIdentityTokens: readonly string[];
}

/** GetCallerIdentity. */
export function callerIdentity({ sessions }: Sts, accessKeyId: string): Members {
  const { account, arn, userId } = sessions.callerOf(accessKeyId);
  return { Arn: arn, UserId: userId, Account: account };
}

/** AssumeRole, by a caller who has signed. */
export function assumeRole({ sessions }: Sts, input: URLSearchParams): Members {
  return session(sessions, input);
}

/** AssumeRoleWithWebIdentity: the token is all that authorizes it. */
export function assumeRoleWithWebIdentity(
  { sessions, webIdentityTokens }: Sts,
  input: URLSearchParams,
): Members {
  const token = required(input, 'WebIdentityToken');
  if (!webIdentityTokens.includes(token)) {
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
    ...session(sessions, input),
  };
}

function session(sessions: Sessions, input: URLSearchParams): Members {
  const roleArn = required(input, 'RoleArn');
  const name = required(input, 'RoleSessionName');
  if (!/^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw validation(`${roleArn} is invalid`);
  }
  const { roleId, ...caller } = roleSession(roleArn, name);
  const credentials = sessions.issue(caller, durationOf(input.get('DurationSeconds')));
  return {
    AssumedRoleUser: { AssumedRoleId: roleId, Arn: caller.arn },
    Credentials: credentialMembers(credentials),
  };
}

function durationOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200) return seconds;
  throw validation(
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

function required(input: URLSearchParams, name: string): string {
  const value = input.get(name);
  if (value !== null && value !== '') return value;
  throw validation(
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy ` +
      'constraint: Member must not be null',
  );
}

function validation(message: string): ServiceException {
  return new ServiceException('ValidationError', message, 400);
}
