import { type BedrockError, makeError } from '../errors.js';
import { crc32 } from './crc32.js';

/**
 * Frames of `application/vnd.amazon.eventstream`:
 *
 *     total length u32 · header length u32 · CRC of these 8 bytes u32 · headers · payload · CRC of all before u32
 *
 * Source: Smithy, "Amazon Event Stream Specification".
 */

const PRELUDE_BYTES = 12;
const SMALLEST_FRAME = 16;

/** The longest frame that is read unless told otherwise: 24 MiB, the limit of the specification. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024;

/**
 * Takes chunks as they come and gives frames as they are complete, pulled by `next()`. The frame is described by the
 * reader's own fields, valid until the next call: a frame that lies whole in its chunk is not copied.
 */
export class FrameReader {
  /** Holds the frame: its headers are `[headersStart, headersEnd)`, its payload `[headersEnd, payloadEnd)`. */
  bytes: Uint8Array = EMPTY;
  /** The same bytes. */
  view: DataView = EMPTY_VIEW;
  headersStart = 0;
  headersEnd = 0;
  payloadEnd = 0;
  /** Bytes of the stream before the chunk that is being read. */
  #passed = 0;
  #chunk: Uint8Array = EMPTY;
  #chunkView: DataView = EMPTY_VIEW;
  #at = 0;
  #partial: Uint8Array = EMPTY;
  #partialLength = 0;
  readonly #maxFrameBytes: number;

  constructor(maxFrameBytes: number = MAX_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Takes the next chunk. All frames of the one before must have been read: `next()` has returned false. */
  feed(chunk: Uint8Array): void {
    this.#passed += this.#chunk.length;
    this.#chunk = chunk;
    this.#chunkView = viewOf(chunk);
    this.#at = 0;
  }

  /** Moves to the next complete frame; false when more bytes are needed. */
  next(): boolean {
    if (this.#partialLength > 0) return this.#continuePartial();
    const chunk = this.#chunk;
    const start = this.#at;
    const left = chunk.length - start;
    if (left < PRELUDE_BYTES) {
      if (left > 0) this.#setAside(left, SMALLEST_FRAME);
      return false;
    }
    const total = this.#checkedLength(chunk, this.#chunkView, start);
    if (total > left) {
      this.#setAside(left, total);
      return false;
    }
    this.#at = start + total;
    this.#open(chunk, this.#chunkView, start, total);
    return true;
  }

  /** Says whether the stream may end here; throws when it ended inside a frame. */
  end(): void {
    if (this.#partialLength === 0) return;
    throw makeError(
      'ERR_TRUNCATED',
      `The stream ended inside a frame, ${this.#partialLength} bytes after its start at byte ${this.#position()}. ` +
        'The connection was cut by the service or something in between. Make the call again.',
      { retryable: true, phase: 'stream' },
    );
  }

  /** Goes on with a frame whose beginning came in an earlier chunk. */
  #continuePartial(): boolean {
    if (this.#partialLength < PRELUDE_BYTES) {
      this.#takeUpTo(PRELUDE_BYTES);
      if (this.#partialLength < PRELUDE_BYTES) return false;
      const total = this.#checkedLength(this.#partial, viewOf(this.#partial), 0);
      if (total > this.#partial.length) {
        const larger = new Uint8Array(total);
        larger.set(this.#partial.subarray(0, PRELUDE_BYTES));
        this.#partial = larger;
      }
    }
    const view = viewOf(this.#partial);
    const total = view.getUint32(0);
    this.#takeUpTo(total);
    if (this.#partialLength < total) return false;
    this.#partialLength = 0;
    this.#open(this.#partial, view, 0, total);
    return true;
  }

  #setAside(left: number, room: number): void {
    this.#partial = new Uint8Array(room);
    this.#partial.set(this.#chunk.subarray(this.#at));
    this.#partialLength = left;
    this.#at = this.#chunk.length;
  }

  #takeUpTo(length: number): void {
    const take = Math.min(length - this.#partialLength, this.#chunk.length - this.#at);
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + take), this.#partialLength);
    this.#partialLength += take;
    this.#at += take;
  }

  /** The frame's length, once its prelude is known to be intact and within the limit: nothing is allocated before. */
  #checkedLength(bytes: Uint8Array, view: DataView, start: number): number {
    const total = view.getUint32(start);
    if (crc32(bytes, start, start + 8) !== view.getUint32(start + 8)) {
      throw protocolError(
        `The checksum of the frame's prelude at byte ${this.#position()} of the stream is wrong`,
      );
    }
    if (total < SMALLEST_FRAME || view.getUint32(start + 4) > total - SMALLEST_FRAME) {
      throw protocolError(`The frame at byte ${this.#position()} of the stream declares impossible lengths`);
    }
    if (total > this.#maxFrameBytes) {
      throw protocolError(
        `The frame at byte ${this.#position()} of the stream declares ${total} bytes, over the limit of ${this.#maxFrameBytes}`,
      );
    }
    return total;
  }

  /** Its checksum goes on from that of the prelude, which was right. */
  #open(bytes: Uint8Array, view: DataView, start: number, total: number): void {
    const end = start + total - 4;
    if (crc32(bytes, start + 8, end, view.getUint32(start + 8)) !== view.getUint32(end)) {
      throw protocolError(
        `The checksum of a frame that ends before byte ${this.#position()} of the stream is wrong`,
      );
    }
    this.bytes = bytes;
    this.view = view;
    this.headersStart = start + PRELUDE_BYTES;
    this.headersEnd = this.headersStart + view.getUint32(start + 4);
    this.payloadEnd = end;
  }

  #position(): number {
    return this.#passed + this.#at - this.#partialLength;
  }
}

/** Bytes that are not what Bedrock sends. */
export function protocolError(what: string, cause?: unknown): BedrockError {
  return makeError(
    'ERR_PROTOCOL',
    `${what}. Something between here and the service changed the bytes, or the endpoint is not Bedrock.`,
    { phase: 'stream', cause },
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const EMPTY = new Uint8Array(0);
const EMPTY_VIEW = viewOf(EMPTY);
