import { decodeText } from '../encoding.js';
import { protocolError } from './frame.js';

/** The headers that Bedrock's streams use; others are skipped. */
export interface FrameHeaders {
  /** `event`, `exception` or `error`. */
  messageType: string | undefined;
  eventType: string | undefined;
  exceptionType: string | undefined;
  errorCode: string | undefined;
  errorMessage: string | undefined;
}

/**
 * Length of a value in bytes, by its type: true, false, byte, short, integer, long; byte array and string, which have a length
 * of their own; timestamp, UUID.
 */
const FIXED_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const BYTE_ARRAY = 6;
const STRING = 7;

/** Errors do not repeat the name: it may hold part of a secret, which nobody would recognize. */
const TRUNCATED = 'A header of a frame is truncated';

/** How many header blocks are cached. A Converse stream has about seven; a bound, because a peer may send new ones forever. */
const MAX_CACHED = 16;

/**
 * Reads header blocks. A stream repeats the same few blocks byte for byte, so a block is first compared with those already
 * seen, which is much cheaper than decoding its texts.
 */
export class HeaderReader {
  readonly #seen: { block: DataView; headers: FrameHeaders }[] = [];

  /** Reads the headers in `[start, end)`. `view` is a view of the same bytes. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): FrameHeaders {
    for (const entry of this.#seen) {
      if (isSameBlock(entry.block, view, start, end)) return entry.headers;
    }
    const headers = parseHeaders(bytes, start, end);
    if (this.#seen.length < MAX_CACHED) {
      this.#seen.push({ block: new DataView(new Uint8Array(bytes.subarray(start, end)).buffer), headers });
    }
    return headers;
  }
}

/**
 * Parses a header block. Each header is: length of the name u8, name, type u8, value.
 *
 * @throws BedrockError `ERR_PROTOCOL` if it is truncated, or has a type that the specification does not list.
 */
export function parseHeaders(bytes: Uint8Array, start: number, end: number): FrameHeaders {
  const texts = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + (bytes[at] as number);
    if (nameEnd >= end) throw protocolError(TRUNCATED);
    const name = decodeText(bytes.subarray(at + 1, nameEnd));
    const type = bytes[nameEnd] as number;
    const valueStart = nameEnd + 1;
    const fixed = FIXED_BYTES[type];
    if (fixed !== undefined) {
      at = valueStart + fixed;
    } else if (type === STRING || type === BYTE_ARRAY) {
      if (valueStart + 2 > end) throw protocolError(TRUNCATED);
      const textStart = valueStart + 2;
      at = textStart + (((bytes[valueStart] as number) << 8) | (bytes[valueStart + 1] as number));
      if (type === STRING && at <= end) texts.set(name, decodeText(bytes.subarray(textStart, at)));
    } else {
      throw protocolError(`A header of a frame has the unknown type ${type}`);
    }
    if (at > end) throw protocolError(TRUNCATED);
  }
  return {
    messageType: texts.get(':message-type'),
    eventType: texts.get(':event-type'),
    exceptionType: texts.get(':exception-type'),
    errorCode: texts.get(':error-code'),
    errorMessage: texts.get(':error-message'),
  };
}

/** Compares four bytes at a time, from the end: all blocks begin with the same names, and differ in their last value. */
function isSameBlock(block: DataView, view: DataView, start: number, end: number): boolean {
  const length = end - start;
  if (block.byteLength !== length) return false;
  let i = length - 4;
  for (; i >= 0; i -= 4) if (block.getInt32(i) !== view.getInt32(start + i)) return false;
  for (i += 3; i >= 0; i--) if (block.getInt8(i) !== view.getInt8(start + i)) return false;
  return true;
}
