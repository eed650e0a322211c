import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { CLAUDE, json, setUp } from './setup.js';
import { manualTimers } from './timers.js';

const ASK = { model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }] };
const CHAT = '/v1/chat/completions';
const WHOLE = [
  [CHAT, ASK],
  ['/v1/messages/count_tokens', { ...ASK, max_tokens: 10 }],
  ['/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi' }],
] as const;

/** A body that never gets beyond its first bytes. */
function halfBody() {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
    cancel() {
      isCancelled = true;
    },
  });
  return { init: { body, duplex: 'half' } as RequestInit, isCancelled: () => isCancelled };
}

describe('a whole answer', () => {
  it.each(WHOLE)('of %s keeps close() waiting until it has been read', async (path, body) => {
    const gateway = await setUp();
    const response = await gateway.send(path, body);
    let isClosed = false;
    const closed = gateway.close().then(() => {
      isClosed = true;
    });
    await turns();
    expect([response.status, isClosed, gateway.log]).toEqual([200, false, []]);
    expect(await json(response)).toBeTypeOf('object');
    await closed;
    expect(gateway.log).toMatchObject([{ status: 200, outcome: 'complete' }]);
  });

  it('that its client gives up keeps nothing waiting', async () => {
    const gateway = await setUp();
    const response = await gateway.send(CHAT, ASK);
    await response.body?.cancel();
    await gateway.close();
    expect(gateway.log).toMatchObject([
      { outcome: 'client-gone', usage: { outputTokens: expect.anything() } },
    ]);
  });

  it('that nobody reads takes no slot, and keeps close() waiting only for its time', async () => {
    const timers = manualTimers();
    const gateway = await setUp({
      gateway: { startTimer: timers.startTimer, limits: { closeGraceMs: 7, concurrency: 1 } },
    });
    const first = await gateway.send(CHAT, ASK);
    await (await gateway.send(CHAT, ASK)).text();
    const closed = gateway.close();
    timers.fire(7);
    await closed;
    expect(await json(first)).toMatchObject({ object: 'chat.completion' });
    expect(gateway.log.map(({ outcome }) => outcome)).toEqual(['complete', 'failed']);
  });
});

describe('a client that leaves', () => {
  it('while its key is being checked reaches no model', async () => {
    const left = new AbortController();
    const authorize = async () => {
      left.abort();
      return { name: 'me' };
    };
    const gateway = await setUp({ gateway: { authorize } });
    const response = await gateway.send(CHAT, ASK, {}, { signal: left.signal });
    expect([response.status, gateway.local.requests]).toEqual([499, []]);
    await gateway.close();
  });
});

describe('a body that stops in the middle', () => {
  it('does not keep close() waiting', async () => {
    const timers = manualTimers();
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer, limits: { closeGraceMs: 7 } } });
    const half = halfBody();
    const pending = gateway.send(CHAT, 'x', {}, half.init);
    await until(() => timers.running.size > 0);
    const closed = gateway.close();
    timers.fire(7);
    await closed;
    expect([(await pending).status, half.isCancelled()]).toEqual([503, true]);
  });

  it('is refused after its time, and its slot is free again', async () => {
    const timers = manualTimers();
    const limits = { bodyMs: 9, concurrency: 1 };
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer, limits } });
    const half = halfBody();
    const pending = gateway.send(CHAT, 'x', {}, half.init);
    await until(() => timers.running.size > 0);
    timers.fire(9);
    const response = await pending;
    expect([response.status, half.isCancelled()]).toEqual([408, true]);
    expect((await json(response)).error.message).toContain('limits.bodyMs');
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
    expect([...timers.running].filter(({ ms }) => ms === 9)).toEqual([]);
  });

  it('is no longer read when its client leaves', async () => {
    const timers = manualTimers();
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer } });
    const half = halfBody();
    const left = new AbortController();
    const pending = gateway.send(CHAT, 'x', {}, { ...half.init, signal: left.signal });
    await until(() => timers.running.size > 0);
    left.abort();
    expect([(await pending).status, half.isCancelled()]).toEqual([499, true]);
    await gateway.close();
  });
});
