import { describeStream, inspectAs, makeDisposable } from '../converse/stream/inspect.js';
import { toReadableStream } from '../converse/stream/readable.js';
import { Reading, type Source } from '../converse/stream/reading.js';
import type { AsyncDisposer, InvokeChunk, JsonObject } from '../types.js';
import type { InvokeUsage } from './usage.js';

/** The whole answer to `invokeModelStream()`. */
export interface InvokeStreamResult<Json = JsonObject> {
  /** Everything that arrived, in order. */
  chunks: readonly InvokeChunk<Json>[];
  /** Tokens, from the last chunk; undefined if it does not say. */
  usage: InvokeUsage | undefined;
  /** How long the model took, in milliseconds; undefined if the last chunk does not say. */
  latencyMs: number | undefined;
  /** How long until the first byte of the answer, in milliseconds; undefined if the last chunk does not say. */
  firstByteLatencyMs: number | undefined;
  requestId: string | undefined;
  /** How many requests were sent. */
  attempts: number;
  warnings: string[];
}

/** The answer to `invokeModelStream()`: nothing is sent before it is first read, and it can be read once. */
export interface InvokeStream<Json = JsonObject> extends AsyncIterable<InvokeChunk<Json>>, AsyncDisposer {
  /**
   * The chunks. Leaving the loop closes the connection: the loop ends quietly, and `result()` then rejects with
   * `ERR_CANCELLED`. After a failure every further `next()` rejects with it.
   */
  [Symbol.asyncIterator](): AsyncIterator<InvokeChunk<Json>, undefined>;
  /**
   * The whole answer. Reads the stream unless another reader does. Rejects when the stream failed, was left or cancelled; the
   * error's `chunks` then holds what had arrived.
   */
  result(): Promise<InvokeStreamResult<Json>>;
  /** The chunks as a web stream, pulled one by one; cancelling it closes the connection. Counts as the one reading. */
  toReadableStream(): ReadableStream<InvokeChunk<Json>>;
  /** Ends the call and closes the connection. Readers and `result()` then reject with `ERR_CANCELLED`. */
  cancel(reason?: unknown): Promise<void>;
}

/** Where the chunks of an answer come from; it keeps what has arrived. */
export interface ChunkSource<Json> extends Source<InvokeChunk<Json>> {
  result(): InvokeStreamResult<Json>;
}

/** The ways to read an answer, over one reading of its chunks. */
export class ChunkStream<Json> implements InvokeStream<Json> {
  declare [Symbol.asyncDispose]: () => Promise<void>;
  readonly #source: ChunkSource<Json>;
  readonly #reading: Reading<InvokeChunk<Json>>;
  #result: Promise<InvokeStreamResult<Json>> | undefined;

  constructor(source: ChunkSource<Json>) {
    this.#source = source;
    const reading = new Reading(source);
    this.#reading = reading;
    makeDisposable(this);
    inspectAs(this, () => describeStream(reading.state, reading.isClaimed, 'InvokeStream'));
  }

  [Symbol.asyncIterator](): AsyncIterator<InvokeChunk<Json>, undefined> {
    return this.#reading.claim();
  }

  result(): Promise<InvokeStreamResult<Json>> {
    this.#reading.drain();
    if (this.#result === undefined) {
      this.#result = this.#reading.over.then(() => this.#source.result());
      this.#result.catch(ignore);
    }
    return this.#result;
  }

  toReadableStream(): ReadableStream<InvokeChunk<Json>> {
    return toReadableStream(this.#reading.claim());
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#reading.cancel(reason);
  }
}

function ignore(): void {}
