import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/wire/frame.js';
import { describeFixtures, fixtureBytes, fixtureJson, fixtureNames } from '../fixtures.js';
import fc from '../property.js';
import { bodyOf, codec, eventFrame, frame, framesOf, joined, loneFrame, rawFrame } from './frames.js';
import { codeOf, expectSame, readFrames, thrownBy } from './reading.js';
import { STREAMS } from './streams.js';
import { memoryUseOf } from './watching.js';

const GIB2 = 0x7fffffff;

describeFixtures('eventstream', 'the event-stream vectors of Smithy', () => {
  it.each(fixtureNames('eventstream/encoded/positive'))('%s is read', (name) => {
    const bytes = fixtureBytes(`eventstream/encoded/positive/${name}`);
    const { headers_length, payload } = fixtureJson<{ headers_length: number; payload: string }>(
      `eventstream/decoded/positive/${name}`,
    );
    const frames = readFrames([bytes]);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.headers).toEqual(bytes.slice(12, 12 + headers_length));
    expect(frames[0]?.payload).toEqual(new Uint8Array(Buffer.from(payload, 'base64')));
  });

  it.each(fixtureNames('eventstream/encoded/negative'))('%s is refused', (name) => {
    const bytes = fixtureBytes(`eventstream/encoded/negative/${name}`);
    const what = /header_len|length/.test(name)
      ? /at byte 0 of the stream has a wrong checksum in its prelude\./
      : /at byte 0 of the stream has a wrong checksum\./;
    for (const chunks of [[bytes], [...bytes].map((byte) => new Uint8Array([byte]))]) {
      const error = thrownBy(() => readFrames(chunks));
      expect(codeOf(error)).toBe('ERR_PROTOCOL');
      expect(error).toMatchObject({
        phase: 'stream',
        retryable: false,
        message: expect.stringMatching(what),
      });
    }
  });
});

describe('FrameReader', () => {
  it('reads frames of any headers and payload as AWS wrote them', () => {
    const header = fc.tuple(
      fc.stringMatching(/^[:a-z-]{1,12}$/),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const message = fc.record({
      headers: fc.array(header, { maxLength: 4 }),
      body: fc.uint8Array({ maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const encoded = messages.map(({ headers, body }) => {
          const typed = headers.map(([name, value]) => [name, { type: 'string' as const, value }]);
          return codec.encode({ headers: Object.fromEntries(typed), body });
        });
        const frames = readFrames([joined(encoded)]).map(({ headers, payload }) => [headers.length, payload]);
        const expected = encoded.map((bytes, i) => {
          const headersLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
          return [headersLength, new Uint8Array(messages[i]?.body ?? [])];
        });
        expectSame(frames, expected);
      }),
      { numRuns: 100 },
    );
  });

  it('reads the smallest frame, of no headers and no payload', () => {
    expect(readFrames([rawFrame(new Uint8Array(0))])).toEqual([
      { headers: new Uint8Array(0), payload: new Uint8Array(0) },
    ]);
  });

  it('hands out frames that lie whole in their chunk without copying them', () => {
    const frames = framesOf(STREAMS.text);
    const chunk = joined(frames);
    const reader = new FrameReader();
    reader.feed(chunk);
    let at = 0;
    for (const { length } of frames) {
      expect(reader.next()).toBe(true);
      expect(reader.bytes).toBe(chunk);
      expect(reader.headersStart).toBe(at + 12);
      at += length;
      expect(reader.payloadEnd).toBe(at - 4);
    }
    expect(reader.next()).toBe(false);
  });

  it('keeps no hold of a chunk that was read: the caller may reuse its memory', () => {
    const bytes = bodyOf(STREAMS.toolUse);
    const whole = readFrames([bytes]);
    const memory = new Uint8Array(50);
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < bytes.length; at += 50) {
      const part = bytes.subarray(at, at + 50);
      memory.fill(0xee);
      memory.set(part);
      reader.feed(memory.subarray(0, part.length));
      while (reader.next()) {
        frames.push({
          headers: reader.bytes.slice(reader.headersStart, reader.headersEnd),
          payload: reader.bytes.slice(reader.headersEnd, reader.payloadEnd),
        });
      }
    }
    expect(frames).toEqual(whole);
  });

  it('passes over empty chunks', () => {
    const bytes = bodyOf(STREAMS.text);
    const empty = new Uint8Array(0);
    const chunks = [
      empty,
      bytes.subarray(0, 5),
      empty,
      bytes.subarray(5, 200),
      empty,
      bytes.subarray(200),
      empty,
    ];
    expect(readFrames(chunks)).toEqual(readFrames([bytes]));
  });

  it('names the byte of the stream at which a frame is broken', () => {
    const good = eventFrame('contentBlockStop', { contentBlockIndex: 0 });
    const broken = loneFrame(100, 0, false);
    for (const chunks of [
      [joined([good, good, broken])],
      [good, good, broken.subarray(0, 4), broken.subarray(4)],
    ]) {
      expect(() => readFrames(chunks)).toThrow(`at byte ${2 * good.length} of the stream`);
    }
  });

  it.each([
    ['a length below the smallest frame', 15, 0],
    ['headers longer than the frame', 40, 25],
    ['a length of zero', 0, 0],
  ])('refuses %s though its checksum is right', (_what, total, headers) => {
    const error = thrownBy(() => readFrames([loneFrame(total, headers, true)]));
    expect(codeOf(error)).toBe('ERR_PROTOCOL');
    expect(error).toMatchObject({ message: expect.stringContaining('impossible lengths') });
  });
});

describe('the limit of a frame', () => {
  it('is 24 MiB by default', () => {
    const reader = new FrameReader();
    reader.feed(loneFrame(24 * 1024 * 1024, 0, true));
    expect(reader.next()).toBe(false);
    expect(() => readFrames([loneFrame(24 * 1024 * 1024 + 1, 0, true)])).toThrow(
      'over the limit of 25165824',
    );
  });

  it('counts the whole frame', () => {
    const bytes = frame({ a: 'b' }, 'c'.repeat(100));
    expect(readFrames([bytes], new FrameReader(bytes.length))).toHaveLength(1);
    expect(codeOf(thrownBy(() => readFrames([bytes], new FrameReader(bytes.length - 1))))).toBe(
      'ERR_PROTOCOL',
    );
  });

  it.each([
    ['with a right prelude', true, 'over the limit'],
    ['with a wrong prelude', false, 'prelude'],
  ])('refuses 16 bytes that declare 2 GiB, %s, without allocating them', (_what, isRight, message) => {
    const bytes = loneFrame(GIB2, 0, isRight);
    for (const chunks of [[bytes], [...bytes].map((byte) => new Uint8Array([byte]))]) {
      const { allocated, error } = memoryUseOf(() => readFrames(chunks));
      expect(codeOf(error)).toBe('ERR_PROTOCOL');
      expect(error).toMatchObject({ message: expect.stringContaining(message) });
      expect(Math.max(0, ...allocated)).toBeLessThanOrEqual(16);
    }
  });

  it('is looked at before anything is allocated: a frame within it is', () => {
    const bytes = loneFrame(1_000_000, 0, true);
    const { allocated, error } = memoryUseOf(() => readFrames([bytes]));
    expect(allocated).toEqual([1_000_000]);
    expect(codeOf(error)).toBe('ERR_TRUNCATED');
  });
});
