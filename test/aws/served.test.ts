import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseStreamCommand,
  InvokeModelWithBidirectionalStreamCommand,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttp2Handler } from '@smithy/node-http-handler';
import { eventStreamSerdeProvider } from 'bedrock-anywhere/aws';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frames, framesThenSilence, startServer } from '../converse/server.js';
import { describeFixtures, recordings } from '../fixtures.js';
import { KEYS } from '../wire/aws-client.js';
import { base64, codec, cut, eventFrame, exceptionFrame } from '../wire/frames.js';
import { expectSame } from '../wire/reading.js';
import { clientWithFault, configOf, HANDLERS } from './clients.js';
import { codeOf, described, read } from './outcome.js';

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({
    script: [{ text: 'One word after the other.', reasoning: 'They ask for words.' }],
  });
});
afterAll(() => local.close());

describe.each(HANDLERS)('over the local Bedrock, with %s', (_handler, handler) => {
  const readWith = async (fault: string, more: BedrockRuntimeClientConfig = {}) => {
    const client = clientWithFault(fault, { ...configOf(local), ...handler(), ...more });
    const { events, error } = await read(client);
    client.destroy();
    // How long an answer took is never the same.
    return { events: events.filter((event) => !('metadata' in (event as object))), error };
  };

  it.each([
    ['', undefined],
    ['exception=throttlingException@0', 0],
    ['exception=modelStreamErrorException@3', 3],
    ['exception=modelTimeoutException@3', 3],
    ['error-frame=InternalFailure@3', 3],
    ['status=503:ServiceUnavailableException', 0],
    ['throttle=1', 0],
  ])('the fault "%s" ends as it does without our decoder', async (fault, passed) => {
    const stock = await readWith(fault);
    const ours = await readWith(fault, { eventStreamSerdeProvider });
    expectSame(ours.events, stock.events);
    expect(withoutIds(ours.error)).toStrictEqual(withoutIds(stock.error));
    expect(ours.error === undefined).toBe(passed === undefined);
    if (passed === undefined) expect(ours.events.length).toBeGreaterThan(5);
    else expect(ours.events).toHaveLength(passed);
  });

  it('a body that is cut is an error', async () => {
    const stock = await readWith('truncate=500');
    const ours = await readWith('truncate=500', { eventStreamSerdeProvider });
    expectSame(ours.events, stock.events);
    expect(stock.error).toBeInstanceOf(Error);
    expect(codeOf(ours.error)).toBe('ERR_TRUNCATED');
  });

  it('a bit that was turned is an error', async () => {
    const ours = await readWith('flip=500', { eventStreamSerdeProvider });
    expect(codeOf(ours.error)).toBe('ERR_PROTOCOL');
    await expect.poll(() => local.liveConnections()).toBe(0);
  });
});

describeFixtures('converse', 'recorded bodies, served as they are', () => {
  it.each(HANDLERS.slice(1))('are read the same with %s', async (_handler, handler) => {
    const all = recordings();
    const server = await startServer(
      ...all.flatMap(({ bytes }) =>
        Array.from({ length: 2 }, () => frames(...cut(bytes, 5, 300, 301, 2000))),
      ),
    );
    const config = { endpoint: server.url, region: 'us-east-1', credentials: KEYS, ...handler() };
    const stock = new BedrockRuntimeClient(config);
    const ours = new BedrockRuntimeClient({ ...config, eventStreamSerdeProvider });
    for (const { bytes } of all) {
      const expected = await read(stock);
      const found = await read(ours);
      expectSame(found, expected);
      expect(found.error).toBeUndefined();
      expect(bytes.length).toBeGreaterThan(0);
    }
    await server.close();
  });
});

describe('a stream that goes on', () => {
  it.each(HANDLERS.slice(1))('is closed when its bytes are bad, with %s', async (_handler, handler) => {
    const bad = eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }).slice();
    bad[40] = 0;
    const server = await startServer(
      framesThenSilence(eventFrame('messageStart', { role: 'assistant' }), bad),
    );
    const config = { endpoint: server.url, region: 'us-east-1', credentials: KEYS, ...handler() };
    const { error } = await read(new BedrockRuntimeClient({ ...config, eventStreamSerdeProvider }));
    expect(codeOf(error)).toBe('ERR_PROTOCOL');
    await server.clientGone;
    await server.close();
  });

  it('gives its events as they come', async () => {
    const stalling = clientWithFault('stall=3', {
      ...configOf(local),
      ...HANDLERS[1]?.[1](),
      eventStreamSerdeProvider,
    });
    const { stream } = await stalling.send(
      new ConverseStreamCommand({
        modelId: 'amazon.nova-lite-v1:0',
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      }),
    );
    // The answer never ends: who waited for its end would get nothing.
    let events = 0;
    for await (const _event of stream ?? []) if (++events === 3) break;
    expect(events).toBe(3);
    stalling.destroy();
  });
});

describe('InvokeModelWithBidirectionalStream', () => {
  it.each([
    ['stock', {}],
    ['ours', { eventStreamSerdeProvider }],
  ])('goes both ways, %s', async (_name, more) => {
    const echo = await startEcho();
    const client = new BedrockRuntimeClient({
      endpoint: echo.url,
      region: 'us-east-1',
      credentials: KEYS,
      requestHandler: new NodeHttp2Handler(),
      ...more,
    });
    const utf8 = new TextEncoder();
    async function* body() {
      for (const text of ['one', 'two', 'three']) yield { chunk: { bytes: utf8.encode(text) } };
    }
    const { body: answer } = await client.send(
      new InvokeModelWithBidirectionalStreamCommand({ modelId: 'amazon.nova-sonic-v1:0', body: body() }),
    );
    const said: string[] = [];
    const failure = (async () => {
      for await (const event of answer ?? []) said.push(new TextDecoder().decode(event.chunk?.bytes));
    })();
    await expect(failure).rejects.toBeInstanceOf(ThrottlingException);
    expect(said).toEqual(['one', 'two', 'three']);
    client.destroy();
    await echo.close();
  });
});

/** An HTTP/2 server that says back what it is told, chunk by chunk, and then throttles. */
async function startEcho(): Promise<{ url: string; close(): Promise<void> }> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    let rest = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
        const signed = codec.decode(rest.subarray(0, rest.readUInt32BE(0)));
        rest = rest.subarray(rest.readUInt32BE(0));
        if (signed.body.length === 0) {
          stream.end(exceptionFrame('throttlingException', { message: 'That is all.' }));
          return;
        }
        const { bytes } = JSON.parse(new TextDecoder().decode(codec.decode(signed.body).body)) as {
          bytes: string;
        };
        stream.write(eventFrame('chunk', { bytes: base64(Buffer.from(bytes, 'base64')) }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An error without what no two requests share. */
function withoutIds(error: unknown): unknown {
  const { $metadata, ...rest } = (described(error) ?? {}) as { $metadata?: { requestId?: string } };
  return { ...rest, $metadata: $metadata && { ...$metadata, requestId: undefined } };
}
