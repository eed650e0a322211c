import { decodeText, encodeText } from '../encoding.js';

/** Base64 (RFC 4648, padded) of bytes and back, in every runtime. */

const EQUALS = 61;

let codes: Uint8Array | undefined;
let values: Int8Array | undefined;

/** Native encoders of some runtimes, several times as fast as a table for an image. */
interface Native {
  Buffer?: {
    from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
  };
}

/** Bytes as base64 text. */
export function toBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  return natively(bytes) ?? byTable(bytes);
}

/** Sandboxes and polyfills define functions that throw, and a `Buffer` that has no more than `isBuffer`. */
function natively(bytes: Uint8Array & { toBase64?(): string }): string | undefined {
  try {
    if (bytes.toBase64 !== undefined) return bytes.toBase64();
  } catch {}
  try {
    const { Buffer } = globalThis as Native;
    return Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  } catch {
    return undefined;
  }
}

function byTable(bytes: Uint8Array): string {
  const code = (codes ??= Uint8Array.from({ length: 64 }, (_, six) => letterOf(six)));
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let o = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    // What lies beyond the end counts as zero bits, and its letters become padding.
    const triple = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    for (let shift = 18; shift >= 0; shift -= 6) out[o++] = code[(triple >>> shift) & 63] as number;
  }
  return decodeText(out.fill(EQUALS, o - ((3 - (bytes.length % 3)) % 3)));
}

/** Base64 text as bytes; undefined where it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = encodeText(text);
  return decodeBase64(bytes, 0, bytes.length);
}

/** The same for text that is still bytes. */
export function decodeBase64(
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> | undefined {
  const value = (values ??= makeValues());
  const padding = end > start && bytes[end - 1] === EQUALS ? (bytes[end - 2] === EQUALS ? 2 : 1) : 0;
  const length = end - start - padding;
  if (length % 4 === 1 || (padding > 0 && (length + padding) % 4 !== 0)) return undefined;
  const out = new Uint8Array((length * 3) >> 2);
  const six = (at: number): number => value[bytes[at] as number] as number;
  const rest = length % 4;
  let at = start;
  let o = 0;
  for (const whole = start + length - rest; at < whole; at += 4) {
    const triple = (six(at) << 18) | (six(at + 1) << 12) | (six(at + 2) << 6) | six(at + 3);
    // Negative if any letter is not base64.
    if (triple < 0) return undefined;
    out[o++] = triple >> 16;
    out[o++] = triple >> 8;
    out[o++] = triple;
  }
  if (rest === 0) return out;
  const triple = (six(at) << 18) | (six(at + 1) << 12) | (rest === 3 ? six(at + 2) << 6 : 0);
  if (triple < 0) return undefined;
  out[o++] = triple >> 16;
  if (rest === 3) out[o] = triple >> 8;
  return out;
}

/** The six bits of each letter; -1 for a byte that is not one. */
function makeValues(): Int8Array {
  const made = new Int8Array(256).fill(-1);
  for (let six = 0; six < 64; six++) made[letterOf(six)] = six;
  return made;
}

/** The letter for six bits: A to Z, a to z, 0 to 9, + and /. Computed, because the alphabet as a string would be larger when compressed. */
function letterOf(six: number): number {
  if (six > 61) return six < 63 ? 43 : 47;
  return six < 26 ? six + 65 : six < 52 ? six + 71 : six - 4;
}
