import type { Json } from '../check/shape.js';
import { messageOf } from '../exception.js';
import { append, expand, type Flow } from '../http/flow.js';
import type { Piece } from '../http/stream-body.js';
import { readScriptedEvents } from '../invoke/chunks.js';
import type { Ending } from '../invoke/family.js';
import { listClosing, type WireEvent } from '../model/events.js';
import { describe, type ModelCall, type ModelService, type Prepared } from '../model/prepare.js';
import type { OpenAnswer } from '../model/upstream.js';

/** Writes a stream in a protocol. */
export interface StreamWriter {
  /** The frames for an event of ConverseStream; the event `metadata` is the last. */
  write(event: WireEvent): Uint8Array[];
  /** The frame that ends the stream with an exception. */
  fail(name: string, message: string): Uint8Array;
}

interface Streaming extends Pick<ModelCall, 'startedAt' | 'onUsage'> {
  prepared: Prepared;
  source: OpenAnswer;
  /** Completed as the events pass. */
  ending: Ending;
  writer: StreamWriter;
}

/** The frames of a stream, made as they are read. */
export function eventPieces(
  service: ModelService,
  { prepared, source: { answer, content }, ending, writer, ...call }: Streaming,
): Flow<Piece> {
  const metadata = (): Json => describe(service, call, prepared, answer);
  const scripted = prepared.rule?.events;
  const events =
    scripted === undefined
      ? append(content, () => listClosing({ stopReason: answer.stopReason, metadata }))
      : readScriptedEvents(scripted);
  const { tokensPerSecond } = service;
  return expand(events, (event): Piece[] => {
    const payload = event.payload as Json;
    if (event.type.endsWith('Exception')) {
      const { message = messageOf(event.type) } = payload;
      return [{ bytes: writer.fail(event.type, String(message)), waitMs: 0, isLast: true }];
    }
    if (event.type === 'messageStop') {
      ending.stopReason = String(payload['stopReason'] ?? ending.stopReason);
      ending.stopSequence = answer.stopSequence;
    } else if (event.type === 'metadata') {
      if (answer.counts !== undefined) Object.assign(ending, answer.counts);
      const { outputTokens = ending.outputTokens } = Object(payload['usage']) as Json;
      ending.outputTokens = Number(outputTokens);
    }
    const waitMs = tokensPerSecond === undefined ? 0 : (event.tokens * 1000) / tokensPerSecond;
    return writer.write(event).map((bytes, i) => ({ bytes, waitMs: i === 0 ? waitMs : 0 }));
  });
}
