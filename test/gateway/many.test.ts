import type { Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { rawRequest, serveGateway } from './over-http.js';
import { CLAUDE, setUp } from './setup.js';
import { manualTimers } from './timers.js';

const CHAT = '/v1/chat/completions';
const ASK = { model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }] };
const STREAM = { ...ASK, stream: true };

/** What the server waits for a client that reads nothing. */
const STALL_MS = 120_000;

/** An answer of many large pieces that counts how many of each client have been made. */
function largeAnswer(pieces: number, size: number) {
  const made: number[] = [];
  const text = 'x'.repeat(size);
  const events: Iterable<never> = {
    *[Symbol.iterator]() {
      const client = made.push(0) - 1;
      yield { messageStart: { role: 'assistant' } } as never;
      for (; (made[client] as number) < pieces; made[client] = (made[client] as number) + 1)
        yield { contentBlockDelta: { contentBlockIndex: 0, delta: { text } } } as never;
    },
  };
  return { events, made };
}

describe('512 clients that read nothing', () => {
  const CLIENTS = 512;

  it('hold a few pieces each, and disturb nobody', async () => {
    const { events, made } = largeAnswer(100_000, 1000);
    const gateway = await setUp({ local: { script: [{ user: 'Hi', events }] } });
    const responses = await Promise.all(Array.from({ length: CLIENTS }, () => gateway.send(CHAT, STREAM)));
    const readers = responses.map((response) => (response.body as ReadableStream<Uint8Array>).getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    await turns();
    expect(made).toHaveLength(CLIENTS);
    const first = Math.max(...made);
    expect(first).toBeLessThan(100);
    // Each piece that is read makes room for another, not more.
    for (let i = 0; i < 5; i++) await Promise.all(readers.map((reader) => reader.read()));
    await turns();
    expect(Math.max(...made)).toBeLessThan(first + 100);

    expect((await gateway.send(CHAT, ASK)).status).toBe(429);
    expect((await gateway.send('/health')).status).toBe(200);
    await Promise.all(readers.map((reader) => reader.cancel()));
    await until(() => gateway.local.liveConnections() === 0);
    expect(gateway.log.filter(({ outcome }) => outcome === 'client-gone')).toHaveLength(CLIENTS);
    await gateway.close();
  });
});

describe('clients of the HTTP server that read nothing', () => {
  const CLIENTS = 8;
  const SIZE = 100_000;
  /** What the sockets of a connection and the streams between them may hold, in bytes. */
  const MOST_HELD = 16 * 1024 * 1024;

  it('hold what their sockets hold, and are let go of in the end', async () => {
    const { events, made } = largeAnswer(10_000, SIZE);
    const gateway = await serveGateway({ local: { script: [{ events }] } });
    const sockets: Socket[] = [];
    for (let i = 0; i < CLIENTS; i++) {
      // A socket that nobody listens to is not read.
      const socket = gateway.connect();
      socket.write(rawRequest(CHAT, JSON.stringify(STREAM), { connection: 'keep-alive' }));
      sockets.push(socket);
    }
    // The server waits for each of them to read.
    const stalled = () => [...gateway.timers.running].filter(({ ms }) => ms === STALL_MS).length;
    await until(() => stalled() === CLIENTS);
    expect(made).toHaveLength(CLIENTS);
    expect(Math.max(...made) * SIZE).toBeLessThan(MOST_HELD);
    gateway.timers.fire(STALL_MS);
    await until(() => gateway.local.liveConnections() === 0 && gateway.log.length === CLIENTS);
    expect(gateway.log.filter(({ outcome }) => outcome === 'client-gone')).toHaveLength(CLIENTS);
    for (const socket of sockets) socket.destroy();
    await gateway.closeServer();
  });
});

describe('2,000 clients that leave', () => {
  const BATCH = 50;

  it('at any moment leave nothing behind', async () => {
    const timers = manualTimers();
    let logged = 0;
    const gateway = await setUp({
      gateway: {
        startTimer: timers.startTimer,
        // An error that is kept would keep what its stack has.
        log: () => void (logged += 1),
      },
    });

    /** Ways to leave, each with the number of requests that are open at Bedrock before. */
    const ways: ((signal: AbortSignal, leave: () => void) => Promise<void>)[] = [
      async function beforeTheBodyIsComplete(signal, leave) {
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
        });
        const pending = gateway.send(CHAT, 'x', {}, { body, signal, duplex: 'half' } as RequestInit);
        await turns();
        leave();
        expect((await pending).status).toBe(499);
      },
      async function beforeAnAnswerBegins(signal, leave) {
        const pending = gateway.send(CHAT, STREAM, { 'x-local-fault': 'stall=0' }, { signal });
        await turns();
        leave();
        expect((await pending).status).toBe(499);
      },
      async function beforeAWholeAnswer(signal, leave) {
        const pending = gateway.send(CHAT, ASK, { 'x-local-fault': 'delay=100000' }, { signal });
        await turns();
        leave();
        expect((await pending).status).toBe(499);
      },
      async function inTheAnswer(signal, leave) {
        const response = await gateway.send(CHAT, STREAM, { 'x-local-fault': 'stall=3' }, { signal });
        const reader = (response.body as ReadableStream<Uint8Array>).getReader();
        await reader.read();
        leave();
        await reader.cancel();
      },
      async function withoutReadingAWholeAnswer(signal, leave) {
        const response = await gateway.send(CHAT, ASK, {}, { signal });
        leave();
        await response.body?.cancel();
      },
    ];

    async function leaveAll(count: number): Promise<void> {
      for (let done = 0; done < count; done += BATCH) {
        const batch = Array.from({ length: BATCH }, (_, i) => {
          const controller = new AbortController();
          return ways[i % ways.length]?.(controller.signal, () => controller.abort());
        });
        await Promise.all(batch);
        await until(() => gateway.local.liveConnections() === 0);
      }
    }

    /** Objects of each class that are still reachable. */
    const alive = (): Record<string, number> =>
      Object.fromEntries(
        [AbortSignal, ReadableStream, Request, Response].map((one) => [
          one.name,
          queryObjects(one, { format: 'count' }) as unknown as number,
        ]),
      );

    const count = () => ({ ...alive(), handles: process.getActiveResourcesInfo().length });

    await leaveAll(250);
    const before: Record<string, number> = count();
    await leaveAll(2000);
    // One object kept for each request would be 2,000. Node drops those that are only referred to weakly in later turns.
    await until(() => Object.entries(count()).every(([name, now]) => now - (before[name] ?? 0) < 50));
    expect(timers.running.size).toBe(0);
    expect(logged).toBe(2250);

    // It waits for nothing, as nothing is left.
    await gateway.close();
  });
});
