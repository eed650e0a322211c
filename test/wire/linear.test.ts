import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameReader } from '../../src/wire/frame.js';
import { codec, eventFrame, joined } from './frames.js';
import { expectSame, readFrames } from './reading.js';
import { memoryUseOf } from './watching.js';

const MIB = 1024 * 1024;
const KIB = 1024;

/** Bytes that went through the checksum. */
let hashed = 0;

vi.mock('../../src/wire/crc32.js', async (original) => {
  const { crc32 } = await original<typeof import('../../src/wire/crc32.js')>();
  return {
    crc32: (bytes: DataView, start: number, end: number, previous?: number) => {
      hashed += end - start;
      return crc32(bytes, start, end, previous);
    },
  };
});

beforeEach(() => {
  hashed = 0;
});

describe('the work for a frame that comes in many chunks', () => {
  it.each([1, 2, 4, 8])('is linear in its length: %i MiB in 4 KiB chunks', (size) => {
    const bytes = codec.encode({ headers: {}, body: new Uint8Array(size * MIB).fill(7) });
    const { count, copied, allocated } = workFor(piecesOf(bytes, 4 * KIB));
    expect(count).toBe(1);
    expect(copied).toBeGreaterThanOrEqual(bytes.length);
    expect(copied).toBeLessThanOrEqual(1.01 * bytes.length);
    expect(allocated).toBeLessThanOrEqual(1.01 * bytes.length);
    expect(hashed).toBeLessThanOrEqual(1.01 * bytes.length);
  });

  it('is linear too when the bytes come one by one', () => {
    const bytes = codec.encode({ headers: {}, body: new Uint8Array(16 * KIB).fill(7) });
    const { count, copied, allocated } = workFor(piecesOf(bytes, 1));
    expect(count).toBe(1);
    expect(copied).toBeLessThanOrEqual(1.01 * bytes.length);
    expect(allocated).toBeLessThanOrEqual(1.01 * bytes.length);
    expect(hashed).toBeLessThanOrEqual(1.01 * bytes.length);
  });
});

describe('the work for many frames', () => {
  const frames = Array.from({ length: 500 }, (_, i) =>
    eventFrame('contentBlockStop', { contentBlockIndex: i }),
  );
  const body = joined(frames);
  const longest = Math.max(...frames.map(({ length }) => length));

  it('copies nothing of those that lie whole in one chunk', () => {
    const { count, copied, allocated } = workFor([body]);
    expect({ count, copied, allocated }).toEqual({ count: 500, copied: 0, allocated: 0 });
  });

  it('copies only those that are cut by the end of a chunk', () => {
    const chunks = piecesOf(body, 2 * KIB);
    const { count, copied } = workFor(chunks);
    expect(count).toBe(500);
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThanOrEqual((chunks.length - 1) * (longest + 12));
    expectSame(readFrames(chunks), readFrames([body]));
  });

  it('hashes every byte but the checksums at the end once', () => {
    workFor(piecesOf(body, 2 * KIB));
    expect(hashed).toBe(body.length - 4 * 500);
  });
});

function piecesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

/** Reads all frames without looking into them. */
function workFor(chunks: Uint8Array[]): { count: number; copied: number; allocated: number } {
  let count = 0;
  const { copied, allocated, error } = memoryUseOf(() => {
    const reader = new FrameReader();
    for (const chunk of chunks) {
      reader.feed(chunk);
      while (reader.next()) count += 1;
    }
    reader.end();
  });
  if (error !== undefined) throw error;
  return { count, copied, allocated: allocated.reduce((sum, size) => sum + size, 0) };
}
