import { BoundedMap } from '../../bounded-map.js';
import { partitionOf } from '../../catalog/partitions.js';
import type { AwsCredentials } from '../../types.js';
import { toBase64 } from '../../wire/base64.js';
import { ACCOUNT_ID } from '../account/account.js';
import { randomBytes, randomKeyId, randomSecret } from '../random.js';
import { type KeyRing, MAX_SESSIONS } from './keys.js';

/** The owner of an access key, as STS describes it. */
export interface Caller {
  account: string;
  arn: string;
  userId: string;
  /** Whether a session policy that has no action of Bedrock limits what the role allows. */
  isLimited?: boolean;
}

/** Credentials that expire. */
export interface SessionCredentials extends AwsCredentials {
  sessionToken: string;
  expiration: Date;
}

/** Credentials that were issued, and are accepted until they expire. */
export interface Sessions {
  issue(caller: Caller, lifeSeconds?: number): SessionCredentials;
  /** Finds the owner of a key; keys that were not issued belong to the account's user `local`. */
  callerOf(accessKeyId: string): Caller;
}

/** Creates sessions whose keys go on the ring. */
export function createSessions(
  keys: KeyRing,
  region: string,
  lifeSeconds: number,
  now: () => number,
): Sessions {
  const callers = new BoundedMap<string, Caller>(MAX_SESSIONS);
  return {
    issue(caller, life = lifeSeconds) {
      // Whole seconds, which every one of AWS's formats can express.
      const expiration = new Date(Math.floor(now() / 1000 + life) * 1000);
      const credentials = {
        accessKeyId: randomKeyId('ASIA'),
        secretAccessKey: randomSecret(),
        sessionToken: `FwoGZXIvYXdz${toBase64(randomBytes(96))}`,
        expiration,
      };
      keys.add(credentials);
      callers.set(credentials.accessKeyId, caller);
      return credentials;
    },
    callerOf: (accessKeyId) =>
      callers.get(accessKeyId) ?? {
        account: ACCOUNT_ID,
        arn: `arn:${partitionOf(region).name}:iam::${ACCOUNT_ID}:user/local`,
        userId: `AIDA${accessKeyId.slice(4)}`,
      },
  };
}

/** Describes the caller of a role's session. */
export function describeRoleSession(roleArn: string, sessionName: string): Caller & { roleId: string } {
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
