import { inspect } from 'node:util';
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { CredentialProvider, Credentials } from 'bedrock-anywhere';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { eventFrame } from '../wire/frames.js';
import { everyCall, failure, KEYS, library, question, TOKEN } from './failing.js';
import { MARK, secret } from './marks.js';

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));

/** An error as HTTP clients make them: with all that they sent. */
const httpError = (members: object): Error =>
  Object.assign(new Error('Request failed with status 403'), members);

/** As HTTP clients make them that keep the request to themselves, and show it. */
class PrivateError extends Error {
  readonly #sent: string;
  constructor(sent: string) {
    super('No.');
    this.#sent = sent;
  }
  toJSON(): unknown {
    return { sent: this.#sent };
  }
  [inspect.custom](): string {
    return `PrivateError: ${this.#sent}`;
  }
}

function deepError(said: string, depth: number): Error {
  let of: unknown = { said };
  for (let i = 0; i < depth; i++) of = { of };
  return httpError({ of });
}

function cyclicError(said: string): Error {
  const error: Error & { self?: unknown } = new Error(said);
  error.self = error;
  error.cause = error;
  return error;
}

/** What is thrown, with a secret in it that the call knows. */
const KNOWN: Readonly<Record<string, (said: string) => unknown>> = {
  'an error that says it': (said) => new Error(`cannot send ${said}`),
  'an error that says it in lines and escape sequences': (said) =>
    new Error(`cannot send\n\u001b[31m${said}\u009b1m\u202e`),
  'an error that says it percent-encoded': (said) => new Error(`GET /?token=${encodeURIComponent(said)}`),
  'an error with a name that says it': (said) => Object.assign(new Error('No.'), { name: `${said}Error` }),
  'an error with a stack that says it': (said) =>
    Object.assign(new Error('No.'), { stack: `Error: ${said}\n    at x` }),
  'an error with a code that says it': (said) => Object.assign(new Error('No.'), { code: said }),
  'an error whose cause says it': (said) => new TypeError('fetch failed', { cause: new Error(said) }),
  'an error whose cause is a text that says it': (said) => new TypeError('fetch failed', { cause: said }),
  'an error whose causes say it': (said) => new TypeError('fetch failed', { cause: [new Error(said), said] }),
  'several errors that say it': (said) => new AggregateError([new Error(said)], 'All failed.'),
  'an error with the headers': (said) => httpError({ config: { headers: { 'x-id': said } } }),
  'an error with the head of the request': (said) =>
    httpError({ request: { _header: `POST / HTTP/1.1\r\nx: ${said}\r\n` } }),
  'an error with the secret as a key': (said) => httpError({ [said]: 1 }),
  'an error with the secret under a symbol': (said) => httpError({ [Symbol('headers')]: said }),
  'an error with a hidden member': (said) =>
    Object.defineProperty(new Error('No.'), 'request', { value: { said } }),
  'an error with a Request': (said) =>
    httpError({ request: new Request('https://x.example', { headers: { x: said } }) }),
  'an error with Headers': (said) => httpError({ headers: new Headers({ x: said }) }),
  'an error with a Map': (said) => httpError({ headers: new Map([['x', said]]) }),
  'an error with bytes': (said) => httpError({ body: new TextEncoder().encode(said) }),
  'an error with a long text': (said) => httpError({ body: `${'x '.repeat(200_000)}${said}` }),
  'an error with a function that has it': (said) => httpError({ send: Object.assign(() => {}, { said }) }),
  'an error with a text that is an object': (said) => httpError({ body: Object(said) as object }),
  'an error with a symbol that says it': (said) => httpError({ body: Symbol(said) }),
  'an error that shows what is private': (said) => new PrivateError(said),
  'an error with half of it': (said) => new Error(`cannot send ${said.trim().slice(0, -8)}… (shortened)`),
  'an error with much in it': (said) => deepError(said, 1000),
  'an error in a circle': cyclicError,
  'an error with a member that throws': (said) =>
    Object.defineProperty(new Error(said), 'request', {
      enumerable: true,
      get() {
        throw new Error(said);
      },
    }),
  'a text': (said) => said,
  'an object': (said) => ({ message: `cannot send ${said}`, headers: { x: said } }),
  'a list': (said) => [said],
  'a Response': (said) => new Response(said, { headers: { x: said } }),
};

/** The secrets of a request, as a fetch sees them, and the key that it was signed with. */
function secretsOf(init: RequestInit | undefined): string {
  const headers = new Headers(init?.headers);
  const session = headers.get('x-amz-security-token');
  const signedWith = session === null ? '' : KEYS.secretAccessKey;
  return [headers.get('authorization'), session, signedWith, headers.get('x-api-key')].join(' ');
}

/** Each call with a fetch. */
async function callsWith(fetch: typeof globalThis.fetch, credentials: Credentials) {
  const { createBedrock, getCallerIdentity } = await library();
  const options = { region: 'us-east-1', fetch, credentials };
  const headers = { 'x-api-key': secret('header') };
  return [
    ...(await everyCall(options)),
    () => createBedrock(options).converse(question, { headers }),
    ...('token' in credentials ? [] : [() => getCallerIdentity({ ...options, headers })]),
  ];
}

describe('no secret is in the error of a call', () => {
  it.each(Object.entries(KNOWN))('whose fetch throws %s', async (_what, make) => {
    for (const credentials of [KEYS, TOKEN]) {
      const fetch: typeof globalThis.fetch = async (_input, init) => {
        throw make(secretsOf(init));
      };
      for (const call of await callsWith(fetch, credentials)) {
        expect(await failure(call)).toMatchObject({ code: 'ERR_NETWORK' });
      }
    }
  });

  it.each(Object.entries(KNOWN))('whose body fails with %s', async (_what, make) => {
    for (const credentials of [KEYS, TOKEN]) {
      const fetch: typeof globalThis.fetch = async (_input, init) => {
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(eventFrame('messageStart', { role: 'assistant' })),
          pull: (controller) => controller.error(make(secretsOf(init))),
        });
        return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
      };
      for (const call of await callsWith(fetch, credentials)) await failure(call);
    }
  });
});

