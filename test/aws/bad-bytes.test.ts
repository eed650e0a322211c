import { afterEach, describe, expect, it, vi } from 'vitest';
import { bodyOf, eventFrame, framesOf, joined, loneFrame, rawFrame } from '../wire/frames.js';
import { expectSame } from '../wire/reading.js';
import { STREAMS } from '../wire/streams.js';
import { codeOf, readBoth, readOurs } from './outcome.js';

const text = bodyOf(STREAMS.text);
const lengths = framesOf(STREAMS.text).map(({ length }) => length);

/** Where frames begin, and the end of the last. */
const boundaries = [
  0,
  ...lengths.map((_length, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length)),
];

/** Where a stream is cut: in the length of a frame, its prelude, its headers, its payload, and before its last byte. */
const insideFrames = STREAMS.text.flatMap((_event, i) => {
  const start = boundaries[i] ?? 0;
  return [1, 2, 3, 4, 11, 40, 120, (lengths[i] ?? 0) - 1].map((at) => start + at);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('bytes that changed on the way', () => {
  it('are an error wherever they are, behind the same events', async () => {
    // Every byte of the first frame but its total length, and one of each frame behind it.
    const first = Array.from({ length: (lengths[0] ?? 0) - 4 }, (_x, i) => i + 4);
    for (const at of [...first, ...boundaries.slice(1, -1).map((boundary) => boundary + 40)]) {
      const flipped = text.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const { stock, ours } = await readBoth(() => ({ chunks: [flipped] }));
      expectSame(ours.events, stock.events);
      expect(stock.error).toBeInstanceOf(Error);
      expect(ours.error).toBeInstanceOf(Error);
      expect(codeOf(ours.error)).toBe('ERR_PROTOCOL');
    }
  });

  it('are an error at once where they are a length, and not when the stream ends', async () => {
    const flipped = text.slice();
    flipped[0] = 1;
    const neverEnds = async function* () {
      yield flipped;
      await new Promise(() => {});
    };
    const ours = await readOurs({ chunks: neverEnds() });
    expect(codeOf(ours.error)).toBe('ERR_PROTOCOL');
  });
});

describe('a stream that is cut', () => {
  it('is an error inside a frame, wherever that is', async () => {
    const quiet: number[] = [];
    for (const at of insideFrames) {
      const { stock, ours } = await readBoth(() => ({ chunks: [text.subarray(0, at)] }));
      expectSame(ours.events, stock.events);
      expect(codeOf(ours.error)).toBe('ERR_TRUNCATED');
      if (stock.error === undefined) quiet.push(at);
    }
    // The client alone takes the end for a good one where not even the length of a frame had arrived.
    expect(quiet).toEqual(boundaries.slice(0, -1).flatMap((start) => [start + 1, start + 2, start + 3]));
  });

  it('is none between frames: whether the message is complete is not for a decoder to say', async () => {
    for (const at of boundaries.slice(1)) {
      const { stock, ours } = await readBoth(() => ({ chunks: [text.subarray(0, at)] }));
      expectSame(ours.events, stock.events);
      expect([stock.error, ours.error]).toEqual([undefined, undefined]);
    }
  });
});

describe('a frame that cannot be', () => {
  const before = joined(framesOf(STREAMS.text.slice(0, 2)));

  it.each([
    ['2 GiB with a wrong checksum', loneFrame(0x7fffffff, 0, false)],
    ['2 GiB with a right one', loneFrame(0x7fffffff, 0, true)],
    ['one byte over the limit', loneFrame(24 * 1024 * 1024 + 1, 0, true)],
  ])('of %s is an error before memory is set aside; the client alone sets it aside', async (_name, bytes) => {
    const asked = watchAllocations();
    const { stock, ours } = await readBoth(() => {
      asked.push('answer');
      return { chunks: [joined([before, bytes])] };
    });
    const [, byStock = [], byOurs = []] = split(asked);
    expect(Math.max(...byStock)).toBe(new DataView(bytes.buffer).getUint32(0));
    expect(Math.max(0, ...byOurs)).toBeLessThan(1024 * 1024);
    expect(stock.error).toBeInstanceOf(Error);
    expect(codeOf(ours.error)).toBe('ERR_PROTOCOL');
    expectSame(ours.events, stock.events);
    expect(ours.events).toHaveLength(2);
  });

  it.each([
    ['shorter than a frame can be', loneFrame(15, 0, true)],
    ['with headers longer than itself', loneFrame(16, 1, true)],
    ['of no length', loneFrame(0, 0, true)],
    ['with a header of an unknown type', rawFrame(new Uint8Array([1, 97, 42, 0]))],
    ['with a header that is cut', rawFrame(new Uint8Array([9, 97]))],
  ])('%s is an error', async (_name, bytes) => {
    const ours = await readOurs({ chunks: [joined([before, bytes, eventFrame('messageStop', {})])] });
    expect(codeOf(ours.error)).toBe('ERR_PROTOCOL');
    expect(ours.events).toHaveLength(2);
  });
});

/** The sizes of byte arrays that are made from now on. Giant ones are refused, so that the machine bears the test. */
function watchAllocations(): (number | string)[] {
  const asked: (number | string)[] = [];
  const Watched = new Proxy(Uint8Array, {
    construct(target, args: unknown[], newTarget) {
      if (typeof args[0] === 'number') {
        asked.push(args[0]);
        if (args[0] > 2 ** 27) throw new RangeError('That is too much.');
      }
      return Reflect.construct(target, args, newTarget) as Uint8Array;
    },
  });
  vi.stubGlobal('Uint8Array', Watched);
  return asked;
}

/** What was asked for, answer by answer. */
function split(asked: (number | string)[]): number[][] {
  const parts: number[][] = [[]];
  for (const each of asked) {
    if (typeof each === 'number') parts.at(-1)?.push(each);
    else parts.push([]);
  }
  return parts;
}
