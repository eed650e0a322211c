import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { collectGarbage } from '../collect-garbage.js';
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

describe('a client that leaves after garbage was collected', () => {
  it.each([
    ['a whole answer', ASK, 'delay=100000'],
    ['a stream', { ...ASK, stream: true }, 'stall=0'],
  ])('ends the call to Bedrock: %s', async (_what, body, fault) => {
    const gateway = await setUp();
    const left = new AbortController();
    const pending = gateway.send(CHAT, body, { 'x-local-fault': fault }, { signal: left.signal });
    await until(() => gateway.local.liveConnections() === 1);
    await turns();
    collectGarbage();
    left.abort();
    expect((await pending).status).toBe(499);
    await until(() => gateway.local.liveConnections() === 0);
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

describe('a body that breaks off', () => {
  it('means that the client has left, even if its signal is not aborted', async () => {
    const gateway = await setUp();
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError('connection reset')),
    });
    const response = await gateway.send(CHAT, 'x', {}, { body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(499);
    expect(gateway.log).toMatchObject([{ status: 499, outcome: 'client-gone' }]);
    await gateway.close();
  });
});

describe('bodies of all requests', () => {
  it('share a limit of bytes, which a finished request no longer counts for', async () => {
    const limits = { totalBodyBytes: 1000 };
    const gateway = await setUp({ gateway: { limits } });
    const { init, isCancelled } = halfBody();
    const leaving = new AbortController();
    const waiting = gateway.send(CHAT, 'x', {}, { ...init, signal: leaving.signal });
    await turns();
    expect((await gateway.send(CHAT, { ...ASK, user: 'x'.repeat(1100) })).status).toBe(429);
    for (let i = 0; i < 3; i++) {
      const response = await gateway.send(CHAT, { ...ASK, user: 'x'.repeat(800) });
      expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
    }
    expect(isCancelled()).toBe(false);
    leaving.abort();
    await waiting;
  });

  it('that are refused for it are not read to their end', async () => {
    const gateway = await setUp({ gateway: { limits: { totalBodyBytes: 4 } } });
    const { init, isCancelled } = halfBody();
    expect((await gateway.send(CHAT, 'x', {}, init)).status).toBe(429);
    await until(isCancelled);
  });
});

describe('the log', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('disk full');
      },
    ],
  ])('may fail: it %s', async (_how, log) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const gateway = await setUp({ gateway: { log } });
      const response = await gateway.send(CHAT, ASK);
      expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
      await turns();
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('says that the client left, where that is why nothing was answered', async () => {
    const gateway = await setUp({ local: { faults: ['delay=600000'] } });
    const leaving = new AbortController();
    const sent = gateway.send(CHAT, ASK, {}, { signal: leaving.signal });
    await until(() => gateway.local.requests.length === 1);
    leaving.abort();
    expect((await sent).status).toBe(499);
    expect(gateway.log).toMatchObject([{ outcome: 'client-gone', status: 499 }]);
  });
});
