import { toBase64 } from '../../wire/base64.js';
import type { Json } from '../check/shape.js';
import { append, expand, type Flow } from '../http/flow.js';
import { encodePayload, readEvent, type StreamEvent } from '../http/frames.js';
import type { Piece } from '../http/stream-body.js';
import { exceptionPiece, rollPadding } from '../model/converse.js';
import { listClosing, type WireEvent } from '../model/events.js';
import { describe, type ModelCall, type ModelService, type Prepared } from '../model/prepare.js';
import type { OpenAnswer } from '../model/upstream.js';
import { guardrailMembers } from './facts.js';
import type { AnswerFacts, Family } from './family.js';
import { writeBody } from './write-body.js';

interface Writing {
  family: Family;
  facts: AnswerFacts;
  source: OpenAnswer;
  prepared: Prepared;
}

/** The frames of a stream, made as they are read. The last chunk has the metrics. */
export function chunkPieces(
  service: ModelService,
  call: Omit<ModelCall, 'json'>,
  { family, facts, source: { answer, content }, prepared }: Writing,
): Flow<Piece> {
  const { roll } = facts;
  const metadata = (): Json => describe(service, call, prepared, answer);
  const scripted = prepared.rule?.events;
  const events =
    scripted === undefined
      ? append(content, () => listClosing({ stopReason: answer.stopReason, metadata }))
      : readScriptedEvents(scripted);
  const ending = { ...facts };
  const write = family.stream(facts, ending);
  const { tokensPerSecond } = service;
  let firstByteMs: number | undefined;
  return expand(events, (event): Piece[] => {
    if (event.type.endsWith('Exception')) return [exceptionPiece(event.type, event.payload)];
    firstByteMs ??= elapsed(service, call);
    if (event.type === 'messageStop') {
      ending.stopReason = String((event.payload as Json)['stopReason'] ?? ending.stopReason);
      ending.stopSequence = answer.stopSequence;
    } else if (event.type === 'metadata') {
      const { usage, metrics } = event.payload as { usage?: Json; metrics?: Json };
      if (answer.counts !== undefined) Object.assign(ending, answer.counts);
      ending.outputTokens = Number(usage?.['outputTokens'] ?? ending.outputTokens);
      ending.latencyMs = Number(metrics?.['latencyMs'] ?? ending.latencyMs);
    }
    const chunks = write(event);
    if (event.type === 'metadata') {
      const cached = family.countsCache?.(facts.modelId) === true;
      const { stopReason } = ending;
      const last = { ...chunks.at(-1), ...guardrailMembers(prepared.body, { ...answer, stopReason }) };
      last['amazon-bedrock-invocationMetrics'] = writeMetrics(ending, firstByteMs, cached);
      chunks.splice(-1, 1, last);
    }
    const waitMs = tokensPerSecond === undefined ? 0 : (event.tokens * 1000) / tokensPerSecond;
    return chunks.map((chunk, i) => {
      const bytes = toBase64(new TextEncoder().encode(writeBody(chunk)));
      return { bytes: encodePayload('chunk', { bytes }, rollPadding(roll)), waitMs: i === 0 ? waitMs : 0 };
    });
  });
}

function elapsed(service: ModelService, { startedAt }: Omit<ModelCall, 'json'>): number {
  return Math.max(1, Math.round(service.now() - startedAt));
}

/** Reads the events of a script in either of their spellings. */
export function* readScriptedEvents(events: Iterable<StreamEvent>): Generator<WireEvent> {
  for (const event of events) {
    const [type, payload] = readEvent(event);
    yield { type, payload, tokens: 0 };
  }
}

function writeMetrics(ending: AnswerFacts, firstByteMs: number, cached: boolean): Json {
  return {
    inputTokenCount: ending.inputTokens,
    outputTokenCount: ending.outputTokens,
    invocationLatency: ending.latencyMs,
    firstByteLatency: firstByteMs,
    ...(cached && {
      cacheReadInputTokenCount: ending.cacheRead,
      cacheWriteInputTokenCount: ending.cacheWrite,
    }),
  };
}
