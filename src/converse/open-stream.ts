import { isBedrockError, withFacts } from '../errors.js';
import type { EventReader, Settings } from '../options.js';
import { restoreName } from '../repair/tools/names.js';
import { Abort } from '../transport/abort.js';
import { closeReader, requireEventReader } from '../transport/event-reader.js';
import { IDLE_TIMEOUT_MS } from '../transport/idle.js';
import { Attempts } from '../transport/retry.js';
import type { ConverseEvent, ConverseStreamRequest, PartialResult } from '../types.js';
import { checkEvent } from '../wire/answer-shape.js';
import { FrameDecoder, readConverseEvent } from '../wire/events.js';
import { Candidates } from './fallback.js';
import { Fold } from './fold.js';
import { type Prepared, prepareConverse } from './prepare.js';
import { type AnswerSource, AnswerStream, type ConverseStream } from './stream/answer-stream.js';
import { truncatedError } from './stream/errors.js';
import type { ReadingLimits } from './stream/reading.js';
import { readWholeAnswer } from './whole-answer.js';

/**
 * The longest frame that is read: reading it takes some 50 ms. A document of a message has at most 4.5 MB, 6 MB in base64.
 * Source: Amazon Bedrock API reference, "Message", 2026-11-28.
 */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/**
 * A stream that sends its request at the first read.
 *
 * @param readSettings Checks the options; mistakes in them are found at the first read, like any other failure.
 */
export function openStream(request: ConverseStreamRequest, readSettings: () => Settings): ConverseStream {
  return new AnswerStream(new ConverseCall(request, readSettings));
}

/** A call of ConverseStream. Attempts that failed before any content are repeated. */
class ConverseCall implements AnswerSource {
  readonly #request: ConverseStreamRequest;
  readonly #readSettings: () => Settings;
  readonly fold = new Fold();
  #candidates: Candidates<ConverseStreamRequest> | undefined;
  #prepared: Prepared | undefined;
  #attempts: Attempts | undefined;
  /** Ends the attempts with one model, if there is another one to try. */
  #ofModel: Abort | undefined;
  #requestId: string | undefined;
  #messageStarted = false;
  #contentStarted = false;

  constructor(request: ConverseStreamRequest, readSettings: () => Settings) {
    this.#request = request;
    this.#readSettings = readSettings;
  }

  get partial(): PartialResult {
    return this.fold.result({
      modelId: this.#candidates?.current.request.modelId,
      requestId: this.#requestId,
      attempts: (this.#candidates?.sent ?? 0) + (this.#attempts?.sent ?? 0),
      costOf: this.#prepared?.costOf,
      repairs: this.#prepared?.repairs,
      warnings: [...(this.#candidates?.warnings ?? []), ...(this.#attempts?.warnings ?? [])],
      secrets: this.#attempts?.secrets,
    });
  }

  limits(): ReadingLimits {
    const { signal, timeoutMs, idleTimeoutMs = IDLE_TIMEOUT_MS } = this.#resolved().current.settings;
    return { signal, timeoutMs, idleTimeoutMs };
  }

  async open(abort: Abort, onProgress: () => void): Promise<EventReader<ConverseEvent>> {
    const candidates = this.#resolved();
    const { request, settings } = candidates.current;
    if (candidates.hasNext) this.#ofModel ??= new Abort(abort.signal, 0);
    this.#prepared ??= await prepareConverse(settings, request, 'converse-stream');
    const { route, outgoing, adapt } = this.#prepared;
    this.#attempts ??= new Attempts(route, outgoing, this.#ofModel ?? abort, adapt, onProgress);
    const events = await this.#attempts.make(async (call) => {
      if (call.operation === 'Converse') return readWholeAnswer(await route.transport.unary(call));
      return requireEventReader(await route.transport.stream(Object.assign(call, { decoder })));
    }, closeReader);
    this.#requestId = events.requestId;
    return events;
  }

  interrupt(error: unknown): boolean {
    if (this.#ofModel === undefined) return false;
    this.#ofModel.abort(error);
    return true;
  }

  async recover(error: unknown): Promise<void> {
    if (this.#attempts === undefined) throw error;
    if (this.#contentStarted) throw this.#attempts.failure(error);
    try {
      await this.#attempts.next(error);
    } catch (final) {
      if (!this.#candidates?.goOn(final)) throw final;
      this.#prepared = undefined;
      this.#attempts = undefined;
      this.#ofModel = undefined;
    }
  }

  /** A message start that was delivered before a retry is not repeated. */
  accept(event: ConverseEvent): boolean {
    checkEvent(event);
    if (event.type === 'messageStart') {
      if (this.#messageStarted) return false;
      this.#messageStarted = true;
    } else if (!this.#contentStarted) {
      this.#contentStarted = true;
      this.#prepared?.accepted();
    }
    if (event.type === 'contentBlockStart') restoreName(event.start, this.#prepared?.names);
    this.fold.add(event);
    return true;
  }

  finish(): void {
    if (!this.fold.isComplete) throw truncatedError();
    this.#attempts?.succeeded();
  }

  describe(error: unknown): unknown {
    if (!isBedrockError(error)) return error;
    const { partial } = this;
    return withFacts(error, {
      partial,
      attempts: Math.max(partial.attempts, error.attempts),
      requestId: error.requestId ?? partial.requestId,
    });
  }

  #resolved(): Candidates<ConverseStreamRequest> {
    this.#candidates ??= new Candidates(this.#request, this.#readSettings());
    return this.#candidates;
  }
}

function decoder(): FrameDecoder<ConverseEvent> {
  return new FrameDecoder(readConverseEvent, MAX_FRAME_BYTES);
}
