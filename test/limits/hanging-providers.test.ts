import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CredentialProvider,
  type Credentials,
  createBedrock,
  explain,
  fromBearerToken,
  fromCognitoIdentityPool,
  getCallerIdentity,
} from '../../src/index.js';
import { pass, stopClock, turns, until } from '../clock.js';
import { startServer, type TestServer } from '../converse/server.js';
import { outcomeOf } from './calls.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const MINUTE = 60_000;
const LIMIT = 5 * MINUTE;

let server: TestServer;
beforeEach(async () => {
  server = await startServer((response) => void response.end('{"inputTokens":7}'));
  stopClock();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  return server.close();
});

/** A provider that answers when the test says so, in the order of its calls. */
function byHand() {
  const answers: ((credentials: Credentials) => void)[] = [];
  const provider = vi.fn(() => new Promise<Credentials>((resolve) => answers.push(resolve)));
  return { provider, answers };
}

const count = (credentials: CredentialProvider, options: { signal?: AbortSignal; timeoutMs?: number } = {}) =>
  createBedrock({ region: 'us-east-1', endpoint: server.url, credentials }).countTokens(request, options);

describe('a provider that hangs', () => {
  it('is called again by each call whose own time limit has passed', async () => {
    const { provider } = byHand();
    for (let call = 1; call <= 4; call++) {
      const outcome = outcomeOf(count(provider, { timeoutMs: 100 }));
      await until(() => provider.mock.calls.length === call);
      await pass(100);
      expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    }
  });

  it('is called again by a call after an abort', async () => {
    const { provider, answers } = byHand();
    const controller = new AbortController();
    const first = outcomeOf(count(provider, { signal: controller.signal }));
    await turns();
    controller.abort('enough');
    await turns();
    expect(first.now).toBe('enough');
    const second = count(provider);
    await turns();
    answers[1]?.({ token: 'second' });
    expect(await second).toBe(7);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer second']);
  });

  it('is waited for by all others while one leaves', async () => {
    const { provider, answers } = byHand();
    const left = outcomeOf(count(provider, { timeoutMs: 100 }));
    const other = count(provider);
    await pass(100);
    expect(left.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    answers[0]?.({ token: 'first' });
    expect(await other).toBe(7);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('fails every call that waits after five minutes, and is then called again', async () => {
    const { provider, answers } = byHand();
    const outcomes = [outcomeOf(count(provider)), outcomeOf(count(provider))];
    await pass(LIMIT - 1);
    expect(outcomes.map(({ now }) => now)).toEqual(['waiting', 'waiting']);
    await pass(1);
    for (const { now } of outcomes) {
      expect(now).toMatchObject({
        code: 'ERR_TIMEOUT',
        phase: 'prepare',
        message: expect.stringContaining('credential provider'),
      });
    }
    const later = count(provider);
    await turns();
    answers[1]?.({ token: 'second' });
    expect(await later).toBe(7);
  });

  it('does not replace newer credentials by a late answer', async () => {
    const { provider, answers } = byHand();
    const expiration = new Date(Date.now() + 60 * MINUTE);
    const outcome = outcomeOf(count(provider, { timeoutMs: 100 }));
    await pass(100);
    const second = count(provider);
    await turns();
    answers[1]?.({ token: 'second', expiration });
    await second;
    answers[0]?.({ token: 'first', expiration });
    await count(provider);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer second',
      'Bearer second',
    ]);
  });

  it('leaves no timer behind once nobody waits', async () => {
    const { provider } = byHand();
    const outcome = outcomeOf(count(provider, { timeoutMs: 100 }));
    await pass(100);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('while it renews, delays one call by ten seconds while the old credentials are valid', async () => {
    const now = Date.now();
    const provider = vi
      .fn<CredentialProvider>()
      .mockResolvedValueOnce({ token: 'good', expiration: new Date(now + 60 * MINUTE) })
      .mockReturnValue(new Promise(() => {}));
    await count(provider);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 56 * MINUTE);
    const outcome = outcomeOf(count(provider));
    await pass(9999);
    expect(outcome.now).toBe('waiting');
    await pass(1);
    await until(() => outcome.now !== 'waiting');
    expect(outcome.now).toBe(7);
    expect(await count(provider)).toBe(7);
    expect(provider).toHaveBeenCalledTimes(2);
    clock.mockReturnValue(now + 58 * MINUTE);
    const later = count(provider);
    await until(() => provider.mock.calls.length === 3);
    await pass(10_000);
    expect(await later).toBe(7);
    clock.mockReturnValue(now + 61 * MINUTE);
    const expired = outcomeOf(count(provider));
    await pass(LIMIT);
    expect(expired.now).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('credential provider'),
    });
  });

  it('does not keep fetches open: fromBearerToken() can pass on the signal', async () => {
    const signals: AbortSignal[] = [];
    const provider = fromBearerToken((...args: unknown[]) => {
      signals.push((args[0] as { signal: AbortSignal }).signal);
      return new Promise<string>(() => {});
    });
    const outcome = outcomeOf(count(provider, { timeoutMs: 100 }));
    await pass(100);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('other waits for a provider that hangs', () => {
  const ways = {
    'getCallerIdentity()': (credentials: CredentialProvider, options: object) =>
      getCallerIdentity({ region: 'us-east-1', endpoint: server.url, credentials, ...options }),
    'discover()': (credentials: CredentialProvider, options: object) =>
      createBedrock({ region: 'us-east-1', endpoint: server.url, credentials }).discover(options),
    'stream()': (credentials: CredentialProvider, options: object) =>
      createBedrock({ region: 'us-east-1', endpoint: server.url, credentials })
        .stream(request, options)
        .result(),
    'converse()': (credentials: CredentialProvider, options: object) =>
      createBedrock({ region: 'us-east-1', endpoint: server.url, credentials }).converse(request, options),
  };

  it.each(Object.entries(ways))(
    '%s ends by its time limit or signal, and asks again',
    async (_name, call) => {
      const { provider } = byHand();
      const first = outcomeOf(call(provider, { timeoutMs: 100 }));
      await pass(100);
      expect(first.now).toMatchObject({ code: 'ERR_TIMEOUT' });
      const controller = new AbortController();
      const second = outcomeOf(call(provider, { signal: controller.signal }));
      await turns();
      expect(provider).toHaveBeenCalledTimes(2);
      controller.abort('enough');
      await turns();
      expect(second.now).toBe('enough');
      expect(server.requests).toHaveLength(0);
      outcomeOf(call(provider, { timeoutMs: 100 }));
      await turns();
      expect(provider).toHaveBeenCalledTimes(3);
    },
  );

  it('explain() leaves it too', async () => {
    const { provider } = byHand();
    const explained = outcomeOf(
      explain({ credentials: provider, region: 'us-east-1', resolve: true, timeoutMs: 100 }),
    );
    await pass(100);
    await until(() => explained.now !== 'waiting');
    outcomeOf(count(provider));
    await turns();
    expect(provider).toHaveBeenCalledTimes(2);
  });
});

describe('Cognito', () => {
  it('closes the connections of a question that nobody waits for', async () => {
    await server.close();
    server = await startServer(() => {});
    const provider = fromCognitoIdentityPool({
      identityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000',
      guestRoleArn: 'arn:aws:iam::123456789012:role/guests',
      clientConfig: { endpoint: server.url },
    });
    const outcome = outcomeOf(count(provider, { timeoutMs: 100 }));
    await until(() => server.requests.length === 1);
    await pass(100);
    expect(outcome.now).toMatchObject({ code: 'ERR_TIMEOUT' });
    await server.clientGone;
    outcomeOf(count(provider, { timeoutMs: 100 }));
    await until(() => server.requests.length === 2);
  });
});
