import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveFetch } from '../../src/gateway/node/server.js';
import { turns, until } from '../clock.js';
import { manualTimers } from './timers.js';

/** A client that sends a request and reads nothing until it is resumed. */
async function sendRequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
  return socket;
}

/** An endless body of the letter x. */
function endlessBody(pieceBytes = 100_000) {
  let isCancelled = false;
  let made = 0;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull(controller) {
      made += pieceBytes;
      controller.enqueue(new Uint8Array(pieceBytes).fill(0x78));
    },
    cancel() {
      isCancelled = true;
    },
  };
  const body = new ReadableStream(source, { highWaterMark: 0 });
  return { body, isCancelled: () => isCancelled, hasBegun: () => made > 0, made: () => made };
}

describe('a client that reads nothing', () => {
  it('does not keep the server from closing', async () => {
    const timers = manualTimers();
    const { body, isCancelled, hasBegun } = endlessBody();
    const server = await serveFetch(async () => new Response(body), 0, '127.0.0.1', timers.startTimer);
    const socket = await sendRequest(server.url);
    // Only then is the response under way.
    await until(hasBegun);
    const closed = server.close();
    await until(() => timers.running.size > 0);
    timers.fire(5000);
    await closed;
    await until(isCancelled);
    socket.destroy();
  });
});

describe('a client that stops reading', () => {
  it('counts as gone after a while, and its answer ends', async () => {
    const timers = manualTimers();
    const { body, isCancelled } = endlessBody();
    const server = await serveFetch(async () => new Response(body), 0, '127.0.0.1', timers.startTimer);
    const socket = await sendRequest(server.url);
    await until(() => [...timers.running].some(({ ms }) => ms === 120_000));
    expect(isCancelled()).toBe(false);
    timers.fire(120_000);
    await until(isCancelled);
    socket.destroy();
    await server.close();
  });

  it('makes the server buffer at most 128 KiB, besides what the system buffers', async () => {
    const timers = manualTimers();
    const { body, made } = endlessBody(2000);
    const server = await serveFetch(async () => new Response(body), 0, '127.0.0.1', timers.startTimer);
    const socket = await sendRequest(server.url);
    await until(() => [...timers.running].some(({ ms }) => ms === 120_000));
    await turns();
    timers.fire(120_000);
    // The system still delivers what it has; what the server had is lost.
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.resume();
    await once(socket, 'close');
    const received = text.slice(text.indexOf('\r\n\r\n')).match(/x+/g)?.join('').length ?? 0;
    expect(received).toBeGreaterThan(0);
    expect(made() - received).toBeLessThanOrEqual(128 * 1024 + 2000);
    await server.close();
  });
});

describe('a client that sends its next requests at once', () => {
  it('and leaves has all of them ended, also those that wait for their turn', async () => {
    const signals: AbortSignal[] = [];
    const server = await serveFetch(
      ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
      0,
      '127.0.0.1',
      manualTimers().startTimer,
    );
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n'.repeat(20));
    await until(() => signals.length === 20);
    socket.destroy();
    await until(() => signals.every(({ aborted }) => aborted));
    // It waits for no response.
    await server.close();
  });
});

describe('close()', () => {
  it('waits until responses have been sent, and closes idle connections at once', async () => {
    let give = (_response: Response): void => {};
    const server = await serveFetch(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
      0,
      '127.0.0.1',
      manualTimers().startTimer,
    );
    const { hostname, port } = new URL(server.url);
    const idle = connect(Number(port), hostname).resume();
    await once(idle, 'connect');
    const socket = await sendRequest(server.url);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.resume();
    const before = give;
    await until(() => give !== before);
    const closed = server.close();
    give(new Response('x'.repeat(1_000_000)));
    await closed;
    await once(socket, 'close');
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(text.slice(text.indexOf('\r\n\r\n')).match(/x/g)?.length).toBe(1_000_000);
  });
});
