import type { FrameReader } from './frame.js';

// Else a text that begins with U+FEFF would lose it.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const HEAD = bytesOf('{"contentBlockIndex":');
const DELTA = bytesOf(',"delta":{"text":"');
const TAIL = bytesOf('},"p":"');
const [QUOTE, BACKSLASH, SPACE, ZERO, NINE, BRACE] = [0x22, 0x5c, 0x20, 0x30, 0x39, 0x7d];

/** From here on TextDecoder is faster. */
const SHORT = 12;
const LAST_ASCII = 0x7f;

/** A delta of text, without its padding. */
export interface PlainText {
  contentBlockIndex: number;
  delta: { text: string };
}

/**
 * The payload of a `contentBlockDelta` in the one form that nearly all have, read without making an object of its padding:
 *
 *     {"contentBlockIndex":0,"delta":{"text":"words"},"p":"abc"}
 *
 * Undefined for any other form, and for text with escapes.
 */
export function plainText({ bytes, headersEnd, payloadEnd }: FrameReader): PlainText | undefined {
  if (!stands(HEAD, bytes, headersEnd)) return undefined;
  let at = headersEnd + HEAD.length;
  const index = (bytes[at] as number) - ZERO;
  at += 1;
  if (index < 0 || index > NINE - ZERO || !stands(DELTA, bytes, at)) return undefined;
  const start = at + DELTA.length;
  const end = plainEnd(bytes, start, payloadEnd);
  if (!stands(TAIL, bytes, end + 1)) return undefined;
  const padded = plainEnd(bytes, end + 1 + TAIL.length, payloadEnd);
  if (padded + 2 !== payloadEnd || bytes[padded + 1] !== BRACE) return undefined;
  const text = shortAscii(bytes, start, end) ?? utf8.decode(bytes.subarray(start, end));
  return { contentBlockIndex: index, delta: { text } };
}

/** Text without TextDecoder, which takes longer than all else about the few letters of a delta. */
function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT) return undefined;
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const a = bytes[at] as number;
    const b = bytes[at + 1] as number;
    const c = bytes[at + 2] as number;
    const d = bytes[at + 3] as number;
    if ((a | b | c | d) > LAST_ASCII) return undefined;
    text += String.fromCharCode(a, b, c, d);
  }
  for (; at < end; at++) {
    const a = bytes[at] as number;
    if (a > LAST_ASCII) return undefined;
    text += String.fromCharCode(a);
  }
  return text;
}

/** Where the quote that ends a string without escapes stands; `limit` where there is none. */
function plainEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < SPACE) return limit;
  }
  return limit;
}

function stands(expected: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
