import type { Transport } from 'bedrock-anywhere';
import { encodeEvent, encodeFrame } from 'bedrock-anywhere/local';
import {
  type BedrockStreamOptions,
  bedrockFailure,
  createBedrockProvider,
  type PiAssistantMessage,
  type PiEvent,
  type PiEventStream,
  type PiModel,
} from 'bedrock-anywhere/pi';
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined } from '../wire/frames.js';
import { user } from './pi-contexts.js';

const MODEL: PiModel = {
  id: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  name: 'Sonnet',
  api: 'bedrock-converse-stream',
  provider: 'amazon-bedrock',
  baseUrl: 'http://127.0.0.1:9',
  reasoning: true,
  input: ['text', 'image'],
  cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  contextWindow: 200_000,
  maxTokens: 64_000,
};
const CONTEXT = { messages: [user('go')] };

/** Rounds of the event loop after which a promise that has not settled never will: nothing here waits for a clock. */
const PATIENCE = 500;

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', onUnhandled));
afterAll(() => void process.off('unhandledRejection', onUnhandled));

const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function rounds(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await round();
}

/** The outcome of a promise; fails where it does not settle. */
async function settled<T>(promise: Promise<T>, what: string): Promise<T> {
  let isOver = false;
  void promise.finally(() => {
    isOver = true;
  });
  for (let n = 0; n < PATIENCE && !isOver; n++) await round();
  if (!isOver) throw new Error(`${what} did not settle`);
  return promise;
}

/** How a body ends by itself: complete, broken off, or not at all. */
type End = 'close' | 'error' | 'silence';

/** A peer that answers with these bytes, and whether somebody still has its body open. */
function peer(chunks: readonly Uint8Array[], end: End) {
  let isOpen = false;
  let onClose = (): void => {};
  const closed = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const fetch = (async () => {
    const left = [...chunks];
    isOpen = true;
    const over = (): void => {
      isOpen = false;
      onClose();
    };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = left.shift();
          if (chunk !== undefined) return controller.enqueue(chunk);
          if (end === 'silence') return new Promise<void>(() => {});
          over();
          if (end === 'close') return controller.close();
          controller.error(new Error('the connection broke'));
        },
        cancel: over,
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
  }) as typeof globalThis.fetch;
  return { fetch, isOpen: () => isOpen, closed };
}

function open(fetch: typeof globalThis.fetch, options: BedrockStreamOptions = {}): PiEventStream {
  const provider = createBedrockProvider({ region: 'us-east-1', credentials: { token: 'key' }, fetch });
  return provider.stream(MODEL, CONTEXT, { maxRetries: 0, ...options });
}

const frames = (...events: object[]): Uint8Array[] => events.map((event) => encodeEvent(event as never));
const start = { type: 'messageStart', role: 'assistant' };
const tool = (contentBlockIndex: unknown, toolUse: unknown): object => ({
  type: 'contentBlockStart',
  contentBlockIndex,
  start: { toolUse },
});
const delta = (contentBlockIndex: unknown, members: unknown): object => ({
  type: 'contentBlockDelta',
  contentBlockIndex,
  delta: members,
});
const stop = { type: 'messageStop', stopReason: 'end_turn' };

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

/** What stands in the place of a member. */
const odd: Arbitrary<unknown> = fc.constantFrom<unknown>(
  null,
  undefined,
  0,
  -1,
  1.5,
  1e300,
  '',
  'text',
  'constructor',
  '__proto__',
  true,
  [],
  [null],
  {},
  { length: 3 },
  { text: 'a' },
  { toolUse: null },
  '{"a":1',
  'AQID',
  '!',
);

const index: Arbitrary<unknown> = fc.constantFrom<unknown>(0, 0, 0, 1, 1, 2);
const pieces = fc.constantFrom('', '{"a"', ': "b', '", "c": [1', ', {}]', '}', '\\u00', '[', '\u0000', '"}');
const normal: Arbitrary<object> = fc.oneof(
  fc.constant(start),
  index.map((at) => tool(at, { toolUseId: 'id', name: 'name' })),
  index.map((at) => tool(at, { toolUseId: 'id', name: 'name', type: 'server_tool_use' })),
  index.map((at) => ({ type: 'contentBlockStart', contentBlockIndex: at, start: {} })),
  index.map((at) => ({
    type: 'contentBlockStart',
    contentBlockIndex: at,
    start: { image: { format: 'png' } },
  })),
  fc.tuple(index, fc.string()).map(([at, text]) => delta(at, { text })),
  fc.tuple(index, pieces).map(([at, input]) => delta(at, { toolUse: { input } })),
  index.map((at) => delta(at, { reasoningContent: { text: 'hm' } })),
  index.map((at) => delta(at, { reasoningContent: { signature: 'sig' } })),
  index.map((at) => delta(at, { reasoningContent: { redactedContent: 'AQID' } })),
  index.map((at) => delta(at, { citation: { title: 'a' } })),
  index.map((at) => delta(at, { toolResult: [{ text: 'a' }] })),
  index.map((at) => delta(at, { image: { source: { bytes: 'AQID' } } })),
  index.map((at) => ({ type: 'contentBlockStop', contentBlockIndex: at })),
  fc
    .constantFrom('end_turn', 'tool_use', 'max_tokens', 'guardrail_intervened', 'news')
    .map((stopReason) => ({ type: 'messageStop', stopReason })),
  fc.constant({
    type: 'metadata',
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    metrics: { latencyMs: 1 },
  }),
  fc.constant({ type: 'newsOfTomorrow', contentBlockIndex: 0 }),
  fc
    .constantFrom('throttlingException', 'modelStreamErrorException', 'constructorException')
    .map((name) => ({ [name]: { message: 'no' } })),
);

