import { type BedrockError, makeError } from '../errors.js';
import { crc32 } from './crc32.js';

/**
 * Splits a response body of the type `application/vnd.amazon.eventstream` into frames. A frame is
 *
 *     total length u32 · header length u32 · CRC of these 8 bytes u32 · headers · payload · CRC of all before u32
 *
 * with numbers in big-endian order. The first twelve bytes are its prelude.
 *
 * Source: Smithy, "Amazon Event Stream Specification".
 */

const PRELUDE_BYTES = 12;
const SMALLEST_FRAME = 16;

/** Default limit of a frame's length: 24 MiB, the limit of the specification. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024;

/** The most that the specification allows for headers. A frame of nothing but headers would be slow to read. */
const MAX_HEADER_BYTES = 128 * 1024;

/**
 * Takes chunks as they arrive; `next()` moves to the next complete frame. The fields of the reader describe that frame and
 * are valid until the next call. There is no object per frame, and a frame that lies whole in its chunk is not copied: a
 * long answer has thousands of frames of about a hundred bytes, so an allocation for each would cost more than reading it.
 *
 * Only a frame that continues in the next chunk is copied. Chunks are never held beyond the next `feed()`, so that a caller
 * may reuse their memory, and a small rest does not keep a large chunk alive.
 */
export class FrameReader {
  /** Contains the frame: its headers are `[headersStart, headersEnd)`, its payload `[headersEnd, payloadEnd)`. */
  bytes: Uint8Array = EMPTY;
  /** A view of the same bytes, so that readers of the frame need not create one each time. */
  view: DataView = EMPTY_VIEW;
  headersStart = 0;
  headersEnd = 0;
  payloadEnd = 0;
  /** Bytes of the stream before the current chunk. Errors name positions in the stream, not in a chunk. */
  #passed = 0;
  #chunk: Uint8Array = EMPTY;
  #chunkView: DataView = EMPTY_VIEW;
  /** Where unread bytes of the chunk begin. */
  #at = 0;
  /** The beginning of a frame that continues in the next chunk; its first `#partialLength` bytes are filled. */
  #partial: Uint8Array = EMPTY;
  #partialLength = 0;
  readonly #maxFrameBytes: number;

  constructor(maxFrameBytes: number = MAX_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Takes the next chunk. Call it only after `next()` has returned false: bytes of the previous chunk are dropped. */
  feed(chunk: Uint8Array): void {
    this.#passed += this.#chunk.length;
    this.#chunk = chunk;
    this.#chunkView = viewOf(chunk);
    this.#at = 0;
  }

  /**
   * Moves to the next complete frame; returns false if more bytes are needed.
   *
   * @throws BedrockError `ERR_PROTOCOL` if lengths or checksums are wrong: nothing behind such a frame can be trusted.
   */
  next(): boolean {
    if (this.#partialLength > 0) return this.#continuePartial();
    const chunk = this.#chunk;
    const start = this.#at;
    const left = chunk.length - start;
    if (left < PRELUDE_BYTES) {
      // How much room it needs is not known yet.
      if (left > 0) this.#setAside(left, SMALLEST_FRAME);
      return false;
    }
    const total = this.#readLength(this.#chunkView, start);
    if (total > left) {
      this.#setAside(left, total);
      return false;
    }
    this.#at = start + total;
    this.#openFrame(chunk, this.#chunkView, start, total);
    return true;
  }

  /**
   * Call it when the body has ended.
   *
   * @throws BedrockError `ERR_TRUNCATED` if it ended inside a frame.
   */
  end(): void {
    if (this.#partialLength === 0) return;
    throw makeError(
      'ERR_TRUNCATED',
      `The stream ended inside a frame, ${this.#partialLength} bytes after its start at byte ${this.#position()}. ` +
        'The service or something in between closed the connection. Call again.',
      { retryable: true, phase: 'stream' },
    );
  }

  /** Adds bytes of the chunk to the frame that began in an earlier one; the prelude first, because it has the length. */
  #continuePartial(): boolean {
    if (this.#partialLength < PRELUDE_BYTES) {
      this.#takeUpTo(PRELUDE_BYTES);
      if (this.#partialLength < PRELUDE_BYTES) return false;
      const total = this.#readLength(viewOf(this.#partial), 0);
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
    this.#openFrame(this.#partial, view, 0, total);
    return true;
  }

  /** Copies the rest of the chunk, the beginning of a frame, into a buffer of `room` bytes. */
  #setAside(left: number, room: number): void {
    this.#partial = new Uint8Array(room);
    this.#partial.set(this.#chunk.subarray(this.#at));
    this.#partialLength = left;
    this.#at = this.#chunk.length;
  }

  /** Fills the partial frame up to `length` bytes, or as far as the chunk goes. */
  #takeUpTo(length: number): void {
    const take = Math.min(length - this.#partialLength, this.#chunk.length - this.#at);
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + take), this.#partialLength);
    this.#partialLength += take;
    this.#at += take;
  }

  /**
   * Reads the length of a frame, after checking that its prelude is intact and within the limit. The specification gives the
   * prelude a checksum of its own for this: without it, one flipped bit in the length would make the reader allocate up to
   * 4 GiB, or wait for bytes that never come.
   */
  #readLength(view: DataView, start: number): number {
    const total = view.getUint32(start);
    if (crc32(view, start, start + 8) !== view.getUint32(start + 8)) {
      this.#refuse('has a wrong checksum in its prelude');
    }
    const headers = view.getUint32(start + 4);
    if (total < SMALLEST_FRAME || headers > total - SMALLEST_FRAME) {
      this.#refuse('declares impossible lengths');
    }
    if (headers > MAX_HEADER_BYTES) {
      this.#refuse(`declares ${headers} bytes of headers, over the limit of ${MAX_HEADER_BYTES}`);
    }
    if (total > this.#maxFrameBytes) {
      this.#refuse(`declares ${total} bytes, over the limit of ${this.#maxFrameBytes}`);
    }
    return total;
  }

  /**
   * Makes a complete frame the current one, if its checksum is right. The CRC of the prelude, which was right, is where the
   * CRC of the whole frame continues, so that no byte is checked twice.
   */
  #openFrame(bytes: Uint8Array, view: DataView, start: number, total: number): void {
    const end = start + total - 4;
    if (crc32(view, start + 8, end, view.getUint32(start + 8)) !== view.getUint32(end)) {
      this.#at -= total;
      this.#refuse('has a wrong checksum');
    }
    this.bytes = bytes;
    this.view = view;
    this.headersStart = start + PRELUDE_BYTES;
    this.headersEnd = this.headersStart + view.getUint32(start + 4);
    this.payloadEnd = end;
  }

  #refuse(what: string): never {
    throw protocolError(`The frame at byte ${this.#position()} of the stream ${what}`);
  }

  /** Where the current frame begins in the stream, for errors. */
  #position(): number {
    return this.#passed + this.#at - this.#partialLength;
  }
}

/** The error for bytes that Bedrock does not send; `what` is a sentence without its period. */
export function protocolError(what: string, cause?: unknown): BedrockError {
  return makeError(
    'ERR_PROTOCOL',
    `${what}. Something in between changed the bytes, or the endpoint is not Bedrock.`,
    { phase: 'stream', cause },
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const EMPTY = new Uint8Array(0);
const EMPTY_VIEW = viewOf(EMPTY);
