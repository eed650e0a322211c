import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 as crc32OfView } from '../../src/wire/crc32.js';
import fc from '../property.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The view begins in the middle of its buffer, as a chunk's view often does. */
function crc32(bytes: Uint8Array, start = 0, end = bytes.length, previous = 0): number {
  const buffer = new Uint8Array(bytes.length + 3);
  buffer.set(bytes, 3);
  return crc32OfView(new DataView(buffer.buffer, 3), start, end, previous);
}

describe('crc32', () => {
  it.each([
    ['', 0x00000000],
    ['a', 0xe8b7be43],
    ['abc', 0x352441c2],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('knows the published value of "%s"', (text, expected) => {
    expect(crc32(ascii(text))).toBe(expected);
  });

  it("equals zlib's for every length from 0 to 64 at every offset in a word", () => {
    const bytes = Uint8Array.from({ length: 80 }, (_, i) => (i * 37 + 11) ^ (i << 3));
    for (let length = 0; length <= 64; length++) {
      for (let start = 0; start < 9; start++) {
        const part = bytes.subarray(start, start + length);
        expect(crc32(bytes, start, start + length)).toBe(zlibCrc32(part));
        expect(crc32(part)).toBe(zlibCrc32(part));
      }
    }
  });

  it("equals zlib's and a reference bit by bit for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
        expect(crc32(bytes)).toBe(bitByBit(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('goes on from what came before, wherever the bytes are parted', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * i);
    for (let at = 0; at <= bytes.length; at++) {
      const before = crc32(bytes, 0, at);
      expect(crc32(bytes, at, bytes.length, before)).toBe(crc32(bytes));
    }
  });

  it('reads unsigned: the sign bit of the checksum is no sign', () => {
    const bytes = ascii('a');
    expect(crc32(bytes)).toBeGreaterThan(0x7fffffff);
  });
});

/** The checksum's definition: polynomial 0xedb88320, reflected, both ends inverted. */
function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
