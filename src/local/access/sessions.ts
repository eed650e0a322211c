import type { AwsCredentials } from '../../types.js';
import { toBase64 } from '../../wire/base64.js';
import { ACCOUNT_ID, partitionOf } from '../account/account.js';
import { randomBytes, randomKeyId, randomSecret } from '../random.js';
import type { KeyRing } from './keys.js';

/** Who signs with a key, as STS tells it. */
export interface Caller {
  account: string;
  arn: string;
  userId: string;
}

/** Credentials that end. */
export interface SessionCredentials extends AwsCredentials {
  sessionToken: string;
  expiration: Date;
}

/** Credentials that were handed out and are accepted until they end. */
export interface Sessions {
  /** Hands out new ones. */
  issue(caller: Caller, lifeSeconds?: number): SessionCredentials;
  /** Whose key it is. */
  callerOf(accessKeyId: string): Caller;
}

/** So many are known at a time, so that memory stays flat. */
const MAX_SESSIONS = 10_000;

/** Sessions whose keys go on the ring. */
export function createSessions(
  keys: KeyRing,
  region: string,
  lifeSeconds: number,
  now: () => number,
): Sessions {
  const callers = new Map<string, Caller>();
  return {
    issue(caller, life = lifeSeconds) {
      // Whole seconds, as every one of AWS's formats can say them.
      const expiration = new Date(Math.floor(now() / 1000 + life) * 1000);
      const credentials = {
        accessKeyId: randomKeyId('ASIA'),
        secretAccessKey: randomSecret(),
        sessionToken: `FwoGZXIvYXdz${toBase64(randomBytes(96))}`,
        expiration,
      };
      keys.add(credentials);
      callers.set(credentials.accessKeyId, caller);
      for (const oldest of callers.keys()) {
        if (callers.size <= MAX_SESSIONS) break;
        callers.delete(oldest);
        keys.remove(oldest);
      }
      return credentials;
    },
    callerOf: (accessKeyId) =>
      callers.get(accessKeyId) ?? {
        account: ACCOUNT_ID,
        arn: `arn:${partitionOf(region)}:iam::${ACCOUNT_ID}:user/local`,
        userId: `AIDA${accessKeyId.slice(4)}`,
      },
  };
}

/** Who a session of a role is. */
export function roleSession(roleArn: string, sessionName: string): Caller & { roleId: string } {
  const [, partition = 'aws', account = ACCOUNT_ID, role = 'local'] =
    /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  // The same role has the same id each time.
  const letters = role.toUpperCase().replace(/[^A-Z2-7]/g, '');
  const roleId = `AROA${`${letters}LOCALBEDROCKROLE`.slice(0, 16)}:${sessionName}`;
  return {
    account,
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${sessionName}`,
    userId: roleId,
    roleId,
  };
}
