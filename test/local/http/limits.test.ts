import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createLocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it } from 'vitest';
import { ALL_OPERATIONS } from '../../../src/local/all-operations.js';
import { NODE_LIMITS, type NodeLimits } from '../../../src/local/http/node-limits.js';
import { createNodeServer, type NodeServer } from '../../../src/local/http/node-server.js';
import { MAX_BODY_BYTES } from '../../../src/local/http/received.js';
import { createLocalService } from '../../../src/local/service.js';
import { failure, modelPath, ORIGIN, say } from '../request.js';

const open: NodeServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A server with smaller limits, so that nobody has to wait for them. */
async function start(limits: Partial<NodeLimits>, options: LocalBedrockOptions = {}) {
  const { handle, bedrock } = createLocalService(options, ALL_OPERATIONS);
  const one = createNodeServer(handle, () => undefined, { ...NODE_LIMITS, ...limits });
  open.push(one);
  one.server.listen(0, '127.0.0.1');
  await once(one.server, 'listening');
  const { port } = one.server.address() as AddressInfo;
  return { port, bedrock, url: `http://127.0.0.1:${port}` };
}

function dial(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined);
}

/** What a server sends until it closes the connection. */
async function lastWords(socket: Socket): Promise<string> {
  let words = '';
  socket.on('data', (chunk: Buffer) => {
    words += chunk.toString('latin1');
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return words;
}

describe('a connection is closed', () => {
  it.each([
    ['sends nothing', ''],
    ['begins like HTTP/2 and stops', 'PRI * HTTP/2.0\r\n'],
    ['sends half a head', 'GET / HTTP/1.1\r\nhost: localhost\r\n'],
  ])('if it %s', async (_what, bytes) => {
    const { port } = await start({ headMs: 20, checkMs: 5 });
    const isHttp1 = bytes.startsWith('GET');
    let words: string;
    do {
      const socket = dial(port);
      socket.write(bytes);
      words = await lastWords(socket);
      // On a busy machine the limit may have passed before the bytes were there.
    } while (isHttp1 && words === '');
    expect(words).toMatch(isHttp1 ? /^HTTP\/1\.1 408 / : /^$/);
  });

  it('if it sends half a body', async () => {
    const { port, bedrock } = await start({ headMs: 20, requestMs: 20, checkMs: 5 });
    let words: string;
    do {
      const socket = dial(port);
      socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf');
      words = await lastWords(socket);
    } while (words === '');
    expect(words).toMatch(/^HTTP\/1\.1 408 /);
    expect(bedrock.requests).toEqual([]);
  });

  it('if it sends half a body over HTTP/2, which ends the stream alone', async () => {
    const { url, bedrock } = await start({ headMs: 20, requestMs: 20 });
    let session: ClientHttp2Session;
    do {
      session = connectHttp2(url).on('error', () => undefined);
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      stream.on('error', () => undefined).write('half');
      await new Promise((resolve) => stream.once('close', resolve));
      // On a busy machine the limit of the head may have passed before it was there.
    } while (session.destroyed);
    expect(bedrock.requests).toEqual([]);
    // The session answers still; another request could be over its limit before it has arrived.
    await new Promise<void>((resolve, reject) =>
      session.ping((error) => (error ? reject(error) : resolve())),
    );
    session.destroy();
  });

  it('if it stays without a request', async () => {
    const { port } = await start({ idleMs: 20 });
    const socket = dial(port);
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await lastWords(socket)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('if it stays without a request over HTTP/2', async () => {
    const { url } = await start({ idleMs: 20 });
    const session = connectHttp2(url);
    await new Promise((resolve) => session.once('close', resolve));
  });
});

describe('a response that pauses', () => {
  it.each(['HTTP/1.1', 'HTTP/2'])('is not cut by these limits over %s', async (version) => {
    const { port, url, bedrock } = await start({ headMs: 100, requestMs: 100, idleMs: 100, checkMs: 5 });
    const authorization = `Bearer ${bedrock.apiKey}`;
    const body = JSON.stringify(say('Hello'));
    const path = modelPath('converse-stream');

    /** Sends a request whose response pauses after an event; false if the limits were faster, on a busy machine. */
    async function begin(): Promise<boolean> {
      const headers = { authorization, 'x-local-fault': 'stall=1', 'content-length': String(body.length) };
      if (version === 'HTTP/2') {
        const session = connectHttp2(url);
        const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
        stream.on('error', () => undefined).end(body);
        return Promise.race([
          once(stream, 'data').then(() => true),
          once(session, 'close').then(() => false),
        ]);
      }
      const lines = Object.entries({ host: 'localhost', ...headers }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      const socket = dial(port);
      socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
      const [words] = (await once(socket, 'data')) as [Buffer];
      return words.toString().startsWith('HTTP/1.1 200');
    }
    let hasBegun = false;
    while (!hasBegun) hasBegun = await begin();

    // Connections that began later are over: one without a request, and one with half a body.
    const idle = dial(port);
    const half = dial(port);
    half.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf');
    await Promise.all([lastWords(idle), lastWords(half)]);
    expect(bedrock.liveConnections()).toBe(1);
  });
});

describe('there is no room', () => {
  it('for more connections than are allowed', async () => {
    const { port } = await start({ connections: 2 });
    const first = [dial(port), dial(port)];
    await Promise.all(first.map((socket) => once(socket, 'connect')));
    const third = dial(port);
    expect(await lastWords(third)).toBe('');
    first[0]?.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [words] = (await once(first[0] as Socket, 'data')) as [Buffer];
    expect(words.toString()).toMatch(/^HTTP\/1\.1 404 /);
    for (const socket of first) socket.destroy();
  });

  it('for more bodies at once, until one of them is answered', async () => {
    const { url, port, bedrock } = await start({ bodyBytes: 1000 });
    const post = (length: number) => fetch(url, { method: 'POST', body: 'x'.repeat(length) });
    const holder = dial(port);
    holder.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\n');
    holder.write('x'.repeat(800));
    let refused: Response;
    // Until the server has read what the other one sent.
    do refused = await post(300);
    while (refused.status === 404);
    expect(await failure(refused)).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
    expect((await post(100)).status).toBe(404);
    holder.write('x'.repeat(100));
    await once(holder, 'data');
    expect((await post(1000)).status).toBe(404);
    holder.destroy();
    expect(bedrock.liveConnections()).toBe(0);
  });

  it('for the room of a client that has left', async () => {
    const { url, port, bedrock } = await start({ bodyBytes: 1000 });
    for (let n = 0; n < 5; n++) {
      const socket = dial(port);
      socket.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\n${'x'.repeat(800)}`);
      await once(socket, 'connect');
      socket.destroy();
    }
    let response: Response;
    do response = await fetch(url, { method: 'POST', body: 'x'.repeat(1000) });
    while (response.status === 503);
    expect(response.status).toBe(404);
    expect(bedrock.requests.at(-1)?.bodyText.length).toBe(1000);
  });

  it('for a head of more fields or bytes', async () => {
    const { url } = await start({ fields: 20, headBytes: 2000 });
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'a']));
    expect((await fetch(url, { headers: fields(5) })).status).toBe(404);
    expect(await failure(await fetch(url, { headers: fields(30) }))).toEqual({
      status: 413,
      name: 'RequestEntityTooLargeException',
      message: 'The request has more than 20 header fields.',
    });
    expect((await fetch(url, { headers: { long: 'x'.repeat(3000) } })).status).toBe(431);
  });
});

describe('a fetch handler', () => {
  it('stops reading a body at the limit', async () => {
    let taken = 0;
    let isCancelled = false;
    const chunk = new Uint8Array(1_000_000);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        taken += chunk.length;
        controller.enqueue(chunk);
      },
      cancel() {
        isCancelled = true;
      },
    });
    const request = new Request(ORIGIN + modelPath('converse'), {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    const response = await createLocalBedrock().fetch(request);
    expect((await failure(response)).name).toBe('RequestEntityTooLargeException');
    expect(isCancelled).toBe(true);
    expect(taken).toBeLessThan(MAX_BODY_BYTES + 5_000_000);
  });

  it('reads a body of the greatest length', async () => {
    const body = new Uint8Array(MAX_BODY_BYTES).fill(0x20);
    const local = createLocalBedrock();
    const headers = { authorization: `Bearer ${local.apiKey}` };
    const response = await local.fetch(
      new Request(ORIGIN + modelPath('converse'), { method: 'POST', headers, body }),
    );
    expect((await failure(response)).message).toMatch(/messages field is empty/);
  });
});
