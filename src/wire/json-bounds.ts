import { encodeText } from '../encoding.js';

/** As deep as a request may be: a deeper answer could not be sent back, and overflows the stack of what walks through it. */
const MAX_DEPTH = 200;

/** Parsing takes about a microsecond for each: this many keep the event loop busy for some 50 ms. */
const MAX_VALUES = 50_000;

/** Values in a whole answer or list: more than a model can write in tokens, since a tool input may be one long list of numbers. */
export const MAX_WHOLE_VALUES = 200_000;

/** A shorter text is within the bounds that matter, whatever is in it. */
const HARMLESS_BYTES = 4096;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/**
 * Looks through JSON, before it is parsed, for what would block the event loop: nesting and the number of values. One pass
 * over the bytes; it does not check the grammar.
 *
 * @returns What is beyond a bound, in words; undefined if nothing is.
 */
export function findExcess(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxValues = MAX_VALUES,
): string | undefined {
  if (end - start <= HARMLESS_BYTES) return undefined;
  let depth = 0;
  let values = 0;
  for (let at = start; at < end; at++) {
    switch (bytes[at]) {
      case QUOTE:
        for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        values++;
        if (++depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
      case COMMA:
        if (++values > maxValues) return `has more than ${maxValues} values`;
        break;
    }
  }
  return undefined;
}

/** The same for a text. */
export function findTextExcess(text: string, maxValues?: number): string | undefined {
  if (text.length <= HARMLESS_BYTES) return undefined;
  const bytes = encodeText(text);
  return findExcess(bytes, 0, bytes.length, maxValues);
}
