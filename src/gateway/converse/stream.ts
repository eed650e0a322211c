import type { ConverseStream } from '../../index.js';
import { AnswerReader } from '../answer/reader.js';
import { callOptions } from '../exchange/call.js';
import type { Exchange } from '../exchange/exchange.js';
import { answerContext, headersOf } from '../exchange/respond.js';
import { failureOf } from '../failure.js';
import { type FrameSource, startBody } from '../http/stream-body.js';
import type { Notes } from '../notes.js';
import type { StreamWriter } from '../protocol.js';
import type { Attempt } from '../routing/failover.js';
import { startChatRecording } from '../telemetry/record-call.js';
import type { CallRecording } from '../telemetry/telemetry.js';
import { createFrames } from './frames.js';
import { type Reading, reserveAnswer, translate } from './reading.js';

/** How long a client waits for a sign of life. Proxies give up after 30 or 60 seconds of silence. */
const PING_MS = 15_000;

/** Answers with server-sent events. */
export async function answerStream(exchange: Exchange, reading: Reading): Promise<Response> {
  const { settings, run, record } = exchange;
  const answers = new StreamedAnswers(exchange, reading);
  const { startTimer } = settings;
  const responseBody = await startBody(answers, run, { pingMs: PING_MS, startTimer }, (outcome) => {
    if (answers.current !== undefined) {
      const { stream, reader, recording } = answers.current;
      const { partial } = stream;
      record.partial = { ...partial, writtenTokens: reader.writtenTokens };
      recording.end(outcome, partial);
    }
    exchange.onEnd(outcome);
  });
  const { stream, notes } = answers.current ?? {};
  notes?.addRepairs(stream?.partial.repairs ?? []);
  return new Response(responseBody, {
    headers: {
      ...headersOf(exchange, reading.failover, notes),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // Otherwise nginx would hold the answer back until its buffer is full.
      'x-accel-buffering': 'no',
    },
  });
}

/** A call to one target whose answer is streamed. */
interface StreamedAnswer {
  stream: ConverseStream;
  notes: Notes;
  reader: AnswerReader;
  frames: FrameSource;
  recording: CallRecording;
}

/**
 * The frames of the first answer that has content. Each target has a writer of its own, and nothing of it is sent before its first
 * content, so that clients see nothing of those that failed.
 */
class StreamedAnswers implements FrameSource {
  readonly ping: string;
  readonly #exchange: Exchange;
  readonly #reading: Reading;
  #current: StreamedAnswer | undefined;
  #hasContent = false;

  constructor(exchange: Exchange, reading: Reading) {
    this.#exchange = exchange;
    this.#reading = reading;
    this.ping = exchange.protocol.ping;
  }

  /** The answer of the target that was called last; undefined before the first call. */
  get current(): StreamedAnswer | undefined {
    return this.#current;
  }

  async next(): Promise<string | undefined> {
    if (this.#hasContent) return this.#current?.frames.next();
    const frame = await this.#reading.failover.first(async (attempt) => {
      this.#current = await this.#open(attempt);
      return readFirst(this.#current);
    });
    this.#hasContent = true;
    return frame;
  }

  fail(error: unknown): string {
    if (this.#current !== undefined) return this.#current.frames.fail(error);
    const writer = this.#createWriter();
    return writer.open() + writer.fail(failureOf(error));
  }

  async #open(attempt: Attempt): Promise<StreamedAnswer> {
    const { protocol } = this.#exchange;
    const { request, plan, notes } = translate(this.#exchange, this.#reading, attempt.target);
    await reserveAnswer(this.#exchange, request);
    const recording = startChatRecording(this.#exchange, attempt, request);
    const stream = attempt.client.stream(request, callOptions(this.#exchange, attempt));
    forgetContent(stream);
    const events = stream[Symbol.asyncIterator]();
    const writer = this.#createWriter();
    const reader = new AnswerReader(plan, writer.keeps);
    const frames = createFrames(events, reader, writer, protocol.ping);
    return { stream, notes, reader, frames, recording };
  }

  #createWriter(): StreamWriter {
    const { protocol, requestId } = this.#exchange;
    return protocol.createStream(this.#reading.read, answerContext(this.#exchange), requestId);
  }
}

/**
 * Stops `stream()` from gathering the answer for `result()`. The answer is passed on, and otherwise a slow client would cost the
 * memory of its whole answer. The method is not public, and an operator's own client need not have it.
 */
function forgetContent(stream: ConverseStream & { forgetContent?(): void }): void {
  stream.forgetContent?.();
}

/** Reads up to the first content. If there is none, the call is over; otherwise it ends with the answer. */
async function readFirst({ frames, recording, stream }: StreamedAnswer): Promise<string | undefined> {
  try {
    const frame = await frames.next();
    recording.noteContent();
    return frame;
  } catch (error) {
    recording.end({ error }, stream.partial);
    throw error;
  }
}
