import { createBedrock } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../src/local/http/frames.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'hi' }] }],
};

/** A body that is there at once, so that nothing but the library can let the loop turn. */
function answer(deltas: number): Uint8Array<ArrayBuffer> {
  const delta = encodeEvent({ type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'x' } });
  const frames = [
    encodeEvent({ type: 'messageStart', role: 'assistant' }),
    ...Array.from({ length: deltas }, () => delta),
    encodeEvent({ type: 'messageStop', stopReason: 'end_turn' }),
  ];
  const body = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    body.set(frame, at);
    at += frame.length;
  }
  return body;
}

function inMemory(deltas: number, onStart: () => void = () => {}) {
  const body = answer(deltas);
  return createBedrock({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { token: 'key' },
    fetch: async () => {
      onStart();
      return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
    },
  });
}

/** Counts the turns of the loop until it is stopped. */
function countTurns() {
  const counter = { count: 0, stop: () => clearImmediate(handle) };
  const turn = () => {
    counter.count += 1;
    handle = setImmediate(turn);
  };
  let handle = setImmediate(turn);
  return counter;
}

// On a slow machine a share ends by the clock, before any of these counts: the loop then turns more often.
describe('streams share the event loop', () => {
  it('lets it turn while a long answer is read that has arrived whole', async () => {
    const bedrock = inMemory(50_000);
    const loop = countTurns();
    const text = await bedrock.stream(request).text();
    loop.stop();
    expect(text).toHaveLength(50_000);
    expect(loop.count).toBeGreaterThanOrEqual(Math.floor(50_000 / (8192 + 16)));
  });

  it('goes on in turn: no stream waits until another has ended', async () => {
    const bedrock = inMemory(10_000);
    const progress = Array.from({ length: 8 }, () => 0);
    let atFirstEnd: number[] | undefined;
    await Promise.all(
      progress.map(async (_, i) => {
        for await (const { type } of bedrock.stream(request))
          if (type === 'contentBlockDelta') progress[i] = (progress[i] ?? 0) + 1;
        atFirstEnd ??= [...progress];
      }),
    );
    expect(progress).toEqual(progress.map(() => 10_000));
    // Where each share has room for one start, the first is eight parts of 128 ahead of the last.
    expect(Math.min(...(atFirstEnd ?? []))).toBeGreaterThan(10_000 - 8 * 128 - 128);
  });

  it('begins few requests in one turn', async () => {
    const loop = countTurns();
    const startedIn = new Map<number, number>();
    const bedrock = inMemory(10, () => startedIn.set(loop.count, (startedIn.get(loop.count) ?? 0) + 1));
    await Promise.all(Array.from({ length: 40 }, () => bedrock.stream(request).text()));
    loop.stop();
    expect([...startedIn.values()].reduce((sum, count) => sum + count)).toBe(40);
    // Four in a share, and a share may end and the next begin between two counts.
    expect(Math.max(...startedIn.values())).toBeLessThanOrEqual(8);
  });

  it('hears an abort while it waits for its turn', async () => {
    const bedrock = inMemory(5_000);
    const controller = new AbortController();
    const busy = Array.from({ length: 20 }, () => bedrock.stream(request).text());
    const waiting = bedrock.stream(request, { signal: controller.signal }).text();
    queueMicrotask(() => controller.abort('enough'));
    await expect(waiting).rejects.toBe('enough');
    expect((await Promise.all(busy)).map(({ length }) => length)).toEqual(busy.map(() => 5_000));
  });
});