describe('no secret is in the error of an AWS client', () => {
  it.each(Object.entries(KNOWN))('whose request handler throws %s', async (_what, make) => {
    const { createBedrock } = await library();
    const { sdkTransport } = await import('bedrock-anywhere/aws');
    const handle = async ({ headers }: { headers: Record<string, string> }) => {
      throw make(secretsOf({ headers }));
    };
    const requestHandler = { handle };
    for (const identity of [
      { credentials: KEYS },
      { token: TOKEN, authSchemePreference: ['httpBearerAuth'] },
    ]) {
      const config = { region: 'us-east-1', maxAttempts: 1, requestHandler, ...identity };
      const client = new BedrockRuntimeClient(config as BedrockRuntimeClientConfig);
      const bedrock = createBedrock({ transport: sdkTransport({ client }) });
      await failure(() => bedrock.converse(question));
      await failure(() => bedrock.stream(question).text());
    }
  });

  it('that has no region, because what should tell it fails', async () => {
    const { createBedrock } = await library();
    const { sdkTransport } = await import('bedrock-anywhere/aws');
    const client = new BedrockRuntimeClient({
      region: () => Promise.reject(httpError({ token: secret('token') })),
      credentials: KEYS,
    } as unknown as BedrockRuntimeClientConfig);
    const bedrock = createBedrock({ transport: sdkTransport({ client }) });
    expect(await failure(() => bedrock.converse(question))).toMatchObject({ code: 'ERR_INPUT' });
  });
});

/** A token of a service that the library knows nothing of. */
const OPAQUE = `${MARK}AbCdEfGhIjKlMnOpQrStUvWxYz0123456789`;

