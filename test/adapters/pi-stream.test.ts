import type { ConverseEvent } from 'bedrock-anywhere';
import { bedrockFailure, createBedrockProvider, type PiEvent, type PiEventStream } from 'bedrock-anywhere/pi';
import { afterEach, describe, expect, it } from 'vitest';
import { user } from './pi-contexts.js';
import { IDS, type Local, modelAt, startPeerBedrock } from './pi-peer.js';

/** More events than the buffers of a connection hold. */
const MANY = 20_000;
/** Fewer than that, and more than wait unread. */
const FEW = 500;

let local: Local;
afterEach(() => local.close());

/** An answer of so many words, made as it is read; `made` tells how many were. */
function words(count: number): { made: () => number; events: Iterable<ConverseEvent> } {
  let made = 0;
  function* events(): Generator<ConverseEvent> {
    yield { type: 'messageStart', role: 'assistant' };
    for (; made < count; made++) {
      yield {
        type: 'contentBlockDelta',
        contentBlockIndex: 0,
        delta: { text: `word ${made} `.padEnd(1500) },
      };
    }
    yield { type: 'contentBlockStop', contentBlockIndex: 0 };
    yield { type: 'messageStop', stopReason: 'end_turn' };
  }
  return { made: () => made, events: { [Symbol.iterator]: events } };
}

async function open(count: number, options = {}): Promise<{ stream: PiEventStream; made: () => number }> {
  const { events, made } = words(count);
  local = await startPeerBedrock({ script: [{ events }] });
  const { stream } = createBedrockProvider({ region: local.region, credentials: local.credentials });
  return { stream: stream(modelAt(local, IDS.sonnet45), { messages: [user('go')] }, options), made };
}

describe('a stream', () => {
  it('begins by itself', async () => {
    await open(FEW);
    await expect.poll(() => local.requests.length).toBe(1);
  });

  it('waits where nobody reads, and goes on where somebody does', async () => {
    const { stream, made } = await open(MANY);
    await expect.poll(() => made()).toBeGreaterThan(64);
    let before = -1;
    await expect
      .poll(
        () => {
          const still = made() === before;
          before = made();
          return still;
        },
        { interval: 300 },
      )
      .toBe(true);
    expect(made()).toBeLessThan(MANY / 2);
    let deltas = 0;
    for await (const event of stream) if (event.type === 'text_delta') deltas++;
    expect(deltas).toBe(MANY);
  });

  it('is read to its end by result() alone', async () => {
    const { stream } = await open(FEW);
    const message = await stream.result();
    expect(message.stopReason).toBe('stop');
    expect(message.content).toMatchObject([
      { type: 'text', text: expect.stringContaining(`word ${FEW - 1} `) },
    ]);
    const late: PiEvent[] = [];
    for await (const event of stream) late.push(event);
    expect(late.at(-1)).toEqual({ type: 'done', reason: 'stop', message });
    expect(late.length).toBeLessThanOrEqual(64);
  });

  it('gives every event to a loop that begins behind result()', async () => {
    const { stream } = await open(FEW);
    const asked = stream.result();
    let deltas = 0;
    for await (const event of stream) if (event.type === 'text_delta') deltas++;
    expect(deltas).toBe(FEW);
    expect((await asked).stopReason).toBe('stop');
  });

  it('does not hang where a reader stops and asks for the result', async () => {
    const { stream } = await open(FEW);
    const reader = stream[Symbol.asyncIterator]();
    expect((await reader.next()).value?.type).toBe('start');
    expect((await stream.result()).stopReason).toBe('stop');
    let rest = 0;
    while (!(await reader.next()).done) rest++;
    expect(rest).toBe(FEW + 3);
  });

  it('answers several calls of next() in their order', async () => {
    const { stream } = await open(3);
    const reader = stream[Symbol.asyncIterator]();
    const steps = await Promise.all(Array.from({ length: 8 }, () => reader.next()));
    expect(steps.map(({ value }) => value?.type)).toEqual([
      'start',
      'text_start',
      'text_delta',
      'text_delta',
      'text_delta',
      'text_end',
      'done',
      undefined,
    ]);
  });

  it('closes the connection when a loop is left, and still has a result', async () => {
    const { stream, made } = await open(MANY);
    for await (const event of stream) if (event.type === 'text_delta') break;
    await expect.poll(() => local.liveConnections()).toBe(0);
    expect(made()).toBeLessThan(MANY);
    const message = await stream.result();
    expect(message.stopReason).toBe('aborted');
    expect(bedrockFailure(message)).toEqual({ reason: 'aborted', retryable: false });
    expect(message.content).toMatchObject([{ type: 'text' }]);
  });

  it('closes the connection when it is left before it is begun', async () => {
    const { stream } = await open(MANY);
    await stream[Symbol.asyncIterator]().return?.();
    await expect.poll(() => local.liveConnections()).toBe(0);
    expect((await stream.result()).stopReason).toBe('aborted');
  });

  it.each(['before it begins', 'in the middle', 'while nobody reads'])('is aborted %s', async (when) => {
    const controller = new AbortController();
    if (when === 'before it begins') controller.abort();
    const { stream } = await open(MANY, { signal: controller.signal });
    if (when === 'while nobody reads') {
      await expect.poll(() => local.liveConnections()).toBe(1);
      controller.abort(new Error('enough'));
    }
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if (when === 'in the middle' && event.type === 'text_delta') controller.abort();
    }
    expect(types.at(-1)).toBe('error');
    const message = await stream.result();
    expect(message).toMatchObject({
      stopReason: 'aborted',
      errorMessage: 'Request was aborted [bedrock, aborted]',
    });
    await expect.poll(() => local.liveConnections()).toBe(0);
    expect(local.requests).toHaveLength(when === 'before it begins' ? 0 : 1);
  });

  it('shares one message between its events', async () => {
    const { stream } = await open(3);
    const seen = new Set<unknown>();
    for await (const event of stream) if ('partial' in event) seen.add(event.partial);
    expect([...seen]).toEqual([await stream.result()]);
  });
});
