import { BoundedMap } from '../../bounded-map.js';
import { partitionOf } from '../../catalog/partitions.js';
import { toBase64 } from '../../wire/base64.js';
import { ACCOUNT_ID } from '../account/account.js';
import { ServiceException } from '../exception.js';
import { randomBytes } from '../random.js';
import { describeRoleSession, type SessionCredentials, type Sessions } from './sessions.js';

const ROLE = 'local-bedrock-role';
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';
const MAX_TTL_SECONDS = 21_600;
const MAX_TOKENS = 1000;

/** New credentials are issued this long before the old ones expire, or at half of their life if that is shorter. */
const OVERLAP_MS = 5 * 60_000;

type Headers = ReadonlyMap<string, string>;

/** What a machine on EC2 or a container requests about its role. */
export interface Metadata {
  /** Instance metadata v2: issues a token for the requests that follow. */
  token(headers: Headers, nowMs: number): { text: string; headers: Record<string, string> };
  /** Name of the role. */
  roles(headers: Headers, nowMs: number): string;
  /** Credentials of the role, the same ones until shortly before they expire. */
  roleCredentials(headers: Headers, role: string, nowMs: number): object;
  /** Credentials of a container on ECS or EKS. */
  containerCredentials(headers: Headers, nowMs: number): object;
}

/** Creates instance and container metadata. Source: "Use the Instance Metadata Service" of EC2, and "Task IAM role" of ECS. */
export function createMetadata(
  sessions: Sessions,
  region: string,
  containerToken: string | undefined,
): Metadata {
  /** Tokens and when they expire. */
  const tokens = new BoundedMap<string, number>(MAX_TOKENS);
  const roleArn = `arn:${partitionOf(region).name}:iam::${ACCOUNT_ID}:role/${ROLE}`;
  const ofInstance = rotate(() => sessions.issue(describeRoleSession(roleArn, 'i-0123456789abcdef0')));
  const ofContainer = rotate(() => sessions.issue(describeRoleSession(roleArn, 'container')));

  function requireToken(headers: Headers, nowMs: number): void {
    const end = tokens.get(headers.get('x-aws-ec2-metadata-token') ?? '');
    if (end === undefined || end <= nowMs) throw new ServiceException('Unauthorized', 'Unauthorized', 401);
  }

  return {
    token(headers, nowMs) {
      const seconds = Number(headers.get(TTL_HEADER) ?? Number.NaN);
      if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TTL_SECONDS)) {
        throw new ServiceException('BadRequest', 'Bad Request', 400);
      }
      const text = toBase64(randomBytes(42));
      tokens.set(text, nowMs + seconds * 1000);
      return { text, headers: { [TTL_HEADER]: String(seconds) } };
    },
    roles(headers, nowMs) {
      requireToken(headers, nowMs);
      return ROLE;
    },
    roleCredentials(headers, role, nowMs) {
      requireToken(headers, nowMs);
      if (role !== ROLE) throw new ServiceException('NotFound', 'Not Found', 404);
      const { since, credentials } = ofInstance(nowMs);
      return {
        Code: 'Success',
        LastUpdated: isoSeconds(since),
        Type: 'AWS-HMAC',
        ...members(credentials),
      };
    },
    containerCredentials(headers, nowMs) {
      if (containerToken !== undefined && headers.get('authorization') !== containerToken) {
        throw new ServiceException(
          'InvalidToken',
          'The authorization token is not the one of this container.',
          401,
        );
      }
      return { RoleArn: roleArn, ...members(ofContainer(nowMs).credentials) };
    },
  };
}

/** Keeps credentials until shortly before they expire, then issues new ones. */
function rotate(issue: () => SessionCredentials) {
  let kept: { since: number; until: number; credentials: SessionCredentials } | undefined;
  return (nowMs: number) => {
    if (kept === undefined || nowMs >= kept.until) {
      const credentials = issue();
      const end = credentials.expiration.getTime();
      kept = { since: nowMs, until: end - Math.min(OVERLAP_MS, (end - nowMs) / 2), credentials };
    }
    return kept;
  };
}

function members({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: isoSeconds(expiration.getTime()),
  };
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