/** What is thrown, with a secret in it that nobody else knows. */
const UNKNOWN: Readonly<Record<string, () => unknown>> = {
  'an error with the headers of its request': () =>
    httpError({ config: { headers: { Authorization: `Bearer ${secret('of the vault')}` } } }),
  'an error with a token': () => httpError({ token: secret('token') }),
  'an error with keys': () => httpError({ answer: { SecretAccessKey: secret('key') } }),
  'an error with a password, deep in it': () =>
    httpError({ config: { auth: { username: 'ann', password: secret('p') } } }),
  'an error with its Request': () =>
    httpError({ request: new Request('https://x.example', { headers: { authorization: secret('x') } }) }),
  'an error that says a token': () => new Error(`The vault does not know the token ${OPAQUE}.`),
  'an error whose cause says a token': () => new Error('No.', { cause: new Error(`not ${OPAQUE}`) }),
  'an error of AWS with what a server said': () =>
    Object.assign(new Error('Server responded with status: 403'), { Code: 'X', Message: `not ${OPAQUE}` }),
  'a text with a token': () => `not ${OPAQUE}`,
  'an object with a token': () => ({ message: `not ${OPAQUE}`, token: secret('token') }),
};

describe('no secret of a provider is in the error', () => {
  it.each(Object.entries(UNKNOWN))('of a call whose provider throws %s', async (_what, make) => {
    const provider: CredentialProvider = async () => {
      throw make();
    };
    const { createApiKey, explain, firstAvailable, getCallerIdentity } = await library();
    for (const credentials of [
      provider,
      firstAvailable(provider),
      firstAvailable(firstAvailable(provider)),
    ]) {
      const options = { region: 'us-east-1', credentials };
      for (const call of [
        ...(await everyCall(options)),
        () => getCallerIdentity(options),
        () => createApiKey(credentials as never, { region: 'us-east-1' }),
        () =>
          explain({ ...options, resolve: true }).then((found) =>
            Promise.reject(Object.assign(new Error(), found)),
          ),
      ])
        await failure(call);
    }
  });

  it.each(Object.entries(UNKNOWN))('of a login that throws %s', async (_what, make) => {
    const { fromCognitoIdentityPool } = await library();
    const credentials = fromCognitoIdentityPool({
      identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
      logins: { idp: () => Promise.reject(make()) },
    });
    for (const call of await everyCall({ credentials })) await failure(call);
  });

  it.each(Object.entries(UNKNOWN))('of an AWS client whose provider throws %s', async (_what, make) => {
    const { createBedrock } = await library();
    const { sdkTransport } = await import('bedrock-anywhere/aws');
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      credentials: () => Promise.reject(make()),
    });
    const bedrock = createBedrock({ transport: sdkTransport({ client }) });
    for (const call of [() => bedrock.converse(question), () => bedrock.stream(question).text()]) {
      expect(await failure(call)).toMatchObject({ message: expect.stringContaining('sent nothing') });
    }
  });
});

describe('a cause without a secret', () => {
  class VaultError extends Error {
    readonly code = 'SEALED';
  }

  it('is the error that was thrown, so that its class and members can be used', async () => {
    const { createBedrock } = await library();
    const own = new VaultError('The vault is sealed.', {
      cause: Object.assign(new Error('x'), { errno: -111 }),
    });
    const sealed = () => Promise.reject(own);
    const ofProvider = createBedrock({ region: 'us-east-1', credentials: sealed }).converse(question);
    await expect(ofProvider).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      cause: expect.toSatisfy((c) => c === own),
    });
    const ofFetch = createBedrock({ credentials: KEYS, fetch: sealed, maxAttempts: 1 }).converse(question);
    await expect(ofFetch).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      cause: expect.toSatisfy((c) => c === own),
    });
  });

  it('keeps what it says and its name where its members are left out', async () => {
    const { createBedrock } = await library();
    const own = Object.assign(new VaultError('The vault is sealed.'), {
      name: 'VaultError',
      token: secret('token'),
    });
    const call = () => createBedrock({ credentials: () => Promise.reject(own) }).converse(question);
    const { cause } = (await failure(call)) as { cause?: unknown };
    expect(cause).toMatchObject({ name: 'VaultError', message: 'The vault is sealed.', stack: own.stack });
    expect(cause).not.toHaveProperty('token');
  });
});
