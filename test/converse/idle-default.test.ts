import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';
import { framesThenSilence, messageStart, startServer, type TestServer, text } from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const DAY_MS = 86_400_000;

let server: TestServer;
beforeEach(async () => {
  server = await startServer(framesThenSilence(messageStart, text('a')));
});
afterEach(() => {
  vi.useRealTimers();
  return server.close();
});

/** A stream that hangs after its first text over a real connection, on a clock that the test moves. */
async function silent(options: CallOptions) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' }, ...options });
  const events = bedrock.stream(request)[Symbol.asyncIterator]();
  await events.next();
  await events.next();
  let outcome: unknown = 'waiting';
  const settle = (value: unknown) => {
    outcome = value;
  };
  events.next().then(settle, settle);
  await turns();
  return {
    async after(ms: number): Promise<unknown> {
      await vi.advanceTimersByTimeAsync(ms);
      await turns();
      return outcome;
    },
    leave: () => events.return?.(),
  };
}

/** Lets the network and promises have their say; the clock stands still meanwhile. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('idleTimeoutMs by default', () => {
  it('is 120 seconds between bytes', async () => {
    const stream = await silent({});
    expect(await stream.after(119_999)).toBe('waiting');
    expect(await stream.after(1)).toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('idleTimeoutMs, 120000 ms'),
      partial: { message: { content: [{ text: 'a' }] } },
    });
    await server.clientGone;
  });

  it('gives way to what is set', async () => {
    const stream = await silent({ idleTimeoutMs: DAY_MS });
    expect(await stream.after(DAY_MS - 1)).toBe('waiting');
    expect(await stream.after(1)).toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it('is off with 0: a model may think for a day', async () => {
    const stream = await silent({ idleTimeoutMs: 0 });
    expect(await stream.after(DAY_MS)).toBe('waiting');
    await stream.leave();
    await server.clientGone;
  });
});
