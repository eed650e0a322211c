import { inputError } from '../errors.js';
import { address } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import { callback, object, type Read, storage, text } from '../input/read.js';
import type { StorageLike } from '../types.js';

/** A token of an identity provider, or a function that returns a fresh one. */
export type Login = string | (() => PromiseLike<string>);

/** Options of `fromCognitoIdentityPool()`, in the shape of the AWS SDK's provider of the same name. */
export interface CognitoIdentityPoolInit {
  /** `region:uuid`. */
  identityPoolId: string;
  /** Account that owns the pool, 12 digits. Default: none; it is not needed. */
  accountId?: string | undefined;
  /** Tokens by the name of their identity provider; omitted for guests, who need `guestRoleArn`. */
  logins?: Record<string, Login> | undefined;
  /**
   * Role that guests assume, through Cognito's basic (classic) flow: what its other flow gives guests can never call Bedrock.
   * The role has to trust guests of the pool, and the pool has to allow that flow. Default: none, and guests are refused.
   */
  guestRoleArn?: string | undefined;
  /**
   * Role of a logged-in user, if the token allows several. Default: the pool's own role for authenticated identities.
   */
  customRoleArn?: string | undefined;
  /**
   * Your own id for the user. Without one, the identity of a logged-in user is not cached. Default: none, and no identity of a
   * user is stored.
   */
  userIdentifier?: string | undefined;
  /** Where the identity id is cached. Default: `localStorage` in a page, otherwise memory. */
  cache?: StorageLike | undefined;
  /** Where Cognito and STS are called. Default: AWS's endpoints in the region of the pool. */
  clientConfig?:
    | {
        /** Default: the region in `identityPoolId`. */
        region?: string | (() => PromiseLike<string>) | undefined;
        endpoint?: string | URL | undefined;
        /** Endpoint of STS, for guests. Default: `endpoint`. */
        stsEndpoint?: string | URL | undefined;
      }
    | undefined;
  /** Used instead of the global `fetch`. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

const readClientConfig: Read = (value) =>
  readOptions(
    value,
    { region, endpoint: address, stsEndpoint: address },
    'clientConfig of fromCognitoIdentityPool()',
  );

const region: Read = (value, path) => (typeof value === 'function' ? value : text(value, path));

/** Checks the options. */
export function readInit(options: CognitoIdentityPoolInit): CognitoIdentityPoolInit {
  const known = {
    identityPoolId: text,
    accountId: text,
    // A copy: later looks at getters could find something else, or throw.
    logins: (value, path) => ({ ...(object(value, path) as object) }),
    guestRoleArn: text,
    customRoleArn: text,
    userIdentifier: text,
    cache: storage,
    clientConfig: readClientConfig,
    fetch: callback,
  } satisfies Record<keyof CognitoIdentityPoolInit, Read>;
  const init = readOptions<CognitoIdentityPoolInit>(options, known, 'fromCognitoIdentityPool()');
  checkPoolId(init.identityPoolId);
  const { guestRoleArn = '' } = init;
  if (guestRoleArn !== '' && !ROLE_ARN.test(guestRoleArn)) {
    throw inputError(
      `guestRoleArn is ${JSON.stringify(guestRoleArn.slice(0, 80))}. Pass the ARN of a role, such as ` +
        'arn:aws:iam::123456789012:role/bedrock-guests.',
    );
  }
  if (isGuest(init) && guestRoleArn === '') {
    throw inputError(
      'fromCognitoIdentityPool() has no logins, and guests can call Bedrock only in a role of their own. Pass guestRoleArn, ' +
        'the ARN of a role that trusts guests of the pool (docs/cognito.md), or logins.',
    );
  }
  return init;
}

/** Whether the pool is not told who the user is. */
export function isGuest({ logins = {} }: CognitoIdentityPoolInit): boolean {
  return Object.keys(logins).length === 0;
}

const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/\S+$/;

/** Source: Amazon Cognito federated identities API reference, "GetId", 2026-11-28. */
const POOL_ID = /^[a-z]{2,}(?:-[a-z]+)+-\d+:[\da-f-]{1,36}$/;

function checkPoolId(id: string | undefined): void {
  if (id !== undefined && POOL_ID.test(id)) return;
  const isUserPool = id !== undefined && /^[a-z-]+-\d+_\w+$/.test(id);
  throw inputError(
    `identityPoolId is ${id ? JSON.stringify(id.slice(0, 80)) : 'missing'}. Pass the id of ${isUserPool ? 'an identity pool; this is the id of a user pool' : 'the identity pool'}, such as ` +
      'eu-central-1:01234567-89ab-cdef-0123-456789abcdef.',
  );
}

/** The region of the pool: its id begins with it. */
export async function poolRegion({ identityPoolId, clientConfig }: CognitoIdentityPoolInit): Promise<string> {
  const given = clientConfig?.region;
  return (typeof given === 'function' ? await given() : given) ?? identityPoolId.replace(/:.*/, '');
}
