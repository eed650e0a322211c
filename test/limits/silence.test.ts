import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromResponse } from '../../src/index.js';
import { pass, stopClock, turns, until } from '../clock.js';
import { type Answer, startServer, type TestServer } from '../converse/server.js';
import { ALL_CALLS, CALLS, outcomeOf, statusOf } from './calls.js';

const MINUTE = 60_000;

/** Without the limits of Node's own fetch, which end a call after 300 seconds by the same clock. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
const patient = ((input: string, init: object) =>
  undiciFetch(input, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch;

let server: TestServer;
beforeEach(stopClock);
afterEach(() => {
  vi.useRealTimers();
  return server.close();
});

const silent: Answer = () => {};
const stalled =
  (status: number): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.write('{"message":"');
  };

/** Makes a call, and waits until its first request has been answered as far as it ever is. */
async function callOf(name: string, answer: Answer, idleTimeoutMs?: number) {
  server = await startServer(answer);
  const outcome = outcomeOf(
    ALL_CALLS[name]?.(server.url, { fetch: patient, idleTimeoutMs }) ?? Promise.reject(),
  );
  await until(() => server.requests.length > 0);
  await turns();
  return outcome;
}

describe('a server that never answers', () => {
  it.each([
    ['converse()', 60 * MINUTE],
    ['countTokens()', 2 * MINUTE],
    ['discover()', 2 * MINUTE],
    ['getCallerIdentity()', 2 * MINUTE],
    ['stream()', 2 * MINUTE],
  ])('ends %s after %i ms', async (name, ms) => {
    const outcome = await callOf(name, silent);
    await pass(ms - 1);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT', message: expect.stringContaining(`${ms} ms`) });
    await server.clientGone;
  });

  it.each(Object.keys(ALL_CALLS).filter((name) => !name.includes('Cognito')))(
    'ends %s after idleTimeoutMs, and never with 0',
    async (name) => {
      const outcome = await callOf(name, silent, 5000);
      await pass(4999);
      expect(outcome.now).toBe('waiting');
      await pass(1);
      expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT', message: expect.stringContaining('5000 ms') });
      await server.close();
      const patiently = await callOf(name, silent, 0);
      await pass(24 * 60 * MINUTE);
      expect(patiently.now).toBe('waiting');
    },
  );
});

describe('an answer that stalls', () => {
  it.each(Object.keys(CALLS))('ends %s', async (name) => {
    const outcome = await callOf(name, stalled(200));
    await pass(2 * MINUTE - 1);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    await server.clientGone;
  });

  it('may take as long as it likes while bytes arrive', async () => {
    let piece = (): void => {};
    const outcome = await callOf('countTokens()', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      let sent = 0;
      const text = '{"inputTokens":7}';
      piece = () => {
        response.write(text[sent++]);
        if (sent === text.length) response.end();
      };
    });
    for (let i = 0; i < '{"inputTokens":7}'.length; i++) {
      expect(outcome.now).toBe('waiting');
      await pass(2 * MINUTE - 1);
      piece();
      await turns();
    }
    await until(() => outcome.now !== 'waiting');
    expect(outcome.now).toBe(7);
  });
});

describe('an error whose body stalls', () => {
  it.each(Object.keys(ALL_CALLS))('is what its status says, for %s', async (name) => {
    const outcome = await callOf(name, stalled(400));
    await pass(9999);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(statusOf(outcome.now)).toBe(400);
    await server.clientGone;
  });
});

describe('an error page of your own server that stalls', () => {
  it('is shown as far as it has arrived', async () => {
    server = await startServer((response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.write('<h1>Bad gateway</h1>');
    });
    const stream = fromResponse(await patient(server.url, {}));
    const outcome = outcomeOf(stream.result());
    await pass(9999);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    expect(outcome.now).toMatchObject({
      code: 'ERR_PROTOCOL',
      status: 502,
      message: expect.stringContaining('Bad gateway'),
    });
    await server.clientGone;
  });
});
