import type { Transport } from 'bedrock-anywhere';
import { encodeFrame } from 'bedrock-anywhere/local';
import { bedrockFailure, createBedrockProvider } from 'bedrock-anywhere/pi';
import { describe, expect, it } from 'vitest';
import {
  CONTEXT,
  delta,
  expectMessage,
  frames,
  MODEL,
  open,
  peer,
  rounds,
  settled,
  start,
  stop,
  tool,
  unhandled,
  watchRejections,
} from './pi-hostile.js';

watchRejections();

describe('an answer that makes no sense', () => {
  const events: [name: string, events: object[]][] = [
    ['a tool use that is null', [tool(0, null), delta(0, { toolUse: { input: '{' } })]],
    ['a tool use that is text', [tool(0, 'weather')]],
    ['names that are numbers', [tool(0, { toolUseId: 1, name: 2 })]],
    [
      'input that is an object',
      [tool(0, { toolUseId: 'a', name: 'b' }), delta(0, { toolUse: { input: {} } })],
    ],
    ['input that is a number', [tool(0, { toolUseId: 'a', name: 'b' }), delta(0, { toolUse: { input: 7 } })]],
    ['text that is a number', [delta(0, { text: 7 })]],
    ['a signature that is a list', [delta(0, { reasoningContent: { signature: [] } })]],
    ['bytes that are a length', [delta(0, { reasoningContent: { redactedContent: { length: 9 } } })]],
    ['bytes that are a number', [delta(0, { reasoningContent: { redactedContent: -1 } })]],
    ['a delta that is null', [delta(0, null)]],
    ['an index that is text', [delta('0', { text: 'a' })]],
    ['an index below zero', [delta(-1, { text: 'a' })]],
    [
      'two tools at one index',
      [tool(0, { toolUseId: 'a', name: 'b' }), tool(0, { toolUseId: 'c', name: 'd' })],
    ],
    ['text after the end', [stop, delta(0, { text: 'more' })]],
    ['a tool after the end', [stop, tool(0, { toolUseId: 'a', name: 'b' })]],
    ['a stop reason that is a number', [{ type: 'messageStop', stopReason: 7 }]],
    ['a stop reason that every object has', [{ type: 'messageStop', stopReason: 'constructor' }]],
    ['usage that is null', [delta(0, { text: 'a' }), stop, { type: 'metadata', usage: null }]],
  ];

  describe.each(events)('%s', (_name, odd) => {
    it.each(['close', 'error'] as const)('and then the connection: %s', async (end) => {
      const { fetch, isOpen } = peer(frames(start, ...odd), end);
      const stream = open(fetch);
      const message = await settled(stream.result(), 'result()');
      await rounds(5);
      expectMessage(message);
      expect(isOpen()).toBe(false);
      expect(unhandled).toEqual([]);
    });

    it('and then the caller leaves', async () => {
      const { fetch, isOpen } = peer(frames(start, ...odd), 'silence');
      const stream = open(fetch);
      const reader = stream[Symbol.asyncIterator]();
      await rounds(20);
      await settled(reader.return?.() as Promise<unknown>, 'return()');
      expectMessage(await settled(stream.result(), 'result()'));
      await rounds(5);
      expect(isOpen()).toBe(false);
      expect(unhandled).toEqual([]);
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'is an error where it stops with %s',
    async (stopReason) => {
      const { fetch } = peer(frames(start, { type: 'messageStop', stopReason }), 'close');
      const message = await settled(open(fetch).result(), 'result()');
      expect(bedrockFailure(message)).toEqual({
        reason: 'stopped',
        retryable: false,
        rawStopReason: stopReason,
      });
    },
  );

  it('is not repeated in the error message', async () => {
    const stopReason = 'Bearer ABSK-secret \u001b[31m';
    const { fetch } = peer(frames(start, { type: 'messageStop', stopReason }), 'close');
    const message = await settled(open(fetch).result(), 'result()');
    expect(bedrockFailure(message)).toEqual({ reason: 'stopped', retryable: false });
    expect(JSON.stringify(message)).not.toContain('ABSK-secret');
  });

  it.each(['Constructor', 'ToString'])('is an error where it fails with %s', async (name) => {
    const failed = encodeFrame(
      { ':message-type': 'error', ':error-code': name, ':error-message': 'no' },
      new Uint8Array(),
    );
    const { fetch } = peer([...frames(start), failed], 'close');
    const message = await settled(open(fetch).result(), 'result()');
    expect(message.errorMessage).toMatch(new RegExp(`^${name}: no`));
  });

  it('counts no tokens where the usage is not made of numbers', async () => {
    const usage = {
      inputTokens: 'many',
      outputTokens: -3,
      totalTokens: null,
      cacheDetails: [null, { inputTokens: {} }],
    };
    const { fetch } = peer(
      frames(start, delta(0, { text: 'a' }), stop, { type: 'metadata', usage }),
      'close',
    );
    const message = await settled(open(fetch).result(), 'result()');
    expectMessage(message);
  });

  it('has its connection closed before the caller hears of it', async () => {
    const twice = frames(
      start,
      tool(0, { toolUseId: 'a', name: 'b' }),
      tool(0, { toolUseId: 'c', name: 'd' }),
    );
    const { fetch, closed } = peer(twice, 'silence');
    const order: string[] = [];
    const stream = open(fetch);
    void closed.then(() => order.push('closed'));
    const read = async (): Promise<void> => {
      for await (const event of stream) if (event.type === 'error') order.push('error');
    };
    await settled(read(), 'the loop');
    expect(order).toEqual(['closed', 'error']);
    expect(bedrockFailure(await stream.result())).toMatchObject({ reason: 'protocol', code: 'ERR_PROTOCOL' });
  });

  it('is an error from any transport', async () => {
    const waiting: object[] = [start, delta(0, { reasoningContent: { redactedContent: { length: 9 } } })];
    const order: string[] = [];
    const transport = {
      destination: async () => ({
        region: 'us-east-1',
        endpoint: new URL('http://localhost'),
        credentials: undefined,
      }),
      unary: async () => ({ json: {}, requestId: undefined }),
      stream: async () => ({
        take: () => waiting.shift() as never,
        more: () => new Promise<boolean>(() => {}),
        close: () => void order.push('closed'),
        requestId: undefined,
      }),
    } satisfies Transport;
    const { stream } = createBedrockProvider({ transport });
    const message = await settled(stream({ ...MODEL, baseUrl: '' }, CONTEXT).result(), 'result()');
    expect(bedrockFailure(message)).toMatchObject({ reason: 'protocol' });
    expect(order[0]).toBe('closed');
    expect(unhandled).toEqual([]);
  });
});

describe('a caller who makes mistakes', () => {
  const anything = (value: unknown): never => value as never;
  const fail = (): never => {
    throw new Error('this fails');
  };

  it.each<[name: string, provider: object, options: unknown]>([
    ['a signal that is false', {}, { signal: false }],
    ['a signal that is an object', {}, { signal: {} }],
    ['options that are null', {}, null],
    ['a catalog that fails', { catalog: fail }, {}],
    ['quirks that fail', { quirks: fail }, {}],
    [
      'a hook that throws something odd',
      {},
      {
        onPayload: () => {
          throw Object.create(null);
        },
      },
    ],
    ['a hook that returns garbage', {}, { onPayload: () => 7 }],
    ['a limit that is text', {}, { timeoutMs: 'soon' }],
  ])('%s', async (_name, provider, options) => {
    for (const name of ['stream', 'streamSimple'] as const) {
      const { fetch } = peer(frames(start, stop), 'close');
      const ours = createBedrockProvider({
        region: 'us-east-1',
        credentials: { token: 'key' },
        fetch,
        ...provider,
      });
      const stream = ours[name](MODEL, CONTEXT, anything(options));
      expectMessage(await settled(stream.result(), 'result()'));
      await rounds(3);
      expect(unhandled).toEqual([]);
    }
  });

  it('a hook that aborts and never returns', async () => {
    const controller = new AbortController();
    const onPayload = (): Promise<never> => {
      controller.abort();
      return new Promise(() => {});
    };
    const { fetch } = peer([], 'close');
    const stream = open(fetch, { signal: controller.signal, onPayload });
    expect((await settled(stream.result(), 'result()')).stopReason).toBe('aborted');
  });

  it.each(['fails', 'never returns'])('onResponse that %s leaves no body open', async (what) => {
    const controller = new AbortController();
    const { fetch, isOpen } = peer(frames(start), 'silence');
    const onResponse = what === 'fails' ? fail : () => new Promise<void>(() => {});
    const stream = open(fetch, { signal: controller.signal, onResponse });
    await rounds(20);
    controller.abort();
    expectMessage(await settled(stream.result(), 'result()'));
    await rounds(5);
    expect(isOpen()).toBe(false);
    expect(unhandled).toEqual([]);
  });
});
