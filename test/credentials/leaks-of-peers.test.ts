import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BedrockClient, type BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallOptions, Credentials, StorageLike } from 'bedrock-anywhere';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from '../cli/run.js';
import { errorFrame, exceptionFrame } from '../wire/frames.js';
import {
  answering,
  consoleOutput,
  type GivenAnswer,
  IDP,
  KEYS,
  library,
  question,
  TOKEN,
} from './failing.js';
import { behind, type Library } from './machine.js';
import { expectNoMark, MARK, secret } from './marks.js';
import { echoOf, events, json, type Peer, PLACES, SPELLED, SPELLINGS, start } from './peers.js';

/** Signatures that were sent in the test: they are secrets too. */
let signatures: Set<string>;
/** Everything that a test got to see, with what it did for it. */
let seen: [what: string, value: unknown][];

beforeEach(() => {
  signatures = new Set();
  seen = [];
  // Nothing waits before it tries again, also what is not of this library.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** Control characters, marks that turn the direction of text, and the like. Stacks have line feeds. */
const CONTROL = /(?!\n)[\p{Cc}\p{Cf}]/u;

/** The texts in a value, at any depth. */
function* textsIn(value: unknown, known = new Set<unknown>()): Iterable<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || known.has(value)) return;
  known.add(value);
  for (const name of Reflect.ownKeys(value)) {
    yield String(name);
    yield* textsIn(Object.getOwnPropertyDescriptor(value, name)?.value, known);
  }
}

/** Looks at everything that a test got to see, and at the console. */
function expectClean(): void {
  expect(seen).not.toHaveLength(0);
  for (const [what, value] of seen) {
    expectNoMark(value, what, signatures);
    for (const text of textsIn(value)) expect(CONTROL.exec(text)?.[0], `${what}: ${text}`).toBeUndefined();
  }
  expectNoMark(consoleOutput(), 'The console', signatures);
}

/** Notes what comes of something: its value or its error. */
async function look(what: string, doing: () => PromiseLike<unknown>): Promise<void> {
  try {
    seen.push([what, await doing()]);
  } catch (error) {
    seen.push([what, error]);
  }
}

/** A storage whose content is looked at. */
function watchedStorage(what: string): StorageLike {
  const items = new Map<string, string>();
  seen.push([what, items]);
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      items.set(key, value);
      seen.push([what, [key, value]]);
    },
    removeItem: (key) => void items.delete(key),
  };
}

/** Starts a peer. */
const peerAt = (peer: Peer, spell: (text: string) => string = String): Promise<string> =>
  answering((request) => peer(spell(echoOf(request, signatures)), request));

const HOOKS: CallOptions = {
  onRequest: (details) => void seen.push(['onRequest', details]),
  onResponse: (details) => void seen.push(['onResponse', details]),
  onRetry: (details) => void seen.push(['onRetry', details]),
};

/** Makes every call that there is, with the fetch of this library. */
async function callAll(lib: Library, endpoint: string, credentials: Credentials): Promise<void> {
  const options: CallOptions = {
    region: 'us-east-1',
    maxAttempts: 2,
    maxRetryDelayMs: 0,
    endpoint,
    ...HOOKS,
  };
  const call: CallOptions = { headers: { 'x-api-key': secret('header') } };
  const bedrock = lib.createBedrock({ ...options, credentials });
  await look('stream()', () => bedrock.stream(question, call).result());
  await look('converse()', () => bedrock.converse(question, call));
  await look('countTokens()', () => bedrock.countTokens(question, call));
  await look('discover()', () =>
    bedrock.discover({ ...call, checkAccess: true, storage: watchedStorage('The storage of discover()') }),
  );
  await look('getCallerIdentity()', () =>
    lib.getCallerIdentity({ ...options, ...call, credentials: 'token' in credentials ? KEYS : credentials }),
  );
  const fromPool = lib.fromCognitoIdentityPool({
    identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
    logins: { [IDP]: secret('login') },
    userIdentifier: 'ann',
    cache: watchedStorage('The cache of Cognito'),
    clientConfig: { endpoint },
  });
  await look('fromCognitoIdentityPool()', () => fromPool());
  await look('stream() with Cognito', () => bedrock.stream(question, { credentials: fromPool }).result());
  await look('explain() with Cognito', () =>
    lib.explain({ ...options, credentials: fromPool, resolve: true }),
  );
  await look('createApiKey() with Cognito', () =>
    lib.createApiKey(fromPool as never, { region: 'us-east-1' }).then(() => 'a key'),
  );
}

const CREDENTIALS: readonly Credentials[] = [KEYS, TOKEN];

describe('no secret, and no control character, comes out of a call whose peer repeats what it was sent', () => {
  it.each(Object.entries(SPELLED))('in %s, in any spelling', async (_where, peer) => {
    const lib = await library();
    for (const [spelling, spell] of Object.entries(SPELLINGS)) {
      const endpoint = await peerAt(peer, spell);
      for (const credentials of CREDENTIALS) await callAll(lib, endpoint, credentials);
      for (const entry of seen) entry[0] += `, ${spelling}`;
      expectClean();
      seen = [];
    }
  });

  it.each(Object.entries(PLACES))('in %s', async (_where, peer) => {
    const lib = await library();
    const endpoint = await peerAt(peer);
    for (const credentials of CREDENTIALS) await callAll(lib, endpoint, credentials);
    expectClean();
  });
});

