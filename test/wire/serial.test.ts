import { createBedrock } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../src/local/http/frames.js';
import type { ConverseEvent } from '../../src/types.js';

const TEXTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const events: ConverseEvent[] = [
  { type: 'messageStart', role: 'assistant' },
  ...TEXTS.map((text) => ({ type: 'contentBlockDelta' as const, contentBlockIndex: 0, delta: { text } })),
  { type: 'contentBlockStop', contentBlockIndex: 0 },
  { type: 'messageStop', stopReason: 'end_turn' },
];

/** A stream whose bytes come as they are cut, each chunk in a turn of the loop of its own. */
function streamOf(...chunks: ConverseEvent[][]) {
  const body = new ReadableStream({
    async start(controller) {
      for (const chunk of chunks) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        for (const event of chunk) controller.enqueue(encodeEvent(event));
      }
      controller.close();
    },
  });
  const bedrock = createBedrock({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { token: 'key' },
    maxAttempts: 1,
    fetch: async () =>
      new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } }),
  });
  return bedrock
    .stream({ modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
    [Symbol.asyncIterator]();
}

const labelOf = ({ done, value }: IteratorResult<ConverseEvent, undefined>) =>
  done ? 'done' : value.type === 'contentBlockDelta' ? value.delta.text : value.type;
const LABELS = events.map((value) => labelOf({ done: false, value }));

describe('calls of next() that overlap', () => {
  it('are answered in their order, all at once', async () => {
    const iterator = streamOf(events.slice(0, 2), events.slice(2, 3), events.slice(3));
    const steps = Array.from({ length: events.length + 2 }, () => iterator.next());
    const order: number[] = [];
    for (const [i, step] of steps.entries()) void step.then(() => order.push(i));
    expect((await Promise.all(steps)).map(labelOf)).toEqual([...LABELS, 'done', 'done']);
    expect(order).toEqual(steps.map((_, i) => i));
  });

  it('are answered in their order where new ones come while older wait', async () => {
    const iterator = streamOf(...events.map((event) => [event]));
    const got: unknown[] = [];
    const order: number[] = [];
    let calls = 0;
    const call = (): Promise<void> => {
      calls += 1;
      const own = calls;
      return iterator.next().then((step) => {
        order.push(own);
        got.push(labelOf(step));
        return calls < events.length + 1 ? call() : undefined;
      });
    };
    await Promise.all([call(), call(), call()]);
    expect(got).toEqual([...LABELS, 'done']);
    expect(order).toEqual(got.map((_, i) => i + 1));
  });

  it('all reject after a failure, so that no reader takes a truncated answer for a whole one', async () => {
    const iterator = streamOf(events.slice(0, 3));
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => iterator.next()));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? labelOf(outcome.value) : 'failed')),
    ).toEqual([...LABELS.slice(0, 3), 'failed', 'failed', 'failed']);
  });
});
