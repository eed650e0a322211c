import { describe, expect, it } from 'vitest';
import { describeFixtures, recordings } from '../fixtures.js';
import fc from '../property.js';
import { type Bytes, base64, bodyOf, cut, eventFrame, exceptionFrame, framesOf, joined } from './frames.js';
import { codeOf, expectedEvent, expectSame, readEvents, thrownBy, tryEvents } from './reading.js';
import { ALL_STREAMS, STREAMS } from './streams.js';

/** Up to here a recorded stream is read from start to end at every split. */
const SMALL = 1_600;

/** A body of every kind of frame, small enough to break it at every bit. */
const FEW_FRAMES = framesOf([...STREAMS.redacted.slice(0, 3), ...STREAMS.withoutMetadata.slice(1)]);

describe('wherever a stream is split', () => {
  it.each(ALL_STREAMS)('%s: two pieces at every byte give the same events', (_name, events) => {
    const bytes = bodyOf(events);
    const expected = events.map(expectedEvent);
    for (let at = 0; at <= bytes.length; at++) expectSame(readEvents(cut(bytes, at)), expected);
  });

  it.each(ALL_STREAMS)('%s: one byte at a time gives the same events', (_name, events) => {
    expectSame(readEvents(byteByByte(bodyOf(events))), events.map(expectedEvent));
  });

  it('three pieces at every two bytes of a short stream give the same events', () => {
    const frames = framesOf(STREAMS.nothing);
    const bytes = joined(frames.slice(0, 2));
    const expected = STREAMS.nothing.slice(0, 2).map(expectedEvent);
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j += 3) expectSame(readEvents(cut(bytes, i, j)), expected);
    }
  });

  it('many pieces of any length give the same events', () => {
    const bodies = ALL_STREAMS.map(([, events]) => [bodyOf(events), events.map(expectedEvent)] as const);
    const position = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.array(position, { maxLength: 60 }),
        ([bytes, expected], positions) => {
          const cuts = positions.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b);
          expectSame(readEvents(cut(bytes, ...cuts)), expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('an exception comes behind the same events', () => {
    const bytes = joined([...framesOf(STREAMS.text.slice(0, 3)), exceptionFrame('throttlingException', {})]);
    const expected = STREAMS.text.slice(0, 3).map(expectedEvent);
    for (let at = 0; at <= bytes.length; at++) {
      const { events, error } = tryEvents(cut(bytes, at));
      expectSame(events, expected);
      expect(codeOf(error)).toBe('ERR_THROTTLED');
    }
  });
});

describeFixtures('converse', 'wherever a recorded stream is split', () => {
  // Some recordings are the same to the byte: one of them is enough here.
  const different = new Map(recordings().map(({ name, bytes }) => [base64(bytes), [name, bytes] as const]));
  const all = [...different.values()];

  it.each(all)('%s: two pieces at every byte give the same events', (_name, bytes) => {
    const frames = framesIn(bytes);
    for (const [i, { start, end }] of frames.entries()) {
      // Of a long stream only the frame that is cut and its neighbours: the others cost minutes and are the same.
      const from = bytes.length > SMALL ? (frames[i - 1]?.start ?? start) : 0;
      const part = bytes.subarray(from, bytes.length > SMALL ? (frames[i + 1]?.end ?? end) : bytes.length);
      const events = readEvents([part]);
      expect(events.length).toBeGreaterThan(0);
      for (let at = start; at < end; at++) expectSame(readEvents(cut(part, at - from)), events);
    }
  });

  it.each(all)('%s: forty splits of the whole and single bytes give the same events', (_name, bytes) => {
    const events = readEvents([bytes]);
    expectSame(readEvents(byteByByte(bytes)), events);
    for (let i = 0; i <= 40; i++)
      expectSame(readEvents(cut(bytes, Math.round((i * bytes.length) / 40))), events);
  });
});

describe('a stream that was tampered with', () => {
  it('is refused at every single bit, with no event wrong or missing before', () => {
    const bytes = joined(FEW_FRAMES);
    const truth = readEvents([bytes]);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      for (const chunks of [[flipped], cut(flipped, bit >> 3)]) {
        const { events, error } = tryEvents(chunks);
        expect(codeOf(error), `bit ${bit}`).toBe('ERR_PROTOCOL');
        expectSame(events, truth.slice(0, wholeFrames(FEW_FRAMES, bit >> 3)));
      }
    }
  });

  it('is refused when a byte is dropped or doubled', () => {
    const bytes = joined(FEW_FRAMES);
    for (let at = 0; at < bytes.length; at++) {
      const dropped = joined([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      const doubled = joined([bytes.subarray(0, at + 1), bytes.subarray(at)]);
      for (const other of [dropped, doubled]) {
        expect(codeOf(tryEvents([other]).error)).toMatch(/^ERR_(PROTOCOL|TRUNCATED)$/);
      }
    }
  });
});

describe('a stream that is cut', () => {
  it.each(ALL_STREAMS)('%s: inside a frame it is truncated, between two it is not', (_name, events) => {
    const frames = framesOf(events);
    const bytes = joined(frames);
    const truth = events.map(expectedEvent);
    const boundaries = new Set(frames.map((_, i) => joined(frames.slice(0, i)).length).concat(bytes.length));
    for (let at = 0; at <= bytes.length; at++) {
      const { events: read, error } = tryEvents([bytes.subarray(0, at)]);
      if (boundaries.has(at)) expect(error).toBeUndefined();
      else expect(codeOf(error), `byte ${at}`).toBe('ERR_TRUNCATED');
      expectSame(read, truth.slice(0, wholeFrames(frames, at)));
    }
  });

  it('is truncated also when the bytes came one by one', () => {
    const bytes = eventFrame('contentBlockStop', { contentBlockIndex: 0 });
    for (let length = 1; length < bytes.length; length++) {
      const error = thrownBy(() => readEvents(byteByByte(bytes.subarray(0, length))));
      expect(codeOf(error)).toBe('ERR_TRUNCATED');
    }
  });

  it('says where the frame began, how far it came, and that the call can be made again', () => {
    const [first, second] = framesOf(STREAMS.text);
    if (first === undefined || second === undefined) throw new Error('The stream has fewer than two frames.');
    const chunks = [first, second.subarray(0, 5), second.subarray(5, 30)];
    expect(thrownBy(() => readEvents(chunks))).toMatchObject({
      code: 'ERR_TRUNCATED',
      name: 'TruncatedError',
      retryable: true,
      phase: 'stream',
      message: expect.stringContaining(`30 bytes after its start at byte ${first.length}`),
    });
  });

  it('is whole when nothing came at all', () => {
    expect(readEvents([])).toEqual([]);
    expect(readEvents([new Uint8Array(0)])).toEqual([]);
  });
});

/** Where the frames of a body begin and end, by the lengths that they declare. */
function framesIn(bytes: Bytes): { start: number; end: number }[] {
  const view = new DataView(bytes.buffer);
  const frames: { start: number; end: number }[] = [];
  for (let start = 0; start < bytes.length; start += view.getUint32(start)) {
    frames.push({ start, end: start + view.getUint32(start) });
  }
  return frames;
}

/** How many frames lie whole before this byte. */
function wholeFrames(frames: Bytes[], at: number): number {
  let end = 0;
  for (const [i, { length }] of frames.entries()) {
    end += length;
    if (end > at) return i;
  }
  return frames.length;
}

function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => new Uint8Array([byte]));
}
