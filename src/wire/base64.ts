/** Base64 (RFC 4648, padded) of bytes and back, in every runtime. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
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
  const code = (codes ??= new TextEncoder().encode(ALPHABET));
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let o = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    // What lies beyond the end counts as zero bits, and its letters become padding.
    const triple = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    for (let shift = 18; shift >= 0; shift -= 6) out[o++] = code[(triple >>> shift) & 63] as number;
  }
  return new TextDecoder().decode(out.fill(EQUALS, o - ((3 - (bytes.length % 3)) % 3)));
}

/** Base64 text as bytes; undefined where it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const value = (values ??= makeValues());
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined;
  const out = new Uint8Array((length * 3) >> 2);
  let bits = 0;
  let held = 0;
  let o = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const six = code < 128 ? (value[code] as number) : -1;
    if (six < 0) return undefined;
    bits = ((bits << 6) | six) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[o++] = bits >>> held;
    }
  }
  return out;
}

function makeValues(): Int8Array {
  const made = new Int8Array(128).fill(-1);
  for (let i = 0; i < ALPHABET.length; i++) made[ALPHABET.charCodeAt(i)] = i;
  return made;
}
