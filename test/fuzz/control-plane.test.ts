import {
  createBedrock,
  type Discovery,
  fromCognitoIdentityPool,
  getCallerIdentity,
  memoryStorage,
} from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { secret } from '../credentials/marks.js';
import { ControlPlane, cognitoAnswer, IDENTITY } from './control-plane.js';
import { expectModels } from './models.js';
import { Outcomes } from './outcomes.js';
import type { Random } from './random.js';
import { fuzz } from './seed.js';
import {
  beginRun,
  callWithLeaving,
  expectNothingLeft,
  expectSecretKept,
  expectTyped,
  type Left,
  watchProcess,
} from './watch.js';

const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: secret('key'), sessionToken: secret('session') };
const LOGIN = secret('login');

watchProcess();

const local = createLocalBedrock();

/** What it answers to each request of `discover()`, which is the same in all runs. */
const kept = new Map<string, string>();
const pathOf = (request: Request): string => request.url.slice(new URL(request.url).origin.length);
await createBedrock({
  region: local.region,
  credentials: local.credentials,
  fetch: async (input, init) => {
    const request = new Request(input, init);
    const response = await local.fetch(request);
    kept.set(pathOf(request), await response.clone().text());
    return response;
  },
}).discover({ checkAccess: true });

const fail = (): never => {
  throw new Error('the storage is full');
};
const brokenStorage = { getItem: fail, setItem: fail, removeItem: fail };

type Call = (
  random: Random,
  index: number,
) => { peer: ControlPlane; call: (signal: AbortSignal) => PromiseLike<unknown> };

const CALLS: Readonly<Record<string, Call>> = {
  'discover()': (random, index) => {
    const peer = new ControlPlane(random, async (request) => ({
      text: kept.get(pathOf(request)) ?? '{}',
      isJson: true,
      echo: KEYS.sessionToken,
    }));
    const bedrock = createBedrock({
      endpoint: `https://lists-${index}.example`,
      region: local.region,
      credentials: KEYS,
      fetch: peer.ask,
      maxAttempts: random.pick([1, 1, 2]),
    });
    const options = {
      storage: memoryStorage(),
      refreshInterval: random.pick([0, 3600]),
      checkAccess: random.chance(0.1),
    };
    return {
      peer,
      call: async (signal) => {
        const found = await bedrock.discover({ ...options, signal });
        expectModels(found as Discovery);
        return found;
      },
    };
  },
  'getCallerIdentity()': (random, index) => {
    const peer = new ControlPlane(random, async () => ({ ...IDENTITY, echo: KEYS.sessionToken }));
    const options = {
      region: 'us-east-1',
      endpoint: `https://sts-${index}.example`,
      credentials: KEYS,
      fetch: peer.ask,
    };
    return {
      peer,
      call: async (signal) => {
        const found = await getCallerIdentity({ ...options, signal, maxAttempts: 1 });
        if (Object.values(found).some((member) => typeof member !== 'string'))
          throw new Error('not all are text');
        return found;
      },
    };
  },
  'fromCognitoIdentityPool()': (random, index) => {
    const isGuest = random.chance(0.5);
    const peer = new ControlPlane(random, async (request) => cognitoAnswer(request, isGuest ? '' : LOGIN));
    const provider = fromCognitoIdentityPool({
      identityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000',
      ...(isGuest
        ? { guestRoleArn: 'arn:aws:iam::123456789012:role/guests' }
        : { logins: { 'login.example': LOGIN } }),
      clientConfig: { endpoint: `https://cognito-${index}.example` },
      cache: random.chance(0.5) ? memoryStorage() : brokenStorage,
      fetch: peer.ask,
    });
    return { peer, call: () => Promise.resolve(provider()) };
  },
};

const outcomes = new Outcomes();

fuzz('any answer of a control plane settles, is typed, closes its body and keeps the secret', {
  share: 0.15,
  async run(random, index) {
    beginRun(random);
    const name = random.pick(Object.keys(CALLS));
    const { peer, call } = (CALLS[name] as Call)(random, index);
    let left: Left | undefined;
    try {
      left = await callWithLeaving(random, peer, call);
      const { outcome, signal, reason } = left;
      await expectNothingLeft(peer, signal);
      outcomes.count(outcome, reason);
      if (outcome.status === 'fulfilled')
        return expectSecretKept(withoutKeys(outcome.value), index % 8 === 0);
      expectTyped(outcome.reason, reason);
      expectSecretKept(outcome.reason, index % 8 === 0);
      if (!peer.isDamaged && !signal.aborted) throw outcome.reason;
    } catch (error) {
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    }
  },
  finish: () => outcomes.expectEach('ok', 'ERR_PROTOCOL', 'ERR_CREDENTIALS', 'ERR_TIMEOUT', 'abort'),
});

/** What a call found, which is for its caller: only a list is shown and stored. */
function withoutKeys(found: unknown): unknown {
  return 'models' in Object(found) ? found : undefined;
}
