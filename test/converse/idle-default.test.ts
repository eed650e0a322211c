import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';
import { pass, stopClock, turns } from '../clock.js';
import { framesThenSilence, messageStart, startServer, type TestServer, text } from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
/** Twice the default. Node's own fetch gives up after 300 seconds by the same clock. */
const LONG_MS = 240_000;

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
  stopClock();
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
      await pass(ms);
      return outcome;
    },
    leave: () => events.return?.(),
  };
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
    const stream = await silent({ idleTimeoutMs: LONG_MS });
    expect(await stream.after(LONG_MS - 1)).toBe('waiting');
    expect(await stream.after(1)).toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it('is off with 0: a model may think for longer', async () => {
    const stream = await silent({ idleTimeoutMs: 0 });
    expect(await stream.after(LONG_MS)).toBe('waiting');
    await stream.leave();
    await server.clientGone;
  });
});