/** A key that may pass for a name or an id, as it has letters of words alone. */
const WORD = { token: `${MARK}_Key-0123456789` };

describe('no key that looks like a name or an id comes out', () => {
  it.each<[where: string, answer: (key: string) => GivenAnswer]>([
    ['x-amzn-requestid of a 200', (key) => json(200, {}, { 'x-amzn-requestid': key })],
    ['x-amzn-requestid of a refusal', (key) => json(400, { message: 'No.' }, { 'x-amzn-requestid': key })],
    ['the request id of a stream', (key) => ({ ...events(start), headers: { 'x-amzn-requestid': key } })],
    ['x-amzn-errortype', (key) => json(400, { message: 'No.' }, { 'x-amzn-errortype': key })],
    ['__type', (key) => json(400, { __type: key, message: 'No.' })],
    ['the name of an exception in a stream', (key) => events(start, exceptionFrame(key, { message: 'No.' }))],
    ['the code of an error frame', (key) => events(start, errorFrame(key, 'No.'))],
  ])('of %s', async (_where, answer) => {
    const endpoint = await answering(({ headers }) =>
      answer(String(headers['authorization']).replace('Bearer ', '')),
    );
    const lib = await library();
    await callAll(lib, endpoint, WORD);
    const { sdkTransport } = await import('bedrock-anywhere/aws');
    const client = new BedrockRuntimeClient({
      endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      token: WORD,
      authSchemePreference: ['httpBearerAuth'],
      requestHandler: new NodeHttpHandler(),
    });
    const bedrock = lib.createBedrock({ transport: sdkTransport({ client }), ...HOOKS });
    await look('stream() of the AWS client', () => bedrock.stream(question).result());
    await look('converse() of the AWS client', () => bedrock.converse(question));
    client.destroy();
    expectClean();
  });
});

describe.each([
  ['FetchHttpHandler', () => new FetchHttpHandler()],
  ['NodeHttpHandler', () => new NodeHttpHandler()],
])('the same through sdkTransport() with %s', (_name, createHandler) => {
  it.each([...Object.entries(SPELLED), ...Object.entries(PLACES)])('in %s', async (_where, peer) => {
    const { createBedrock } = await library();
    const { sdkTransport } = await import('bedrock-anywhere/aws');
    const endpoint = await peerAt(peer);
    for (const credentials of CREDENTIALS) {
      const config = {
        endpoint,
        region: 'us-east-1',
        maxAttempts: 1,
        requestHandler: createHandler(),
        ...('token' in credentials
          ? { token: { token: credentials.token }, authSchemePreference: ['httpBearerAuth'] }
          : { credentials }),
      };
      const client = new BedrockRuntimeClient(config as BedrockRuntimeClientConfig);
      const controlClient = new BedrockClient(config as BedrockClientConfig);
      const bedrock = createBedrock({ transport: sdkTransport({ client, controlClient }), ...HOOKS });
      const call = { headers: { 'x-api-key': secret('header') } };
      await look('stream()', () => bedrock.stream(question, call).result());
      await look('converse()', () => bedrock.converse(question, call));
      await look('countTokens()', () => bedrock.countTokens(question, call));
      await look('discover()', () =>
        bedrock.discover({ ...call, checkAccess: true, storage: watchedStorage('The storage') }),
      );
      client.destroy();
      controlClient.destroy();
    }
    expectClean();
  });
});

describe('the same in the adapter for pi', () => {
  it.each([...Object.entries(SPELLED), ...Object.entries(PLACES)])('in %s', async (_where, peer) => {
    await library();
    const { createBedrockProvider } = await import('bedrock-anywhere/pi');
    const endpoint = await peerAt(peer);
    const model = {
      id: question.modelId,
      name: 'Nova',
      api: 'bedrock-converse-stream' as const,
      provider: 'amazon-bedrock',
      baseUrl: endpoint,
      reasoning: false,
      input: ['text' as const],
      cost: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
      contextWindow: 1000,
      maxTokens: 1000,
    };
    const context = { messages: [{ role: 'user' as const, content: 'Hi', timestamp: 0 }] };
    for (const credentials of CREDENTIALS) {
      const provider = createBedrockProvider({ region: 'us-east-1', credentials, maxAttempts: 1 });
      await look('result()', () => provider.stream(model, context).result());
    }
    expectClean();
  });
});

describe('the same on the command line', () => {
  it.each([...Object.entries(SPELLED), ...Object.entries(PLACES)])('in %s', async (_where, peer) => {
    const endpoint = await peerAt(peer);
    for (const variables of [
      {
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_SESSION_TOKEN: KEYS.sessionToken,
      },
      { AWS_BEARER_TOKEN_BEDROCK: TOKEN.token },
    ]) {
      const home = environment({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', ...variables });
      behind(() => vi.unstubAllEnvs());
      for (const args of [
        ['models'],
        ['models', '--check-access', '--json'],
        ['whoami'],
        ['whoami', '--json'],
      ])
        await look(args.join(' '), () => run(args));
      const folder = join(home, 'cache', 'bedrock-anywhere');
      await look('The cache folder', async () =>
        readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
      );
    }
    expectClean();
  });
});
