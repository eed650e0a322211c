import { BedrockError, inputError, isBedrockError, withFacts } from '../errors.js';
import { Abort } from '../http/abort.js';
import { connectionError } from '../http/connection-error.js';
import { IdleWatch } from '../http/idle.js';
import { type Layers, merged, readLayers } from '../http/options.js';
import { Attempts } from '../http/retry.js';
import { discard, send } from '../http/send.js';
import { callOf } from '../http/transport.js';
import type {
  AsyncDisposer,
  ConverseEvent,
  ConverseResult,
  ConverseStreamRequest,
  PartialResult,
} from '../types.js';
import { foreignBody } from '../wire/error-body.js';
import { EventReader } from '../wire/events.js';
import { protocolError } from '../wire/frame.js';
import { Serial } from '../wire/serial.js';
import { makeDisposable } from './disposable.js';
import { Fold } from './fold.js';
import { Handed } from './handed.js';
import { describeStream, inspectAs } from './inspect.js';
import { type Prepared, prepareConverse } from './prepare.js';
import { toReadableStream } from './readable.js';
import { restoreName } from './repair-names.js';
import { type ToResponseInit, toResponse, toTextResponse } from './response.js';
import { cancelledError, idleError, truncatedError } from './stream-errors.js';
import { textOf, texts } from './text.js';
import { Turns } from './turn.js';

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

type Step = IteratorResult<ConverseEvent, undefined>;
type Chunk = { done: boolean; value?: unknown };
/** The bytes of a response, or the events of a transport. A `read` settles at once at an abort, with anything. */
type Body = {
  read(): Promise<Chunk>;
  cancel(): Promise<void>;
};
/** Turns the chunks of a body into events. */
type Events = Pick<EventReader, 'next' | 'end'> & { feed(chunk: unknown): void };
/** `failed`: every reader gets the error; `left`: the only reader left, and gets nothing more. */
type State = 'idle' | 'reading' | 'done' | 'failed' | 'left';

/** The parts of a call that has started. */
interface Call {
  abort: Abort;
  attempts: Attempts;
  idle: IdleWatch;
  prepared: Prepared;
}

const DONE: Step = { done: true, value: undefined };

/** Default of `idleTimeoutMs`: models that reason can be silent for long. */
const IDLE_TIMEOUT_MS = 120_000;

/** A stream that sends its request at the first pull. */
export function openStream(layers: Layers, request: ConverseStreamRequest): ConverseStream {
  return new LazyStream(layers, request);
}

class LazyStream implements ConverseStream {
  declare [Symbol.asyncDispose]: () => Promise<void>;

  #layers: Layers;
  readonly #request: ConverseStreamRequest;
  readonly #fold = new Fold();
  /** Resolves when the call has succeeded, rejects with the reason if not. */
  readonly #over: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #result: Promise<ConverseResult> | undefined;
  #state: State = 'idle';
  /** Why the stream failed. */
  #failure: unknown;
  #isClaimed = false;
  readonly #turns = new Turns();
  readonly #steps = new Serial(() => this.#step());
  #abort: Abort | undefined;
  #call: Call | undefined;
  #body: Body | undefined;
  #events: Events = new EventReader();
  #requestId: string | undefined;
  #messageStarted = false;
  #contentStarted = false;

