import {
  type CallOptions,
  createBedrock,
  fromCognitoIdentityPool,
  getCallerIdentity,
} from '../../src/index.js';

const REQUEST = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const POOL = 'us-east-1:00000000-0000-4000-8000-000000000000';

export type CallName =
  | 'converse()'
  | 'countTokens()'
  | 'discover()'
  | 'getCallerIdentity()'
  | 'fromCognitoIdentityPool()';

type Call = (url: string, options?: CallOptions) => Promise<unknown>;

const client = (endpoint: string) => createBedrock({ endpoint, credentials: KEYS });

/** Every call that reads a whole answer. Each sends its first request to a server. */
export const CALLS: Record<CallName, Call> = {
  'converse()': (url, options) => client(url).converse(REQUEST, options),
  'countTokens()': (url, options) => client(url).countTokens(REQUEST, options),
  'discover()': (url, options) => client(url).discover({ ...options, refreshInterval: 0 }),
  'getCallerIdentity()': (url, options) =>
    getCallerIdentity({ region: 'us-east-1', endpoint: url, credentials: KEYS, ...options }),
  // A provider has no options of a call.
  'fromCognitoIdentityPool()': (url) =>
    Promise.resolve(
      fromCognitoIdentityPool({
        identityPoolId: POOL,
        guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
        clientConfig: { endpoint: url },
      })(),
    ),
};

/** The same with `stream()`, whose failed answers are read whole too. */
export const ALL_CALLS: Record<string, Call> = {
  ...CALLS,
  'stream()': (url, options) => client(url).stream(REQUEST, options).result(),
};

/** What a promise came to so far. */
export function outcomeOf(promise: PromiseLike<unknown>): { now: unknown } {
  const outcome: { now: unknown } = { now: 'waiting' };
  const settle = (value: unknown): void => {
    outcome.now = value;
  };
  promise.then(settle, settle);
  return outcome;
}

/** The status of a failure, or of its cause: Cognito's says what to check. */
export function statusOf(error: unknown): unknown {
  const { status, cause } = Object(error) as { status?: number; cause?: { status?: number } };
  return status ?? cause?.status;
}
