import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoundedStream } from '../../src/adapters/pi/stream.js';
import type { PiAssistantMessage, PiEvent } from '../../src/adapters/pi/types.js';

const message = { role: 'assistant', content: [] } as unknown as PiAssistantMessage;
const delta = (n: number): PiEvent => ({
  type: 'text_delta',
  contentIndex: 0,
  delta: `${n}`,
  partial: message,
});

/** A source of so many events, which are there at once. */
function sourceOf(count: number) {
  const events = Array.from({ length: count }, (_, n) => delta(n));
  const done: PiEvent = { type: 'done', reason: 'stop', message };
  return { message, next: async () => [...events, done], leave: () => {} };
}

/** Items that lists moved because others left them at the front. */
let moved = 0;
const { shift, slice, splice } = Array.prototype;
beforeEach(() => {
  moved = 0;
  Array.prototype.shift = function (this: unknown[]) {
    moved += this.length;
    return shift.call(this);
  };
  Array.prototype.slice = function (this: unknown[], ...args: [number?, number?]) {
    moved += this.length;
    return slice.apply(this, args);
  };
  Array.prototype.splice = function (this: unknown[], ...args: [number, number]) {
    moved += this.length;
    return splice.apply(this, args);
  } as typeof splice;
});
afterEach(() => {
  Object.assign(Array.prototype, { shift, slice, splice });
});

describe('events that wait because result() needs the end', () => {
  it.each([2000, 4000, 8000])('are handed out in work that is linear in their number: %i', async (count) => {
    const stream = new BoundedStream(sourceOf(count));
    const reader = stream[Symbol.asyncIterator]();
    const first = await reader.next();
    await stream.result();
    const seen: string[] = [first.value?.type === 'text_delta' ? first.value.delta : ''];
    for (let step = await reader.next(); !step.done; step = await reader.next()) {
      if (step.value.type === 'text_delta') seen.push(step.value.delta);
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
    expect(moved).toBeLessThan(4 * count);
  });
});