  constructor(layers: Layers, request: ConverseStreamRequest) {
    makeDisposable(this);
    inspectAs(this, () => describeStream(this.#state, this.#isClaimed));
    this.#layers = layers;
    this.#request = request;
    this.#over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#over.catch(ignore);
  }

  [Symbol.asyncIterator](): AsyncIterator<ConverseEvent, undefined> {
    this.#claim();
    return {
      next: () => this.#steps.next(),
      return: async () => {
        this.#endEarly();
        this.#state = 'left';
        return DONE;
      },
    };
  }

  textStream(): AsyncIterable<string> {
    return texts(this[Symbol.asyncIterator]());
  }

  async text(): Promise<string> {
    return textOf((await this.result()).message);
  }

  result(): Promise<ConverseResult> {
    if (!this.#isClaimed && this.#state === 'idle') void this.#drain();
    if (this.#result === undefined) {
      this.#result = this.#over.then(() => this.partial as ConverseResult);
      this.#result.catch(ignore);
    }
    return this.#result;
  }

  get partial(): PartialResult {
    const { attempts, prepared } = this.#call ?? {};
    return this.#fold.result({
      requestId: this.#requestId,
      attempts: attempts?.sent,
      costOf: prepared?.costOf,
      repairs: prepared?.repairs,
      warnings: attempts?.warnings,
    });
  }

  toReadableStream(): ReadableStream<ConverseEvent> {
    return toReadableStream(this[Symbol.asyncIterator]());
  }

  toResponse(init?: ToResponseInit): Promise<Response> {
    return toResponse(this, init, this.#isCallersAbort);
  }

  toTextResponse(init?: ToResponseInit): Promise<Response> {
    return toTextResponse(this, init, this.#isCallersAbort);
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#endEarly(reason);
  }

  /** Ends a call that is still in progress. If it was aborted before, that is the reason. */
  #endEarly(cause?: unknown): void {
    this.#listenEarly();
    if (this.#state === 'idle' || this.#state === 'reading') this.#fail(cancelledError(cause));
  }

  /** An abort counts before the first read too. Wrong options do not: the first read reports them. */
  #listenEarly(): void {
    try {
      this.#listen();
    } catch {
      // The first read throws it again.
    }
  }

  /** Checks the options, and fails at an abort from then on: nobody may be reading when it comes. */
  #listen(): Abort {
    if (this.#abort !== undefined) return this.#abort;
    this.#layers = readLayers(this.#layers, 'stream()');
    const abort = new Abort(merged(this.#layers).signal, 0);
    this.#abort = abort;
    abort.listen((reason) => this.#fail(reason));
    if (abort.reason !== undefined) this.#fail(abort.reason.value);
    return abort;
  }

  #claim(): void {
    if (this.#isClaimed) {
      throw inputError(
        'This stream is already being read, and can be read once. Call stream() again for a new answer.',
      );
    }
    this.#isClaimed = true;
    this.#listenEarly();
  }

  async #drain(): Promise<void> {
    this.#claim();
    try {
      while (!(await this.#steps.next()).done);
    } catch {
      // The result has it.
    }
  }

  /** Returns an event that is already decoded without waiting; reads from the network otherwise. */
  #step(): Promise<Step> {
    if (this.#state === 'failed') return Promise.reject(this.#failure);
    if (this.#state === 'done' || this.#state === 'left') return Promise.resolve(DONE);
    if (this.#abort?.reason === undefined && this.#turns.mayRead()) {
      try {
        const event = this.#take();
        if (event !== undefined) return Promise.resolve({ done: false, value: event });
      } catch (error) {
        return this.#wait(this.#recover(error));
      }
    }
    return this.#wait();
  }

  /** @param recovered Whether to continue after an earlier failure. */
  async #wait(recovered?: Promise<boolean>): Promise<Step> {
    this.#steps.begin();
    try {
      let goesOn = recovered === undefined || (await recovered);
      while (goesOn) {
        try {
          const { abort, idle, prepared } = this.#call ?? (await this.#begin());
          abort.throwIfAborted();
          this.#body ??= await this.#open();
          for (;;) {
            if (!this.#turns.mayRead()) await abort.race(this.#turns.next());
            const event = this.#take();
            if (event !== undefined) return { done: false, value: event };
            let chunk: Chunk;
            try {
              idle.begin();
              chunk = await this.#body.read();
              idle.end();
            } catch (cause) {
              throw connectionError(cause, prepared.target.endpoint, 'stream');
            }
            abort.throwIfAborted();
            if (chunk.done) return this.#finish();
            this.#events.feed(chunk.value);
          }
        } catch (error) {
          goesOn = await this.#recover(error);
        }
      }
      return DONE;
    } finally {
      this.#steps.end();
    }
  }

  /** The next event in the bytes at hand. A message start that was delivered before a retry is not repeated. */
  #take(): ConverseEvent | undefined {
    try {
      for (;;) {
        const event = this.#events.next();
        if (event === undefined) return undefined;
        if (event.type === 'messageStart') {
          if (this.#messageStarted) continue;
          this.#messageStarted = true;
        } else this.#contentStarted = true;
        if (event.type === 'contentBlockStart') restoreName(event.start, this.#call?.prepared.names);
        this.#fold.add(event);
        return event;
      }
    } catch (cause) {
      // Only what the service sent is read here, so an error that is not ours means that it makes no sense.
      throw isBedrockError(cause) ? cause : protocolError('An event of the stream cannot be read', cause);
    }
  }

  /** Prepares another attempt if no content has been delivered yet; otherwise throws the failure. */
  async #recover(cause: unknown): Promise<boolean> {
    if (this.#isOver()) return false;
    const call = this.#call;
    const error = this.#abort?.reason === undefined ? cause : this.#abort.reason.value;
    call?.idle.end();
    this.#body?.cancel().catch(ignore);
    this.#body = undefined;
    this.#events = new EventReader();
    if (call === undefined) throw this.#fail(error);
    try {
      if (this.#contentStarted) throw error;
      await call.attempts.next(error, call.abort);
    } catch (final) {
      if (this.#isOver()) return false;
      throw this.#fail(call.attempts.failure(final, call.abort));
    }
    return true;
  }

  /** Whether the call was ended from outside: throws if the reader should get the error. */
  #isOver(): boolean {
    if (this.#state === 'failed') throw this.#failure;
    return this.#state === 'left';
  }

  async #begin(): Promise<Call> {
    this.#state = 'reading';
    const abort = this.#listen();
    const { timeoutMs = 0, idleTimeoutMs: idleMs = IDLE_TIMEOUT_MS } = merged(this.#layers);
    abort.limit(timeoutMs);
    const prepared = await abort.race(prepareConverse(this.#layers, this.#request, 'converse-stream'));
    const idle = new IdleWatch(idleMs, () => abort.abort(idleError(idleMs)));
    this.#call = { abort, attempts: new Attempts(prepared.target), idle, prepared };
    return this.#call;
  }

  async #open(): Promise<Body> {
    const { abort, attempts, idle, prepared } = this.#opened();
    while (!this.#turns.mayStart()) await abort.race(this.#turns.next());
    const { transport } = prepared.target;
    if (transport !== undefined) {
      const call = callOf(prepared.target, prepared.outgoing, abort, (has) =>
        has ? idle.begin() : idle.end(),
      );
      const opened = await attempts.through(abort, () => transport.open(call));
      idle.end();
      this.#requestId = opened.requestId;
      this.#events = new Handed();
      return { read: () => abort.race(opened.read()), cancel: () => opened.cancel() };
    }
    const response = await send(prepared.target, prepared.outgoing, abort, attempts);
    this.#requestId = response.headers.get('x-amzn-requestid') ?? undefined;
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('application/vnd.amazon.eventstream') && response.body !== null) {
      const reader = response.body.getReader();
      abort.listen(() => reader.cancel().catch(ignore));
      return reader;
    }
    discard(response);
    throw new BedrockError({
      code: 'ERR_PROTOCOL',
      name: 'ProtocolError',
      message: foreignBody(response.status, response.headers, ''),
      status: response.status,
      requestId: this.#requestId,
      phase: 'request',
    });
  }

  #finish(): Step {
    this.#events.end();
    if (!this.#fold.isComplete) throw truncatedError();
    this.#state = 'done';
    this.#opened().attempts.succeeded();
    this.#close();
    this.#resolve();
    return DONE;
  }

  /** Ends the call, once: the error with what had arrived, or the caller's own reason as it is. */
  #fail(cause: unknown): unknown {
    if (this.#state !== 'idle' && this.#state !== 'reading') return this.#failure;
    this.#state = 'failed';
    this.#failure = this.#abort?.reason?.isCallers === true ? cause : this.#withPartial(cause);
    this.#close(this.#failure);
    this.#reject(this.#failure);
    return this.#failure;
  }

  #withPartial(cause: unknown): unknown {
    if (!isBedrockError(cause)) return cause;
    const { partial } = this;
    return withFacts(cause, {
      partial,
      attempts: Math.max(partial.attempts, cause.attempts),
      requestId: cause.requestId ?? partial.requestId,
    });
  }

  /** Whether an error is the reason that the caller gave for an abort. */
  readonly #isCallersAbort = (error: unknown): boolean => {
    const reason = this.#abort?.reason;
    return reason?.isCallers === true && Object.is(reason.value, error);
  };

  #close(reason?: unknown): void {
    this.#call?.idle.stop();
    if (reason !== undefined) this.#abort?.abort(reason);
    this.#abort?.dispose();
    this.#body?.cancel().catch(ignore);
    this.#body = undefined;
  }

  #opened(): Call {
    if (this.#call === undefined) throw new Error('The stream was not begun.');
    return this.#call;
  }
}

function ignore(): void {}
