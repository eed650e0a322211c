import {
  type ConverseEvent,
  type ConverseStream,
  isBedrockError,
  type PartialResult,
} from '../../../index.js';
import type { StreamPart, Warning } from '../specification.js';
import type { AnswerContext } from './content.js';
import { answerMetadata, finishReasonOf, usageOf } from './metadata.js';
import { PartWriter } from './parts.js';

/** An answer of which the first events have been read. */
export interface OpenAnswer {
  answer: ConverseStream;
  events: AsyncIterator<ConverseEvent, undefined>;
  first: readonly ConverseEvent[];
}

/** What a stream of parts depends on besides the events. */
export interface StreamContext {
  context: AnswerContext;
  warnings: Warning[];
  response: { id?: string; modelId: string };
  /** Whether each event is also passed on as the service sent it. */
  isRaw: boolean;
  /** The error that users see. */
  describe(error: unknown): unknown;
}

/** Reads the first events up to one that a new attempt would not repeat. */
export async function readFirst(events: AsyncIterator<ConverseEvent, undefined>): Promise<ConverseEvent[]> {
  const first: ConverseEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return first;
    first.push(value);
    if (value.type !== 'messageStart') return first;
  }
}

/** The parts of an answer, made as they are read; cancelling the stream ends the call. */
export function streamOf(
  { answer, events, first }: OpenAnswer,
  stream: StreamContext,
): ReadableStream<StreamPart> {
  const { isRaw } = stream;
  /** Parts that the last event made: most make one, some make none. */
  let count = 0;
  let emit: (part: StreamPart) => void;
  const writer = new PartWriter(stream.context, (part) => emit(part));
  const take = (event: ConverseEvent): void => {
    if (isRaw) emit({ type: 'raw', rawValue: rawOf(event) });
    writer.take(event);
  };
  return new ReadableStream<StreamPart>({
    start(controller) {
      emit = (part) => {
        count += 1;
        controller.enqueue(part);
      };
      emit({ type: 'stream-start', warnings: stream.warnings });
      emit({ type: 'response-metadata', ...stream.response });
      for (const event of first) take(event);
    },
    async pull(controller) {
      try {
        for (count = 0; count === 0; ) {
          const step = await events.next();
          if (step.done) {
            emit(finishPart(await answer.result(), writer));
            controller.close();
            return;
          }
          take(step.value);
        }
      } catch (error) {
        // The caller's own reason for an abort is what `ai` waits for.
        if (!isBedrockError(error)) {
          controller.error(error);
          return;
        }
        writer.cut();
        // Version 3 has no finish reason for an answer that was cut.
        const isCut = error.code === 'ERR_TRUNCATED' && stream.context.version === 'v4';
        if (!isCut) emit({ type: 'error', error: stream.describe(error) });
        emit(cutPart(error.partial ?? answer.partial, writer, isCut ? 'interrupted' : 'error'));
        controller.close();
      }
    },
    async cancel() {
      await events.return?.();
    },
  });
}

function finishPart(result: PartialResult, { stopReason, isJsonFromTool, hasCalls }: PartWriter): StreamPart {
  return {
    type: 'finish',
    finishReason: finishReasonOf(stopReason, hasCalls && !isJsonFromTool),
    usage: usageOf(result.usage),
    providerMetadata: answerMetadata(result, isJsonFromTool),
  };
}

function cutPart(
  partial: PartialResult,
  { isJsonFromTool }: PartWriter,
  unified: 'interrupted' | 'error',
): StreamPart {
  return {
    type: 'finish',
    finishReason: { unified, raw: partial.stopReason },
    usage: usageOf(partial.usage),
    providerMetadata: answerMetadata(partial, isJsonFromTool),
  };
}

/** An event as it is on the wire: its members below its name. */
function rawOf({ type, ...members }: ConverseEvent): Record<string, unknown> {
  return { [type]: members };
}
