import type { PiEvent } from 'bedrock-anywhere/pi';
import { expect } from 'vitest';
import {
  delta,
  type End,
  expectMessage,
  frames,
  open,
  peer,
  rounds,
  settled,
  start,
  tool,
  unhandled,
  watchRejections,
} from '../adapters/pi-hostile.js';
import fc, { type Arbitrary } from '../property.js';
import { joined } from '../wire/frames.js';
import { fuzzProperty } from './seed.js';

watchRejections();

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

const answer = fc.record({
  events: fc.array(event, { maxLength: 12 }),
  cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 2 }),
  chunk: fc.integer({ min: 1, max: 400 }),
  end: fc.constantFrom<End>('close', 'error', 'silence'),
  reading: fc.constantFrom(...READINGS),
  patience: fc.nat(30),
});

fuzzProperty(
  'any answer to pi settles, closes its body and crashes nothing',
  0.25,
  answer,
  async ({ events, cut, chunk, end, reading, patience }) => {
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
  },
);
