import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as library from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { ODD } from './odd-values.js';

const local = createLocalBedrock();
const send = (input: RequestInfo | URL, init?: RequestInit) => local.fetch(new Request(input, init));

const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeAll(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubGlobal('fetch', send);
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** What a program in plain JavaScript calls: the types are of no use there. */
type Loose = { [Name in keyof typeof library]: (...args: unknown[]) => unknown };
const loose = library as unknown as Loose;
const { createBedrock, converse, countTokens, discover, explain, getCallerIdentity } = loose;
const { createApiKey, fromCognitoIdentityPool } = loose;
const stream = loose.stream as (...args: unknown[]) => library.ConverseStream;
const fromResponse = loose.fromResponse as (...args: unknown[]) => library.ConverseStream;

const options = {
  region: local.region,
  credentials: { token: local.apiKey },
  fetch: send,
  maxAttempts: 1,
};
const request = { modelId: 'amazon.nova-lite-v1:0', prompt: 'Hi' };
const keys = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret' };
const pool = { identityPoolId: local.identityPoolId, guestRoleArn: local.guestRoleArn, fetch: send };

type Call = (odd: unknown) => unknown;
const CALLS: Record<string, Call> = {
  'createBedrock(odd)': (odd) => createBedrock(odd),
  'stream(odd)': (odd) => stream(odd, options).result(),
  'stream(request, odd)': (odd) => stream(request, odd).result(),
  'stream().cancel(odd)': (odd) => stream(request, options).cancel(odd as never),
  'stream().toResponse(odd)': async (odd) => (await stream(request, options).toResponse(odd as never)).text(),
  'stream().toTextResponse(odd)': async (odd) =>
    (await stream(request, options).toTextResponse(odd as never)).text(),
  'converse(odd)': (odd) => converse(odd, options),
  'converse(request, odd)': (odd) => converse(request, odd),
  'countTokens(odd)': (odd) => countTokens(odd, options),
  'countTokens(request, odd)': (odd) => countTokens(request, odd),
  'discover(odd)': (odd) => discover(odd),
  'explain(odd)': (odd) => explain(odd),
  'getCallerIdentity(odd)': (odd) => getCallerIdentity(odd),
  'createApiKey(odd, …)': (odd) => createApiKey(odd, { region: 'us-east-1' }),
  'createApiKey(keys, odd)': (odd) => createApiKey(keys, odd),
  'createApiKey() with expiresInSeconds': (odd) =>
    createApiKey(keys, { region: 'us-east-1', expiresInSeconds: odd }),
  'fromCognitoIdentityPool(odd)': (odd) => fromCognitoIdentityPool(odd),
  'fromResponse(odd)': (odd) => fromResponse(odd).result(),
  'memoryStorage(odd)': (odd) => loose.memoryStorage(odd),
  'memoryStorage({ maxEntries })': (odd) => loose.memoryStorage({ maxEntries: odd }),
  'indexedDBStorage(odd)': (odd) => loose.indexedDBStorage(odd),
  'workersKvStorage(odd)': (odd) => loose.workersKvStorage(odd),
  'denoKvStorage(odd)': (odd) => loose.denoKvStorage(odd),
};

/** Each option of discover(), and members of other options. */
for (const name of [
  'enabled',
  'refreshInterval',
  'storage',
  'cacheScope',
  'checkAccess',
  'providerFilter',
  'defaultContextWindow',
  'defaultMaxTokens',
  'expandProfiles',
  'allowGlobal',
  'timeoutMs',
  'signal',
  'headers',
  'transport',
  'endpoint',
  'region',
]) {
  CALLS[`discover({ ${name} })`] = (odd) => discover({ ...options, [name]: odd });
}
for (const name of ['modelId', 'resolve', 'defaults']) {
  CALLS[`explain({ ${name} })`] = (odd) => explain({ ...options, [name]: odd });
}
for (const name of [
  'identityPoolId',
  'guestRoleArn',
  'accountId',
  'logins',
  'customRoleArn',
  'cache',
  'clientConfig',
]) {
  CALLS[`converse() as a Cognito identity with ${name}`] = (odd) =>
    converse(request, { ...options, credentials: fromCognitoIdentityPool({ ...pool, [name]: odd }) });
}
for (const name of ['region', 'endpoint']) {
  CALLS[`converse() as a Cognito identity with clientConfig.${name}`] = (odd) => {
    const credentials = fromCognitoIdentityPool({ ...pool, clientConfig: { [name]: odd } });
    return converse(request, { ...options, credentials });
  };
}

/** What functions of the caller return: credentials, facts about models, quirks, hooks. */
const RETURNS: Record<string, (give: () => unknown) => object> = {
  'a provider': (give) => ({ credentials: give }),
  'an async provider': (give) => ({ credentials: async () => give() }),
  'fromStatic()': (give) => ({ credentials: loose.fromStatic(give()) }),
  'fromBearerToken()': (give) => ({ credentials: loose.fromBearerToken(give) }),
  'fromBearerToken(text)': (give) => ({ credentials: loose.fromBearerToken(give()) }),
  'fromEnvironment()': (give) => ({ credentials: loose.fromEnvironment(give()) }),
  'firstAvailable()': (give) => ({ credentials: loose.firstAvailable(give()) }),
  'a Cognito login': (give) => ({
    credentials: fromCognitoIdentityPool({ ...pool, logins: { idp: give } }),
  }),
  'a Cognito region': (give) => ({
    credentials: fromCognitoIdentityPool({ ...pool, clientConfig: { region: give } }),
  }),
  'a catalog': (give) => ({ catalog: give }),
  'the price of a catalog': (give) => ({ catalog: () => ({ price: give(), contextWindow: give() }) }),
  'the tiers of a price': (give) => ({ catalog: () => ({ price: { input: 1, output: 2, tiers: give() } }) }),
  'a catalog that throws': (give) => ({
    catalog: () => {
      throw give();
    },
  }),
  quirks: (give) => ({ quirks: give, repair: 'all' }),
  'the reasoning of quirks': (give) => ({ quirks: () => ({ reasoning: give() }), repair: 'all' }),
  'quirks that throw': (give) => ({
    quirks: () => {
      throw give();
    },
  }),
  'a provider that throws': (give) => ({
    credentials: () => {
      throw give();
    },
  }),
  hooks: (give) => ({ onRequest: give, onResponse: give, onRetry: give }),
  'hooks that throw': (give) => ({
    onRequest: () => {
      throw give();
    },
  }),
};
for (const [what, make] of Object.entries(RETURNS)) {
  const of = (odd: unknown) => ({ ...options, ...make(() => odd) });
  CALLS[`converse() with ${what}`] = (odd) => converse(request, of(odd));
  CALLS[`stream() with ${what}`] = (odd) => stream(request, of(odd)).result();
  if (/provider|catalog/.test(what)) CALLS[`discover() with ${what}`] = (odd) => discover(of(odd));
}

/** A transport whose methods give what they should, but for one. */
const transport = (name: string, odd: unknown) => ({
  destination: async () => ({
    region: 'us-east-1',
    endpoint: new URL('https://bedrock.example'),
    credentials: undefined,
  }),
  unary: async () => ({ json: {}, requestId: undefined }),
  stream: async () => ({ take: () => undefined, more: async () => false, close: () => {} }),
  [name]: async () => odd,
});
for (const name of ['destination', 'unary', 'stream']) {
  const call =
    name === 'stream' ? (of: object) => stream(request, of).result() : (of: object) => converse(request, of);
  CALLS[`a transport whose ${name}() gives`] = (odd) => call({ transport: transport(name, odd) });
}
for (const name of ['take', 'close', 'requestId']) {
  CALLS[`a transport whose events have ${name}`] = (odd) => {
    const events = { take: () => undefined, more: async () => false, close: () => {}, [name]: odd };
    return stream(request, { transport: transport('stream', events) }).result();
  };
}

CALLS['a transport whose events have more'] = (odd) => {
  // One that always says that there is more would be waited for without end, and rightly so.
  let asked = 0;
  const more = async () => (++asked > 3 ? false : odd);
  const events = { take: () => undefined, more, close: () => {} };
  return stream(request, { transport: transport('stream', events) }).result();
};

/** A transport is the caller's code and may throw only BedrockErrors: what it throws all the same is handed on. */
const THROWING = /that throws|that rejects|revoked|class/;

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  it('works, or fails with a BedrockError in words', async () => {
    for (const [kind, make] of Object.entries(ODD)) {
      if (name.startsWith('a transport') && THROWING.test(kind)) continue;
      try {
        await call(make());
      } catch (error) {
        if (!library.isBedrockError(error)) throw new Error(`${kind}: not a BedrockError`, { cause: error });
        expect(error.message, kind).toMatch(/\w/);
        // What the caller's own functions throw is quoted.
        if (!/throw/.test(name + kind)) {
          expect(error.message, kind).not.toMatch(/is not a function|not iterable|of undefined|\[object/);
        }
      }
    }
    expect(rejections).toEqual([]);
  });
});
