import { BedrockError, inputError, isBedrockError, messageOf, withFacts } from '../errors.js';
import { Abort } from '../http/abort.js';
import { signal } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import type { Read } from '../input/read.js';
import type { ConverseEvent, ConverseResult, PartialResult } from '../types.js';
import { protocolError } from '../wire/frame.js';
import { Serial } from '../wire/serial.js';
import { makeDisposable } from './disposable.js';
import { Fold } from './fold.js';
import { describeStream, inspectAs } from './inspect.js';
import { toReadableStream } from './readable.js';
import { errorOfForeignBody, readEvent, readFailure } from './received-event.js';
import { type ToResponseInit, toResponse, toTextResponse } from './response.js';
import { ServerSentEventReader } from './server-sent-events.js';
import type { ConverseStream } from './stream.js';
import { cancelledError, truncatedError } from './stream-errors.js';
import { textOf, texts } from './text.js';
import { Turns } from './turn.js';

/** Options of `fromResponse()`. */
export interface FromResponseOptions {
  /** Stops reading and closes the connection; readers then reject with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

/**
 * Turns the response of a `toResponse()` endpoint back into a stream of the same events, in a page or anywhere else. Bytes
 * are bytes again. Nothing is read from the response until you read the stream, and it can be read once.
 *
 * Readers reject with the endpoint's failure: the same `code`, `retryable`, `retryAfterMs` and `requestId`, with a message
 * for end users and the `status` of the response. An abort at the endpoint is `ERR_CANCELLED`. A connection that
 * breaks is `ERR_NETWORK`, a body that ends before its metadata `ERR_TRUNCATED`, and anything not written by `toResponse()`, such as a login
 * page, `ERR_PROTOCOL`. Missing is what only the endpoint knows: `cost`, `repairs` and, in a result, `requestId`.
 *
 * @throws BedrockError `ERR_INPUT` for anything but a Response, for one whose body is already being read, and for an option
 * that is unknown or of the wrong type.
 * @example
 * ```ts
 * import { fromResponse } from 'bedrock-anywhere';
 *
 * const answer = fromResponse(await fetch('/api/chat', { method: 'POST', body: '{}' }));
 * for await (const text of answer.textStream()) console.log(text);
 * ```
 */
export function fromResponse(response: Response, options: FromResponseOptions = {}): ConverseStream {
  const known = { signal } satisfies Record<keyof FromResponseOptions, Read>;
  const own = readOptions<FromResponseOptions>(options, known, 'fromResponse()');
  // A Request has headers and a body as well.
  if (typeof response?.headers?.get !== 'function' || typeof response.status !== 'number') {
    throw inputError(
      'fromResponse() needs a Response. fetch() returns a promise of one: pass await fetch(…).',
    );
  }
  requireUnread(response);
  return new ResponseStream(response, own.signal);
}

function requireUnread({ bodyUsed, body }: Response): void {
  if (!bodyUsed && body?.locked !== true) return;
  throw inputError(
    'The body of this response has already been read, or is being read. Pass an unread response.',
  );
}

type Step = IteratorResult<ConverseEvent, undefined>;

const DONE: Step = { done: true, value: undefined };

/** An error page is only shown in part. */
const MAX_FOREIGN_CHARACTERS = 16_384;

class ResponseStream implements ConverseStream {
  declare [Symbol.asyncDispose]: () => Promise<void>;
  readonly #response: Response;
  readonly #abort: Abort;
  readonly #received = new ServerSentEventReader();
  readonly #fold = new Fold();
  readonly #turns = new Turns();
  readonly #steps = new Serial(() => this.#step());
  /** Resolves when the stream is complete, rejects with the reason if it fails. */
  readonly #over: Promise<void>;
  #settle!: { resolve(): void; reject(error: unknown): void };
  #result: Promise<ConverseResult> | undefined;
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** `failed`: every reader gets the error; `left`: the only reader left, and gets nothing more. */
  #state: 'open' | 'done' | 'failed' | 'left' = 'open';
  /** Why the stream failed. */
  #failure: unknown;
  #isClaimed = false;
  /** Whether the last event that `toResponse()` writes has arrived: the metadata, or `end` if there is none. */
  #isWhole = false;

