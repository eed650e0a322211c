import { findCounted } from '../check/count-tokens.js';
import { COUNT_TOKENS, type CountTokensBody } from '../check/request-shape.js';
import { type Json, readShape } from '../check/shape.js';
import { validateConverse } from '../check/validate.js';
import { toBytes, writeContent } from '../conversation/answer.js';
import { countInputTokens } from '../conversation/tokens.js';
import { invalid } from '../exception.js';
import { append, expand, type Flow } from '../http/flow.js';
import { encodeEvent, encodePayload, type StreamEvent, writeJson } from '../http/frames.js';
import type { Piece } from '../http/stream-body.js';
import { createDice, type Dice } from '../random.js';
import type { ScriptError, ScriptRule } from '../script/script.js';
import { listClosing, type WireEvent } from './events.js';
import { foldEvents } from './fold-events.js';
import { selectResponseFields } from './metadata.js';
import { describe, type ModelCall, type ModelService, prepare } from './prepare.js';

/** The frames of a stream, and the failure that a script puts among them. */
export interface StreamReply {
  pieces: Flow<Piece>;
  failure: ScriptError | undefined;
}

/** Converse: the whole answer as JSON. */
export async function converse(service: ModelService, call: ModelCall): Promise<string> {
  const prepared = prepare(service, call, false, createDice(call.seed));
  const { body, rule } = prepared;
  const answer = rule?.events === undefined ? await prepared.answer() : foldEvents(rule.events);
  return writeJson({
    output: { message: { role: 'assistant', content: writeContent(answer.blocks) } },
    stopReason: answer.stopReason,
    additionalModelResponseFields: selectResponseFields(body, answer, false),
    ...describe(service, call, prepared, answer),
  });
}

/** ConverseStream: frames that are made as they are read. */
export async function converseStream(service: ModelService, call: ModelCall): Promise<StreamReply> {
  const roll = createDice(call.seed);
  const prepared = prepare(service, call, true, roll);
  const { body, rule, failure } = prepared;
  if (rule?.frames !== undefined) return { pieces: rawPieces(rule.frames), failure };
  if (rule?.events !== undefined) return { pieces: scriptedPieces(rule.events, roll), failure };
  const { answer, content } = await prepared.open();
  const events = append(content, () =>
    listClosing({
      stopReason: answer.stopReason,
      additionalModelResponseFields: selectResponseFields(body, answer, true),
      metadata: () => describe(service, call, prepared, answer),
    }),
  );
  return { pieces: pacedPieces(events, service.tokensPerSecond, roll), failure };
}

/** CountTokens: what Converse would report as input. */
export function countTokens(service: ModelService, call: ModelCall): string {
  const { input } = readShape(call.json, COUNT_TOKENS) as CountTokensBody;
  const resolved = findCounted(service.catalog, call.modelId);
  if (input.converse !== undefined) {
    const sent = (call.json as { input: { converse: Json } }).input.converse;
    validateConverse(input.converse, resolved, false, sent);
    return JSON.stringify({ inputTokens: countInputTokens(input.converse) });
  }
  if (input.invokeModel === undefined) throw invalid('The input field must hold converse or invokeModel.');
  return JSON.stringify({ inputTokens: Math.ceil((input.invokeModel.body.length * 3) / 16) });
}

function pacedPieces(events: Flow<WireEvent>, tokensPerSecond: number | undefined, roll: Dice): Flow<Piece> {
  return expand(events, ({ type, payload, tokens }): Piece[] => {
    if (type.endsWith('Exception')) return [exceptionPiece(type, payload)];
    const waitMs = tokensPerSecond === undefined ? 0 : (tokens * 1000) / tokensPerSecond;
    return [{ bytes: encodePayload(type, payload, rollPadding(roll)), waitMs }];
  });
}

/** An exception, with which the stream ends. */
export function exceptionPiece(type: string, payload: object): Piece {
  return { bytes: encodeEvent({ type, ...payload } as StreamEvent), waitMs: 0, isLast: true };
}

function* scriptedPieces(events: NonNullable<ScriptRule['events']>, roll: Dice): Generator<Piece> {
  for (const event of events) yield { bytes: encodeEvent(event, rollPadding(roll)), waitMs: 0 };
}

/** Sends the bytes of a script unchanged. */
export function* rawPieces(frames: NonNullable<ScriptRule['frames']>): Generator<Piece> {
  for (const frame of frames) yield { bytes: typeof frame === 'string' ? toBytes(frame) : frame, waitMs: 0 };
}

/** 2 to 61, like the service's padding. */
export function rollPadding(roll: Dice): number {
  return 2 + Math.floor(roll() * 60);
}
