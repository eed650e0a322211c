import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it } from 'vitest';
import { modelPath, say, send, signed } from '../request.js';
import { ask, chunk, DONE, line, openStream, setUp } from './server.js';

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Something that a test waits for. */
function createSignal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** A local Bedrock on a port, with an upstream that says "Hello" and then waits to be told more. */
async function setUpWaiting() {
  let told = (_response: ServerResponse): void => undefined;
  const hasBegun = new Promise<ServerResponse>((resolve) => {
    told = resolve;
  });
  const upstream = await setUp((response) => {
    openStream(response);
    response.write(line(chunk({ content: 'Hello' })), () => told(response));
  });
  server = await startLocalBedrock({ upstream: { baseURL: `${upstream.server.url}/v1`, model: 'any' } });
  const { url: endpoint, region, credentials } = server;
  const bedrock = createBedrock({ endpoint, region, credentials, maxAttempts: 1 });
  return { upstream: upstream.server, bedrock, hasBegun, local: server };
}

describe('pieces', () => {
  it('reach the client while the upstream is still writing', async () => {
    const { bedrock, hasBegun } = await setUpWaiting();
    const pieces = bedrock.stream(ask()).textStream()[Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: 'Hello' });
    const response = await hasBegun;
    response.write(line(chunk({ content: ' there' })));
    expect(await pieces.next()).toEqual({ done: false, value: ' there' });
    response.end(line(chunk({}, 'stop')) + DONE);
    expect(await pieces.next()).toMatchObject({ done: true });
  });

  it('are read from the upstream only as fast as the client reads', async () => {
    let pulls = 0;
    const body = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulls += 1;
            controller.enqueue(new TextEncoder().encode(line(chunk({ content: `${pulls} ` }))));
          },
        },
        { highWaterMark: 0 },
      );
    const local = createLocalBedrock({
      upstream: { baseURL: 'http://localhost/v1', model: 'any', fetch: async () => new Response(body()) },
    });
    const reader = (
      await send(local, { path: modelPath('converse-stream'), body: say('Hi') })
    ).body?.getReader();
    for (let read = 1; read <= 20; read++) {
      await reader?.read();
      // The first frame has no text, and one event is read before there is a response.
      expect(pulls).toBeLessThanOrEqual(read + 1);
    }
    expect(pulls).toBeGreaterThan(15);
    await reader?.cancel();
  });
});

describe('a client that leaves', () => {
  it('in the middle of a stream closes the connection of the upstream', async () => {
    const { bedrock, upstream, local } = await setUpWaiting();
    const leaving = new AbortController();
    const answer = bedrock.stream(ask(), { signal: leaving.signal });
    await answer.textStream()[Symbol.asyncIterator]().next();
    leaving.abort();
    await upstream.clientGone;
    await expect.poll(() => local.liveConnections()).toBe(0);
  });

  it('by no longer reading closes it too', async () => {
    const { bedrock, upstream } = await setUpWaiting();
    for await (const piece of bedrock.stream(ask()).textStream()) {
      expect(piece).toBe('Hello');
      break;
    }
    await upstream.clientGone;
  });

  it.each(['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream'])(
    'before there is an answer closes it too (%s)',
    async (path) => {
      const arrived = createSignal();
      const { local, server: upstream } = await setUp(() => arrived.give());
      const leaving = new AbortController();
      const request = await signed(local, { path: modelPath(path), body: say('Hi') });
      const response = local.fetch(new Request(request, { signal: leaving.signal }));
      await arrived.given;
      leaving.abort();
      await upstream.clientGone;
      expect((await response).status).toBe(503);
      expect(local.liveConnections()).toBe(0);
    },
  );

  it('in process closes it by cancelling the body', async () => {
    const { local, server: upstream } = await setUp((response) => {
      openStream(response);
      response.write(line(chunk({ content: 'Hello' })));
    });
    const response = await send(local, { path: modelPath('converse-stream'), body: say('Hi') });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    // This one waits for the upstream.
    const waiting = reader?.read();
    await reader?.cancel();
    await upstream.clientGone;
    expect(await waiting).toMatchObject({ done: true });
    expect(local.liveConnections()).toBe(0);
  });
});

it('a fault that ends the stream closes the connection of the upstream', async () => {
  const { local, server: upstream } = await setUp((response) => {
    openStream(response);
    response.write(line(chunk({ content: 'Hello' })));
  });
  const headers = { 'x-local-fault': 'exception=modelStreamErrorException@2' };
  const response = await send(local, { path: modelPath('converse-stream'), body: say('Hi'), headers });
  expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toContain('modelStreamErrorException');
  await upstream.clientGone;
});

it('an answer that is complete leaves nothing open', async () => {
  const closed = createSignal();
  const { bedrock, local } = await setUp((response) => {
    void once(response, 'close').then(() => closed.give());
    openStream(response);
    response.end(line(chunk({ content: 'Hello' }, 'stop')) + DONE);
  });
  expect(await bedrock.stream(ask()).text()).toBe('Hello');
  await closed.given;
  expect(local.liveConnections()).toBe(0);
});
