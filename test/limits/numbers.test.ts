import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';
import { pass, stopClock, turns, until } from '../clock.js';
import { type Answer, awsError, startServer, type TestServer } from '../converse/server.js';
import { outcomeOf } from './calls.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const LONGEST_MS = 2 ** 31 - 1;

let server: TestServer;
beforeEach(stopClock);
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
});

async function client(answer: Answer, options: CallOptions = {}) {
  server = await startServer(answer);
  return createBedrock({ endpoint: server.url, credentials: { token: 'key' }, ...options });
}

const LIMITS = ['timeoutMs', 'idleTimeoutMs', 'maxRetryDelayMs'] as const;

describe('a number of milliseconds', () => {
  it.each(LIMITS)('is refused by name if it is none: %s', async (name) => {
    for (const value of [Number.NaN, -1, -Infinity, '5', 5n, null]) {
      expect(() => createBedrock({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'ERR_INPUT',
          message: expect.stringContaining(`The option ${name} is`),
        }),
      );
    }
  });

  it.each(['timeoutMs', 'idleTimeoutMs'] as const)('%s: Infinity sets no timer for it', async (name) => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const bedrock = await client(() => {}, { timeoutMs: 0, idleTimeoutMs: 0, [name]: Infinity });
    const before = timers.mock.calls.length;
    for (const call of [bedrock.stream(request).result(), bedrock.converse(request)]) outcomeOf(call);
    await until(() => server.requests.length === 2);
    const own = timers.mock.calls.slice(before).filter(([, ms]) => !Number.isFinite(ms) || Number(ms) > 1e6);
    expect(own).toEqual([]);
  });

  it.each(['timeoutMs', 'idleTimeoutMs'] as const)(
    '%s: more than a timer can wait is as long as it can',
    async (name) => {
      const timers = vi.spyOn(globalThis, 'setTimeout');
      const bedrock = await client(() => {}, { [name]: 1e15 });
      const outcomes = [bedrock.stream(request).result(), bedrock.converse(request)].map(outcomeOf);
      await until(() => server.requests.length === 2);
      await turns();
      expect(outcomes.map(({ now }) => now)).toEqual(['waiting', 'waiting']);
      const waits = timers.mock.calls.map(([, ms]) => Number(ms));
      expect(waits.filter((ms) => ms > LONGEST_MS)).toEqual([]);
      expect(waits.filter((ms) => ms === LONGEST_MS)).toHaveLength(2);
    },
  );
});

describe('Retry-After', () => {
  const later = (seconds: number | string) =>
    awsError(429, 'ThrottlingException', 'Wait.', { 'retry-after': String(seconds) });

  it.each([20_001, undefined, 0, 1e15, Infinity])(
    'beyond maxRetryDelayMs, %j, is not waited for',
    async (maxRetryDelayMs) => {
      const bedrock = await client(later(2_147_484), { maxRetryDelayMs });
      await expect(bedrock.converse(request)).rejects.toMatchObject({
        code: 'ERR_THROTTLED',
        retryAfterMs: 2_147_484_000,
        attempts: 1,
      });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([1e15, Infinity])(
    'is waited for by a timer that can, with maxRetryDelayMs: %j',
    async (maxRetryDelayMs) => {
      const bedrock = await client(later(2_147_483), { maxRetryDelayMs, idleTimeoutMs: 0 });
      const timers = vi.spyOn(globalThis, 'setTimeout');
      const outcome = outcomeOf(bedrock.converse(request));
      await until(() => timers.mock.calls.some(([, ms]) => ms === 2_147_483_000));
      await pass(2_147_482_999);
      expect(server.requests).toHaveLength(1);
      await pass(1);
      await until(() => server.requests.length === 2);
      expect(outcome.now).toBe('waiting');
    },
  );

  it('never sets a delay longer than a timer can wait', async () => {
    const bedrock = await client(awsError(503, 'ServiceUnavailableException', 'Down.'), {
      maxRetryDelayMs: Infinity,
      maxAttempts: 60,
    });
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const outcome = outcomeOf(bedrock.converse(request));
    while (outcome.now === 'waiting') {
      await turns();
      await vi.advanceTimersToNextTimerAsync();
    }
    expect(timers.mock.calls.filter(([, ms]) => !(Number(ms) <= LONGEST_MS))).toEqual([]);
  });
});
