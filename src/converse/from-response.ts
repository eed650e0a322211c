import { inputError, isBedrockError, makeError, messageOf, withFacts } from '../errors.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import { signal } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import { type Read, readWhole } from '../input/read.js';
import type { EventReader } from '../options.js';
import { errorOfForeignBody, readEvent, readFailure } from '../responses/received-event.js';
import { ServerSentEventReader } from '../responses/server-sent-events.js';
import type { Abort } from '../transport/abort.js';
import { ERROR_BODY_MS, isBytes } from '../transport/body.js';
import type { ConverseEvent, PartialResult } from '../types.js';
import { checkEvent } from '../wire/answer-shape.js';
import { type ChunkReader, cancelBody, openBody } from '../wire/chunks.js';
import { Fold } from './fold.js';
import { type AnswerSource, AnswerStream, type ConverseStream } from './stream/answer-stream.js';
import { truncatedError } from './stream/errors.js';
import type { ReadingLimits } from './stream/reading.js';

/** Options of `fromResponse()`. */
export interface FromResponseOptions {
  /** Stops reading and closes the connection; readers then reject with `signal.reason`. Default: none. */
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
  const isResponse = readWhole(
    ['The response'],
    () => typeof response?.headers?.get === 'function' && typeof response.status === 'number',
  );
  if (!isResponse) {
    throw inputError(
      'fromResponse() needs a Response. fetch() returns a promise of one: pass await fetch(…).',
    );
  }
  requireUnread(response);
  return new AnswerStream(new ReceivedResponse(response, own.signal));
}

function requireUnread({ bodyUsed, body }: Response): void {
  if (!bodyUsed && body?.locked !== true) return;
  throw inputError(
    'The body of this response has already been read, or is being read. Pass an unread response.',
  );
}

/** An error page is only shown in part. */
const MAX_FOREIGN_CHARACTERS = 16_384;

/** A response written by `toResponse()`. */
class ReceivedResponse implements AnswerSource, EventReader<ConverseEvent> {
  readonly isOpen = true;
  readonly requestId: undefined;
  readonly #response: Response;
  readonly #signal: AbortSignal | undefined;
  readonly #received = new ServerSentEventReader();
  readonly fold = new Fold();
  #abort: Abort | undefined;
  #body: ChunkReader | undefined;
  /** Whether the last event that `toResponse()` writes has arrived: the metadata, or `end` if there is none. */
  #isWhole = false;

  constructor(response: Response, signal: AbortSignal | undefined) {
    this.#response = response;
    this.#signal = signal;
  }

  get partial(): PartialResult {
    return this.fold.result({});
  }

  limits(): ReadingLimits {
    return { signal: this.#signal };
  }

  async open(abort: Abort): Promise<EventReader<ConverseEvent>> {
    requireUnread(this.#response);
    const { ok, headers } = this.#response;
    this.#abort = abort;
    this.#body = openBody(this.#response, true);
    const isEventStream = /^text\/event-stream *(?:;|$)/i.test(headers.get('content-type') ?? '');
    if (ok && isEventStream && this.#body !== undefined) return this;
    const utf8 = new TextDecoder();
    let text = '';
    const timer = setTimeout(() => this.close(), ERROR_BODY_MS);
    try {
      while (text.length < MAX_FOREIGN_CHARACTERS) {
        const chunk = await this.#read();
        if (chunk === undefined) break;
        text += utf8.decode(chunk, { stream: true });
      }
    } finally {
      clearTimeout(timer);
    }
    throw readFailure(text, this.#response) ?? errorOfForeignBody(text, this.#response);
  }

  async recover(error: unknown): Promise<void> {
    throw error;
  }

  take(): ConverseEvent | undefined {
    for (let sent = this.#received.next(); sent !== undefined; sent = this.#received.next()) {
      const event = readEvent(sent, this.#response);
      this.#isWhole = sent.name === 'metadata' || sent.name === 'end';
      if (event !== undefined) return event;
    }
    return undefined;
  }

  async more(): Promise<boolean> {
    const chunk = await this.#read();
    if (chunk !== undefined) this.#received.feed(chunk);
    return chunk !== undefined;
  }

  accept(event: ConverseEvent): boolean {
    checkEvent(event);
    this.fold.add(event);
    return true;
  }

  finish(): void {
    if (this.#received.isInsideEvent || !this.fold.isComplete || !this.#isWhole) throw truncatedError();
  }

  describe(error: unknown): unknown {
    return isBedrockError(error) ? withFacts(error, { partial: this.partial }) : error;
  }

  close(): void {
    this.#body?.cancel();
  }

  discard(): void {
    if (this.#body === undefined) cancelBody(this.#response);
    else this.#body.cancel();
  }

  /** The next chunk of the body; undefined at its end. */
  async #read(): Promise<Uint8Array | undefined> {
    if (this.#body === undefined || this.#abort === undefined) return undefined;
    let step: Awaited<ReturnType<ChunkReader['read']>>;
    try {
      step = await this.#abort.race(this.#body.read());
    } catch (cause) {
      if (!isOfNetwork(cause)) this.#abort.abort(cause, true);
      this.#abort.throwIfAborted();
      const said = cleanText(messageOf(cause));
      throw makeError(
        'ERR_NETWORK',
        `The connection broke off while the answer was read: ${said}. Check the network and fetch again.`,
        { retryable: true, phase: 'stream', cause },
      );
    }
    const { done, value } = step;
    if (done) return undefined;
    if (isBytes(value)) return value;
    throw inputError(
      'The body of the response does not consist of bytes. Pass the Response as fetch() returned it.',
    );
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
