import { type ToResponseInit, toResponse, toTextResponse } from '../../responses/response.js';
import type { AsyncDisposer, ConverseEvent, ConverseResult, PartialResult } from '../../types.js';
import { readTexts, textOf } from '../text.js';
import { describeStream, inspectAs, makeDisposable } from './inspect.js';
import { toReadableStream } from './readable.js';
import { Reading, type Source } from './reading.js';

/** The answer to a `stream()` call: nothing is sent before it is first read, and it can be read once. */
export interface ConverseStream extends AsyncIterable<ConverseEvent>, AsyncDisposer {
  /**
   * The events. Leaving the loop closes the connection: the loop ends quietly, and `result()` then rejects with
   * `ERR_CANCELLED`. After a failure every further `next()` rejects with it.
   */
  [Symbol.asyncIterator](): AsyncIterator<ConverseEvent, undefined>;
  /** The text of the answer as it arrives, without reasoning and tool use. Counts as the one reading. */
  textStream(): AsyncIterable<string>;
  /** The whole text of the answer: that of `result()`. */
  text(): Promise<string>;
  /**
   * The whole answer. Reads the stream unless another reader does; either way it settles when the stream has ended.
   * Rejects when the stream failed, or with `ERR_CANCELLED` when it was left or cancelled before its end; the error's
   * `partial` then holds what had arrived.
   */
  result(): Promise<ConverseResult>;
  /** What has arrived so far, at any time: empty before the first event; after an abort it keeps what had arrived. */
  readonly partial: PartialResult;
  /** The events as a web stream, pulled one by one; cancelling it closes the connection. Counts as the one reading. */
  toReadableStream(): ReadableStream<ConverseEvent>;
  /**
   * The events as a `text/event-stream` response, each event's `type` as its name and its JSON as data, bytes as base64;
   * `fromResponse()` reads it. Waits for the first event, so that an earlier failure becomes a JSON response
   * `{ error }` with its own status, 429 or 5xx. A later failure, including an abort, is an `error` event. Both show
   * `code`, `retryable`, `retryAfterMs`, `requestId` and a general message; `onError` gets the whole error. Counts as the
   * one reading.
   */
  toResponse(init?: ToResponseInit): Promise<Response>;
  /**
   * The text of the answer as a `text/plain` response. Waits for the first text, so that an earlier failure becomes the
   * same JSON response as in `toResponse()`; a later failure makes the body fail. Counts as the one reading.
   */
  toTextResponse(init?: ToResponseInit): Promise<Response>;
  /**
   * Ends the call and closes the connection. Readers and `result()` then reject with `ERR_CANCELLED`, whose `cause` is
   * the reason. Resolves at once; does nothing when the call is over.
   */
  cancel(reason?: unknown): Promise<void>;
}

/** Where the events of an answer come from; it keeps what has arrived. */
export interface AnswerSource extends Source<ConverseEvent> {
  readonly partial: PartialResult;
  readonly fold: { keepsContent: boolean };
}

/** The ways to read an answer, over one reading of its events. */
export class AnswerStream implements ConverseStream {
  declare [Symbol.asyncDispose]: () => Promise<void>;
  readonly #source: AnswerSource;
  readonly #reading: Reading<ConverseEvent>;
  #result: Promise<ConverseResult> | undefined;

  constructor(source: AnswerSource) {
    this.#source = source;
    const reading = new Reading(source);
    this.#reading = reading;
    makeDisposable(this);
    inspectAs(this, () => describeStream(reading.state, reading.isClaimed));
  }

  [Symbol.asyncIterator](): AsyncIterator<ConverseEvent, undefined> {
    return this.#reading.claim();
  }

  textStream(): AsyncIterable<string> {
    return readTexts(this.#reading.claim());
  }

  async text(): Promise<string> {
    return textOf((await this.result()).message);
  }

  result(): Promise<ConverseResult> {
    this.#reading.drain();
    if (this.#result === undefined) {
      this.#result = this.#reading.over.then(() => this.partial as ConverseResult);
      this.#result.catch(ignore);
    }
    return this.#result;
  }

  get partial(): PartialResult {
    return this.#source.partial;
  }

  /**
   * Stops keeping content: from now on, `partial` and `result()` contain everything except what deltas add. It is not in the public
   * type. The gateway calls it before it reads, because it passes the content on and does not need it again.
   */
  forgetContent(): void {
    this.#source.fold.keepsContent = false;
  }

  toReadableStream(): ReadableStream<ConverseEvent> {
    return toReadableStream(this.#reading.claim());
  }

  toResponse(init?: ToResponseInit): Promise<Response> {
    return toResponse(this, init, this.#isCallersAbort);
  }

  toTextResponse(init?: ToResponseInit): Promise<Response> {
    return toTextResponse(this, init, this.#isCallersAbort);
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#reading.cancel(reason);
  }

  readonly #isCallersAbort = (error: unknown): boolean => this.#reading.isCallersAbort(error);
}

function ignore(): void {}
