import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { passUntil, stopClock, turns } from '../clock.js';
import { framesOf, split } from './events.js';
import { modelPath, type Sketch, say, signed } from './request.js';

const open: LocalServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const local of open.splice(0)) await local.close();
});

async function start(options?: LocalServerOptions): Promise<LocalServer> {
  const local = await startLocalBedrock(options);
  open.push(local);
  return local;
}

async function send(local: LocalServer, sketch: Sketch = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(await signed(local, { ...sketch, url: local.url }), { signal: signal ?? null });
}

/** Waits until it holds; the test's own time limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5);
}

/** A stream that never ends; counts what was taken of it. */
function endless(bytesPerEvent = 1000): {
  events: Iterable<never>;
  taken: () => number;
  ended: () => boolean;
} {
  let taken = 0;
  let ended = false;
  function* events(): Generator {
    try {
      yield { type: 'messageStart', role: 'assistant' };
      for (;;) {
        taken += 1;
        yield { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'x'.repeat(bytesPerEvent) } };
      }
    } finally {
      ended = true;
    }
  }
  return { events: events() as Iterable<never>, taken: () => taken, ended: () => ended };
}

/** A signed request as the bytes of HTTP/1.1. */
async function rawRequest(local: LocalServer, sketch: Sketch = {}): Promise<string> {
  const request = await signed(local, { ...sketch, url: local.url });
  const body = await request.text();
  const lines = [...request.headers].map(([name, value]) => `${name}: ${value}`);
  if (!request.headers.has('content-length')) lines.push(`content-length: ${Buffer.byteLength(body)}`);
  const { pathname } = new URL(request.url);
  return `POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

function dial(local: LocalServer): Socket {
  const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

describe('one port', () => {
  it('speaks HTTP/1.1 and HTTP/2, also where the first bytes come in pieces', async () => {
    const local = await start();
    expect((await send(local)).status).toBe(200);

    const session = connectHttp2(local.url);
    const request = await signed(local, { url: local.url });
    const { host, ...headers } = Object.fromEntries(request.headers);
    const stream = session.request({
      ':method': 'POST',
      ':path': new URL(request.url).pathname,
      ':authority': host ?? '',
      ...headers,
    });
    stream.end(Buffer.from(await request.arrayBuffer()));
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(answer[':status']).toBe(200);
    expect(answer['content-type']).toBe('application/vnd.amazon.eventstream');
    stream.close();
    session.destroy();

    const slow = dial(local).setNoDelay();
    const post = await rawRequest(local);
    slow.write(post.slice(0, 1));
    await turns();
    slow.write(post.slice(1));
    const [head] = (await once(slow, 'data')) as [Buffer];
    expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK/);
    slow.destroy();

    const slower = dial(local).setNoDelay();
    for (const part of ['PRI * ', 'HTTP/2.0\r\n\r\nSM', '\r\n\r\n\0\0\0\x04\0\0\0\0\0']) {
      slower.write(part);
      await turns();
    }
    const [frame] = (await once(slower, 'data')) as [Buffer];
    // The first frame of a server is SETTINGS, of type 4.
    expect(frame[3]).toBe(4);
    slower.destroy();
  });

  it('listens on this machine only, unless it is told otherwise', async () => {
    const local = await start();
    expect(local.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const six = await start({ host: '::1' }).catch(() => undefined);
    if (six !== undefined) expect((await send(six)).status).toBe(200);
  });

  it('answers with the headers of the service', async () => {
    const local = await start();
    const response = await send(local);
    const frames = await framesOf(response);
    expect(frames.length).toBeGreaterThan(5);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      date: expect.stringMatching(/GMT$/) as unknown,
      'transfer-encoding': 'chunked',
    });
    const json = await send(local, { path: modelPath('converse'), body: say('Hello') });
    expect(json.headers.get('content-length')).toBe(String((await json.arrayBuffer()).byteLength));
  });

  it('refuses a body over the limit without keeping it', async () => {
    const local = await start();
    const body = new Uint8Array(26_000_000);
    const response = await fetch(local.url + modelPath('converse'), { method: 'POST', body });
    expect(response.status).toBe(413);
    expect(response.headers.get('x-amzn-errortype')).toMatch(/^RequestEntityTooLarge/);
  });

  it('keeps a request whole that is sent in pieces, and several requests on one connection', async () => {
    const local = await start();
    const socket = dial(local);
    const bytes = Buffer.from((await rawRequest(local)) + (await rawRequest(local)));
    for (let at = 0; at < bytes.length; at += 97) {
      socket.write(bytes.subarray(at, at + 97));
      await turns();
    }
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    await until(() => text.split('HTTP/1.1 200 OK').length === 3);
    socket.destroy();
  });
});

describe('liveConnections', () => {
  it('is 1 while a stream is open and 0 when it was read to its end', async () => {
    const local = await start({ script: [{ text: 'short' }] });
    const response = await send(local, { headers: { 'x-local-fault': 'stall=2' } });
    expect(local.liveConnections()).toBe(1);
    await response.body?.cancel();
    await until(() => local.liveConnections() === 0);
    await (await send(local)).arrayBuffer();
    await until(() => local.liveConnections() === 0);
  });

  it('falls to 0 when a raw HTTP/1.1 client hangs up', async () => {
    const source = endless();
    const local = await start({ script: [{ events: source.events }] });
    const socket = dial(local);
    socket.write(await rawRequest(local));
    await once(socket, 'data');
    expect(local.liveConnections()).toBe(1);
    socket.destroy();
    await until(() => local.liveConnections() === 0);
    expect(source.ended()).toBe(true);
  });

  it('falls to 0 when fetch is aborted, before the first byte and after', async () => {
    const local = await start();
    for (const fault of ['stall=0', 'stall=3', 'delay=60000']) {
      const abort = new AbortController();
      const pending = send(local, { headers: { 'x-local-fault': fault } }, abort.signal)
        .then((response) => response.arrayBuffer())
        .catch(() => 'gone');
      await until(() => local.liveConnections() === 1);
      abort.abort();
      await pending;
      await until(() => local.liveConnections() === 0);
    }
  });

  it('falls to 0 when the client gives up an answer that is not a stream', async () => {
    const local = await start();
    const abort = new AbortController();
    const headers = { 'x-local-fault': 'delay=60000' };
    const pending = send(local, { path: modelPath('converse'), body: say('Hello'), headers }, abort.signal);
    pending.catch(() => undefined);
    await until(() => local.liveConnections() === 1);
    abort.abort();
    await until(() => local.liveConnections() === 0);
  });

  it('falls to 0 when an HTTP/2 stream is closed while its session goes on', async () => {
    const source = endless();
    const local = await start({ script: [{ events: source.events }] });
    const session = connectHttp2(local.url);
    const request = await signed(local, { url: local.url });
    const { host, ...headers } = Object.fromEntries(request.headers);
    const stream = session.request({
      ':method': 'POST',
      ':path': new URL(request.url).pathname,
      ':authority': host ?? '',
      ...headers,
    });
    stream.end(Buffer.from(await request.arrayBuffer()));
    await once(stream, 'data');
    expect(local.liveConnections()).toBe(1);
    stream.close();
    await until(() => local.liveConnections() === 0);
    expect(source.ended()).toBe(true);
    expect(session.destroyed).toBe(false);
    session.destroy();
  });

  it('falls to 0 when a fetch handler is used without a server and its reader cancels', async () => {
    const local = await start();
    const response = await local.fetch(await signed(local));
    expect(local.liveConnections()).toBe(1);
    await response.body?.cancel();
    expect(local.liveConnections()).toBe(0);
  });
});

describe('back-pressure', () => {
  it('keeps a fetch handler from making what nobody has asked for', async () => {
    const source = endless();
    const local = await start({ script: [{ events: source.events }] });
    const response = await local.fetch(await signed(local));
    const reader = response.body?.getReader();
    await turns();
    expect(source.taken()).toBe(0);
    await reader?.read();
    await reader?.read();
    await turns();
    expect(source.taken()).toBe(1);
    await reader?.cancel();
    expect(source.ended()).toBe(true);
  });

  it.each(['HTTP/1.1', 'HTTP/2'])(
    'keeps the server from running ahead of a slow reader over %s',
    async (version) => {
      const source = endless(64 * 1024);
      const local = await start({ script: [{ events: source.events }] });
      const request = await signed(local, { url: local.url });
      const { host, ...headers } = Object.fromEntries(request.headers);
      const body = Buffer.from(await request.arrayBuffer());
      let stop: () => void;
      if (version === 'HTTP/2') {
        const session = connectHttp2(local.url);
        const path = new URL(request.url).pathname;
        const stream = session.request({
          ':method': 'POST',
          ':path': path,
          ':authority': host ?? '',
          ...headers,
        });
        stream.end(body);
        stop = () => session.destroy();
      } else {
        const socket = dial(local);
        socket.pause();
        socket.write(await rawRequest(local));
        stop = () => socket.destroy();
      }
      await until(() => source.taken() > 0);
      let before = -1;
      while (source.taken() !== before) {
        before = source.taken();
        for (let more = 0; more < 10; more++) await turns();
      }
      // 64 KiB an event: what the kernel and the stream's window hold, and no more.
      expect(source.taken()).toBeLessThan(400);
      stop();
      await until(() => source.ended());
    },
  );
});

describe('a stream that is read as fast as it is made', () => {
  it('leaves other requests their turn', async () => {
    const source = endless();
    const local = await start({ script: [{ user: 'endless', events: source.events }] });
    const first = await send(local, { body: say('endless') });
    const reader = first.body?.getReader();
    let reading = true;
    const drain = (async () => {
      while (reading) await reader?.read();
    })();
    const before = source.taken();
    expect((await send(local)).status).toBe(200);
    expect(source.taken() - before).toBeLessThan(2000);
    reading = false;
    await drain;
    await reader?.cancel();
    await until(() => source.ended());
  });
});

describe('close', () => {
  it('ends at once, with streams open and connections idle', async () => {
    const local = await startLocalBedrock();
    const response = await send(local, { headers: { 'x-local-fault': 'stall=2' } });
    await (await send(local)).arrayBuffer();
    const reading = response.arrayBuffer().catch(() => 'broken');
    // Waiting for the stream would take for ever.
    await local.close();
    expect(await reading).toBe('broken');
    await expect(send(local)).rejects.toThrow();
    expect(local.liveConnections()).toBe(0);
    await local.close();
  });

  it('lets a port be used again, and says when it is taken', async () => {
    const local = await start();
    const port = Number(new URL(local.url).port);
    await expect(startLocalBedrock({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await local.close();
    const again = await start({ port });
    expect(again.url).toBe(local.url);
  });
});

describe('pace and damage on the wire', () => {
  it('tokensPerSecond spreads the deltas over time', async () => {
    const local = await start({ tokensPerSecond: 100, script: [{ text: 'word '.repeat(16) }] });
    stopClock();
    const body = send(local).then((response) => response.arrayBuffer());
    const ms = await passUntil(body);
    // 80 letters are 20 tokens.
    expect(ms).toBeGreaterThanOrEqual(190);
    expect(split(new Uint8Array(await body)).length).toBeGreaterThan(5);
  });

  it('truncate ends the body cleanly after so many bytes, reset breaks the connection there', async () => {
    const local = await start();
    const whole = new Uint8Array(await (await send(local)).arrayBuffer());
    const cut = await send(local, { headers: { 'x-local-fault': 'truncate=500' } });
    expect(new Uint8Array(await cut.arrayBuffer())).toEqual(whole.slice(0, 500));

    const reset = await send(local, { headers: { 'x-local-fault': 'reset=500' } });
    const chunks: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of reset.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
      })(),
    ).rejects.toThrow();
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(whole.slice(0, 500)));
    expect(local.liveConnections()).toBe(0);
  });
});