/** An event, one of whose members, at any depth, is something else. */
const event: Arbitrary<object> = fc
  .tuple(normal, fc.option(fc.tuple(fc.nat(9), odd), { freq: 3 }))
  .map(([whole, change]) => (change === null ? whole : changed(whole, ...change)));

function changed(event: object, at: number, value: unknown): object {
  const copy = structuredClone(event) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const walk = (object: Record<string, unknown>): void => {
    for (const [name, member] of Object.entries(object)) {
      if (name !== 'type') places.push([object, name]);
      if (typeof member === 'object' && member !== null) walk(member as Record<string, unknown>);
    }
  };
  walk(copy);
  const [object, name] = places[at % Math.max(1, places.length)] ?? [copy, 'other'];
  object[name] = value;
  return copy;
}

const READINGS = ['loop', 'result', 'both', 'leave', 'abort'] as const;
const RUNS = Number(process.env['BEDROCK_FUZZ_RUNS'] ?? 1000);
const SEED = Number(process.env['BEDROCK_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

describe('any answer', () => {
  it(`settles, closes its body and crashes nothing (${RUNS} streams, seed ${SEED})`, async () => {
    const answer = fc.record({
      events: fc.array(event, { maxLength: 12 }),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 2 }),
      chunk: fc.integer({ min: 1, max: 400 }),
      end: fc.constantFrom<End>('close', 'error', 'silence'),
      reading: fc.constantFrom(...READINGS),
      patience: fc.nat(30),
    });
    await fc.assert(
      fc.asyncProperty(answer, async ({ events, cut, chunk, end, reading, patience }) => {
        const whole = joined(frames(...events));
        const bytes = cut === null ? whole : whole.subarray(0, Math.floor(cut * whole.length));
        const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, n) =>
          bytes.subarray(n * chunk, (n + 1) * chunk),
        );
        const leaves = reading === 'leave' || reading === 'abort';
        const { fetch, isOpen } = peer(chunks, leaves ? end : end === 'silence' ? 'close' : end);
        const controller = new AbortController();
        const stream = open(fetch, { signal: controller.signal });
        const seen: PiEvent[] = [];
        const reader = stream[Symbol.asyncIterator]();
        const read = async (): Promise<void> => {
          for (let step = await reader.next(); !step.done; step = await reader.next()) seen.push(step.value);
        };
        const loop = reading === 'result' ? undefined : read();
        const early = reading === 'both' || reading === 'result' ? stream.result() : undefined;
        if (leaves) {
          await rounds(patience);
          if (reading === 'abort') controller.abort();
          else await settled(reader.return?.() as Promise<unknown>, 'return()');
        }
        const message = await settled(early ?? stream.result(), 'result()');
        if (loop !== undefined) {
          await settled(loop, 'the loop');
          if (reading !== 'leave') expect(['done', 'error']).toContain(seen.at(-1)?.type);
        }
        await rounds(3);
        expectMessage(message);
        expect(isOpen()).toBe(false);
        expect(unhandled).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

/** A message that pi's users can rely on, whatever it was made from. */
function expectMessage(message: PiAssistantMessage): void {
  const { content, stopReason, errorMessage, usage } = message;
  expect(['stop', 'length', 'toolUse', 'error', 'aborted']).toContain(stopReason);
  const isFailure = stopReason === 'error' || stopReason === 'aborted';
  expect(typeof errorMessage).toBe(isFailure ? 'string' : 'undefined');
  expect(bedrockFailure(message) !== undefined).toBe(isFailure);
  const { cost, ...tokens } = usage;
  for (const count of [...Object.values(tokens), ...Object.values(cost)]) {
    expect(Number.isFinite(count) && count >= 0).toBe(true);
  }
  for (const block of content) {
    const texts =
      block.type === 'text'
        ? [block.text]
        : block.type === 'thinking'
          ? [block.thinking]
          : [block.id, block.name];
    for (const text of texts) expect(typeof text).toBe('string');
    if (block.type === 'toolCall')
      expect(Object.prototype.toString.call(block.arguments)).toBe('[object Object]');
  }
}