  constructor(response: Response, signal: AbortSignal | undefined) {
    makeDisposable(this);
    inspectAs(this, () => {
      const state = this.#state === 'open' ? (this.#body === undefined ? 'idle' : 'reading') : this.#state;
      return describeStream(state, this.#isClaimed);
    });
    this.#response = response;
    this.#abort = new Abort(signal, 0);
    this.#over = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#over.catch(ignore);
    if (this.#abort.reason === undefined) this.#abort.listen((reason) => this.#fail(reason));
    else this.#fail(this.#abort.reason.value);
  }

  [Symbol.asyncIterator](): AsyncIterator<ConverseEvent, undefined> {
    if (this.#isClaimed) {
      throw inputError(
        'This response is already being read, and can be read once. Fetch again for a new answer.',
      );
    }
    this.#isClaimed = true;
    return {
      next: () => this.#steps.next(),
      return: async () => {
        this.#fail(cancelledError(undefined));
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
    if (!this.#isClaimed && this.#state === 'open') void this.#drain(this[Symbol.asyncIterator]());
    if (this.#result === undefined) {
      this.#result = this.#over.then(() => this.partial as ConverseResult);
      this.#result.catch(ignore);
    }
    return this.#result;
  }

  get partial(): PartialResult {
    return this.#fold.result({});
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
    this.#fail(cancelledError(reason));
  }

  async #drain(events: AsyncIterator<ConverseEvent, undefined>): Promise<void> {
    try {
      while (!(await events.next()).done);
    } catch {
      // The result has it.
    }
  }

  async #step(): Promise<Step> {
    this.#steps.begin();
    try {
      while (this.#state === 'open') {
        if (this.#body === undefined) await this.#open();
        if (!this.#turns.mayRead()) await this.#abort.race(this.#turns.next());
        const event = this.#take();
        if (event !== undefined) return { done: false, value: event };
        const chunk = await this.#read();
        if (chunk === undefined) this.#finish();
        else this.#received.feed(chunk);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#steps.end();
    }
    if (this.#state === 'failed') throw this.#failure;
    return DONE;
  }

  async #open(): Promise<void> {
    requireUnread(this.#response);
    const { ok, headers, body } = this.#response;
    this.#body = body?.getReader();
    const isEventStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
    if (ok && isEventStream && this.#body !== undefined) return;
    const utf8 = new TextDecoder();
    let text = '';
    while (text.length < MAX_FOREIGN_CHARACTERS) {
      const chunk = await this.#read();
      if (chunk === undefined) break;
      text += utf8.decode(chunk, { stream: true });
    }
    throw readFailure(text, this.#response) ?? errorOfForeignBody(text, this.#response);
  }

  #take(): ConverseEvent | undefined {
    try {
      for (let sent = this.#received.next(); sent !== undefined; sent = this.#received.next()) {
        const event = readEvent(sent, this.#response);
        this.#isWhole = sent.name === 'metadata' || sent.name === 'end';
        if (event === undefined) continue;
        this.#fold.add(event);
        return event;
      }
      return undefined;
    } catch (cause) {
      throw isBedrockError(cause) ? cause : protocolError('An event of the response cannot be read', cause);
    }
  }

  /** The next chunk of the body; undefined at its end. */
  async #read(): Promise<Uint8Array | undefined> {
    if (this.#body === undefined) return undefined;
    try {
      return (await this.#abort.race(this.#body.read())).value;
    } catch (cause) {
      if (!isOfNetwork(cause)) this.#abort.abort(cause, true);
      this.#abort.throwIfAborted();
      throw new BedrockError({
        code: 'ERR_NETWORK',
        name: 'NetworkError',
        message: `The connection broke off while the answer was read: ${messageOf(cause)}. Check the network and fetch again.`,
        retryable: true,
        phase: 'stream',
        cause,
      });
    }
  }

  #finish(): void {
    if (this.#received.isInsideEvent || !this.#fold.isComplete || !this.#isWhole) throw truncatedError();
    this.#state = 'done';
    this.#abort.dispose();
    this.#settle.resolve();
  }

  /** Whether an error is the reason that the caller gave for an abort. */
  readonly #isCallersAbort = (error: unknown): boolean => {
    const { reason } = this.#abort;
    return reason?.isCallers === true && Object.is(reason.value, error);
  };

  /** Does nothing if the stream has already ended. */
  #fail(cause: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    const isCallers = this.#abort.reason?.isCallers === true;
    const error = isBedrockError(cause) && !isCallers ? withFacts(cause, { partial: this.partial }) : cause;
    this.#failure = error;
    this.#abort.abort(error);
    const body = this.#body ?? this.#response.body;
    body?.cancel().catch(ignore);
    this.#settle.reject(error);
  }
}

/**
 * Whether the network broke a body. Anything else is the reason of an abort by the signal of the fetch, which is unknown here.
 * Node, Deno and browsers throw a TypeError (WHATWG Fetch), Bun an error with a code, Workers one with this message.
 */
function isOfNetwork(cause: unknown): boolean {
  if (isBedrockError(cause)) return false;
  const { name, code, message } = Object(cause) as Record<string, unknown>;
  return name === 'TypeError' || typeof code === 'string' || message === 'Network connection lost.';
}

function ignore(): void {}
