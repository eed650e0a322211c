import { protocolError } from './frame.js';

/** The headers of a frame that Converse's streams use; others are read over. */
export interface FrameHeaders {
  /** `event`, `exception` or `error`. */
  messageType: string | undefined;
  eventType: string | undefined;
  exceptionType: string | undefined;
  errorCode: string | undefined;
  errorMessage: string | undefined;
}

/** Bytes of a value by its type: true, false, byte, short, integer, long; timestamp and UUID behind the two with a length. */
const FIXED_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const BYTE_ARRAY = 6;
const STRING = 7;

/** How many different header blocks are remembered; a Converse stream has seven or so. */
const REMEMBERED = 16;

const utf8 = new TextDecoder();

/**
 * Reads header blocks. The same few blocks repeat byte for byte in a stream, so a block is compared with those
 * already seen before it is parsed.
 */
export class HeaderReader {
  readonly #seen: { block: DataView; headers: FrameHeaders }[] = [];

  /** The headers in `[start, end)` of some bytes, given twice: as they are and as a view of the same. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): FrameHeaders {
    for (const entry of this.#seen) {
      if (isSame(entry.block, view, start, end)) return entry.headers;
    }
    const headers = parseHeaders(bytes, start, end);
    if (this.#seen.length < REMEMBERED) {
      this.#seen.push({ block: new DataView(new Uint8Array(bytes.subarray(start, end)).buffer), headers });
    }
    return headers;
  }
}

/** Reads one header block: name length u8, name, type u8, value; repeated. */
export function parseHeaders(bytes: Uint8Array, start: number, end: number): FrameHeaders {
  const texts = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + (bytes[at] as number);
    if (nameEnd >= end) throw protocolError('A header of a frame is cut');
    const name = utf8.decode(bytes.subarray(at + 1, nameEnd));
    const type = bytes[nameEnd] as number;
    const valueStart = nameEnd + 1;
    const fixed = FIXED_BYTES[type];
    if (fixed !== undefined) {
      at = valueStart + fixed;
    } else if (type === STRING || type === BYTE_ARRAY) {
      if (valueStart + 2 > end) throw protocolError(`The header ${name} of a frame is cut`);
      const textStart = valueStart + 2;
      at = textStart + (((bytes[valueStart] as number) << 8) | (bytes[valueStart + 1] as number));
      if (type === STRING && at <= end) texts.set(name, utf8.decode(bytes.subarray(textStart, at)));
    } else {
      throw protocolError(`The header ${name} of a frame has the unknown type ${type}`);
    }
    if (at > end) throw protocolError(`The header ${name} of a frame is cut`);
  }
  return {
    messageType: texts.get(':message-type'),
    eventType: texts.get(':event-type'),
    exceptionType: texts.get(':exception-type'),
    errorCode: texts.get(':error-code'),
    errorMessage: texts.get(':error-message'),
  };
}

/** Compares from the end, where blocks differ, four bytes at a time. */
function isSame(block: DataView, view: DataView, start: number, end: number): boolean {
  const length = end - start;
  if (block.byteLength !== length) return false;
  let i = length;
  for (; i >= 4; i -= 4) if (block.getInt32(i - 4) !== view.getInt32(start + i - 4)) return false;
  for (; i > 0; i--) if (block.getInt8(i - 1) !== view.getInt8(start + i - 1)) return false;
  return true;
}
