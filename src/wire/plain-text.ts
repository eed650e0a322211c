import { encodeText } from '../encoding.js';
import type { FrameReader } from './frame.js';

// Without ignoreBOM, a text that begins with U+FEFF would lose it.
const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

const HEAD = /* @__PURE__ */ encodeText('{"contentBlockIndex":');
const DELTA = /* @__PURE__ */ encodeText(',"delta":{"text":"');
const TAIL = /* @__PURE__ */ encodeText('},"p":"');
const BYTES = /* @__PURE__ */ encodeText('{"bytes":"');
const PADDING = /* @__PURE__ */ encodeText(',"p":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const BRACE = 0x7d;

/** Longer texts are faster with TextDecoder. */
const MAX_SHORT = 12;
const LAST_ASCII = 0x7f;

/** The payload of a text delta, without its padding. */
export interface PlainText {
  contentBlockIndex: number;
  delta: { text: string };
}

/**
 * Reads the payload of a `contentBlockDelta` in the form that nearly all of them have, in a fraction of the time of
 * `JSON.parse`, which would also create the padding:
 *
 *     {"contentBlockIndex":0,"delta":{"text":"words"},"p":"abc"}
 *
 * Returns undefined for any other form, and for text with escapes: the caller then parses it as JSON.
 */
export function readPlainText({ bytes, view, headersEnd, payloadEnd }: FrameReader): PlainText | undefined {
  if (!hasBytes(HEAD, bytes, headersEnd)) return undefined;
  let at = headersEnd + HEAD.length;
  const index = (bytes[at] as number) - ZERO;
  at += 1;
  if (index < 0 || index > NINE - ZERO || !hasBytes(DELTA, bytes, at)) return undefined;
  const start = at + DELTA.length;
  const end = findQuote(view, start, payloadEnd);
  if (!hasBytes(TAIL, bytes, end + 1)) return undefined;
  const padded = findQuote(view, end + 1 + TAIL.length, payloadEnd);
  if (padded + 2 !== payloadEnd || bytes[padded + 1] !== BRACE) return undefined;
  const text = decodeShortAscii(bytes, start, end) ?? utf8.decode(bytes.subarray(start, end));
  return { contentBlockIndex: index, delta: { text } };
}

/** Decodes a short text without TextDecoder, whose call costs more than everything else about the few letters of a delta. */
function decodeShortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > MAX_SHORT) return undefined;
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

/**
 * Where the base64 of a chunk of InvokeModel is, in the form that nearly all of them have:
 *
 *     {"bytes":"eyJ0…","p":"abc"}
 *
 * Returns undefined for any other form.
 */
export function findPlainBase64({
  bytes,
  view,
  headersEnd,
  payloadEnd,
}: FrameReader): [start: number, end: number] | undefined {
  if (!hasBytes(BYTES, bytes, headersEnd)) return undefined;
  const start = headersEnd + BYTES.length;
  const end = findQuote(view, start, payloadEnd);
  if (end + 2 === payloadEnd && bytes[end + 1] === BRACE) return [start, end];
  if (!hasBytes(PADDING, bytes, end + 1)) return undefined;
  const padded = findQuote(view, end + 1 + PADDING.length, payloadEnd);
  return padded + 2 === payloadEnd && bytes[padded + 1] === BRACE ? [start, end] : undefined;
}

/** Finds the quote that ends a string without escapes; returns `limit` if there is none. */
function findQuote(view: DataView, start: number, limit: number): number {
  let at = start;
  while (at + 4 <= limit && !endsText(view.getInt32(at))) at += 4;
  for (; at < limit; at++) {
    const byte = view.getUint8(at);
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < SPACE) return limit;
  }
  return limit;
}

/** Whether one of four bytes is a quote, a backslash or a control character. */
function endsText(word: number): boolean {
  const found = below(word ^ 0x22222222, 1) | below(word ^ 0x5c5c5c5c, 1) | below(word, SPACE);
  return (found & 0x80808080) !== 0;
}

/** Sets a top bit if one of four bytes is below a limit, because subtracting the limit from that byte has to borrow. */
function below(word: number, limit: number): number {
  return (word - limit * 0x01010101) & ~word;
}

function hasBytes(expected: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
