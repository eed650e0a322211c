import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fromCognitoIdentityPool } from '../../src/index.js';
import { type Answer, startServer, type TestServer } from '../converse/server.js';
import { ALL_CALLS, CALLS, type CallName, statusOf } from './calls.js';

const MIB = 1024 * 1024;
/** The most that is read of an answer, in MiB. */
const LIMITS: Readonly<Record<CallName, number>> = {
  'converse()': 32,
  'countTokens()': 32,
  'discover()': 8,
  'getCallerIdentity()': 1,
  'fromCognitoIdentityPool()': 1,
};

let server: TestServer;
afterEach(() => server.close());

/** JSON that is valid so far, some MiB of it, from a server that keeps the connection open. */
function more(status: number, size: number, isPacked: boolean): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(isPacked && { 'content-encoding': 'gzip' }),
    });
    const out = isPacked ? createGzip() : response;
    if (out !== response) out.pipe(response);
    out.write('{"message":"');
    const piece = Buffer.alloc(MIB, 'a');
    const write = (left: number): void => {
      if (left > 0) out.write(piece, () => write(left - 1));
      else if (out !== response) (out as ReturnType<typeof createGzip>).flush();
    };
    write(size);
  };
}

describe.each([
  ['as it is', false],
  ['packed', true],
])('an answer that is sent %s', (_how, isPacked) => {
  it.each(Object.entries(LIMITS))('to %s is not read beyond %i MiB', async (name, limit) => {
    server = await startServer(more(200, limit + 1, isPacked));
    await expect(CALLS[name as CallName](server.url)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
      status: 200,
      message: expect.stringContaining(`${limit} MiB`),
    });
    await server.clientGone;
  });
});

it('the role of guests is not read beyond 1 MiB', async () => {
  server = await startServer(more(200, 2, false));
  const { url } = server;
  const identity = { IdentityId: 'us-east-1:00000000-0000-4000-8000-000000000000', Token: 'a token' };
  const provider = fromCognitoIdentityPool({
    identityPoolId: identity.IdentityId,
    guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
    clientConfig: { stsEndpoint: url },
    // Cognito answers at once: only STS is a server.
    fetch: async (input, init) =>
      String(input).startsWith(url) ? fetch(input, init) : Response.json(identity),
  });
  await expect(provider()).rejects.toMatchObject({ message: expect.stringContaining('1 MiB') });
  await server.clientGone;
});

describe('an error', () => {
  it.each(Object.keys(ALL_CALLS))('of %s is what its status says, however long its body', async (name) => {
    server = await startServer(more(400, 2, true));
    expect(statusOf(await ALL_CALLS[name]?.(server.url).catch((error: unknown) => error))).toBe(400);
    await server.clientGone;
  });
});

/** An answer of Converse whose tool use has this input. */
const answerWith = (input: string): string =>
  `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"b","input":${input}}}]}},"stopReason":"tool_use"}`;
const nested = (depth: number): string => `${'['.repeat(depth)}${' '.repeat(5000)}${']'.repeat(depth)}`;
const numbers = (count: number): string => `[${'1,'.repeat(count - 1)}1]`;

describe('a whole answer', () => {
  it.each([
    ['150 levels', nested(150), true],
    ['300 levels', nested(300), false],
    ['150,000 numbers', numbers(150_000), true],
    ['300,000 numbers', numbers(300_000), false],
  ])('of %s', async (_what, input, isParsed) => {
    server = await startServer((response) => void response.end(answerWith(input)));
    const answer = CALLS['converse()'](server.url);
    if (isParsed) expect(await answer).toMatchObject({ stopReason: 'tool_use' });
    else await expect(answer).rejects.toMatchObject({ code: 'ERR_PROTOCOL', status: 200, attempts: 1 });
  });
});

describe('a fetch without streams, as in React Native', () => {
  const options = (status: number, text: string) => ({
    fetch: (async () => ({
      ok: status === 200,
      status,
      headers: new Headers({ 'x-amzn-errortype': 'ValidationException' }),
      text: async () => text,
    })) as unknown as typeof globalThis.fetch,
  });

  it('gives whole answers and the words of errors, within the same limits', async () => {
    server = await startServer(() => {});
    const count = (status: number, text: string) => CALLS['countTokens()'](server.url, options(status, text));
    expect(await count(200, '{"inputTokens":7}')).toBe(7);
    await expect(count(400, '{"message":"No."}')).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: 'No.',
    });
    await expect(count(200, ' '.repeat(33 * MIB))).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  });
});
