import type { LocalModel } from '../account/account.js';
import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { CONVERSE, COUNT_TOKENS } from '../check/request-shape.js';
import { checkShape } from '../check/shape.js';
import { validateConverse } from '../check/validate.js';
import { ServiceException, statusOf } from '../exception.js';
import { encodeEvent, encodePayload, sortedJson } from '../http/frames.js';
import type { Piece } from '../http/stream-body.js';
import { type Dice, dice } from '../random.js';
import { type Answer, bytesOrLetters, contentOf, limit, outputTokens } from './answer.js';
import type { ConverseBody, Json } from './body.js';
import { think } from './brain.js';
import { eventsOf, type WireEvent } from './events.js';
import { foldEvents } from './fold-events.js';
import { findGuardrail, type GuardrailRun, type LocalGuardrail, runGuardrail } from './guardrail.js';
import type { InputUsage, PromptCache } from './prompt-cache.js';
import { type Script, type ScriptError, type ScriptRule, scriptedAnswer } from './script.js';
import { inputTokens, partsOf } from './tokens.js';

/** What the model operations work with. */
export interface ModelService {
  catalog: Catalog;
  script: Script;
  guardrails: readonly LocalGuardrail[];
  promptCache: PromptCache;
  /** Whether words of a prompt call tools. */
  isDemo: boolean;
  now: () => number;
  tokensPerSecond: number | undefined;
}

/** One request to a model. */
export interface ModelCall {
  modelId: string;
  json: unknown;
  /** Seed of what is made up, so that the same body gets the same answer. */
  seed: number;
  startedAt: number;
}

/** A stream's frames, and the failure that a script puts among them. */
export interface StreamReply {
  pieces: Iterable<Piece>;
  failure: ScriptError | undefined;
}

/** Converse: the whole answer as JSON. */
export function converse(service: ModelService, call: ModelCall): string {
  const roll = dice(call.seed);
  const prepared = prepare(service, call, false, roll);
  const { body, rule, resolved } = prepared;
  const answer = rule?.events === undefined ? prepared.answer() : foldEvents(rule.events);
  return sortedJson({
    output: { message: { role: 'assistant', content: contentOf(answer.blocks) } },
    stopReason: answer.stopReason,
    additionalModelResponseFields: responseFields(body, answer),
    ...metadataOf(service, call, body, resolved.model, prepared.usage, answer),
  });
}

/** ConverseStream: frames that are made as they are read. */
export function converseStream(service: ModelService, call: ModelCall): StreamReply {
  const roll = dice(call.seed);
  const prepared = prepare(service, call, true, roll);
  const { body, rule, resolved, usage, failure } = prepared;
  if (rule?.frames !== undefined) return { pieces: rawPieces(rule.frames), failure };
  if (rule?.events !== undefined) return { pieces: scriptedPieces(rule.events, roll), failure };
  const answer = prepared.answer();
  const closing = {
    stopReason: answer.stopReason,
    additionalModelResponseFields: responseFields(body, answer),
    metadata: () => metadataOf(service, call, body, resolved.model, usage, answer),
  };
  return { pieces: paced(eventsOf(answer.blocks, closing, roll), service.tokensPerSecond, roll), failure };
}

/** CountTokens: what Converse would report as input. */
export function countTokens(service: ModelService, call: ModelCall): string {
  checkShape(call.json, COUNT_TOKENS);
  const { input } = call.json as { input: { converse?: ConverseBody; invokeModel?: { body: string } } };
  const resolved = service.catalog.resolve(call.modelId);
  if (input.converse !== undefined) {
    validateConverse(input.converse, { ...resolved, streaming: false });
    return JSON.stringify({ inputTokens: inputTokens(input.converse) });
  }
  if (input.invokeModel === undefined) {
    throw new ServiceException('ValidationException', 'The input field must hold converse or invokeModel.');
  }
  return JSON.stringify({ inputTokens: Math.ceil((input.invokeModel.body.length * 3) / 16) });
}

interface Prepared {
  body: ConverseBody;
  resolved: ResolvedModel;
  rule: ScriptRule | undefined;
  failure: ScriptError | undefined;
  usage: InputUsage;
  answer: () => Answer;
}

/** Everything that can be refused is refused here, before the first byte of an answer. */
function prepare(service: ModelService, call: ModelCall, streaming: boolean, roll: Dice): Prepared {
  checkShape(call.json, CONVERSE);
  const body = call.json as ConverseBody;
  const resolved = service.catalog.resolve(call.modelId);
  validateConverse(body, { ...resolved, streaming });
  const rule = service.script.find(call.modelId, body, streaming);
  const config = body.guardrailConfig;
  // A script that plays the guardrail does not need one in the account.
  const guardrail =
    config === undefined || rule?.guardrail !== undefined
      ? undefined
      : runGuardrail(findGuardrail(service.guardrails, config), config, body);
  const blocked = guardrail?.blockedInput();
  if (rule !== undefined && blocked === undefined) service.script.use(rule);
  const failure = blocked === undefined ? failureOf(rule, streaming) : undefined;
  const usage = service.promptCache.use(resolved.model.modelId, partsOf(body), service.now());
  return {
    body,
    resolved,
    rule: blocked === undefined ? rule : undefined,
    failure,
    usage,
    answer: () =>
      blocked ?? answerOf(service, { body, model: resolved.model, rule, guardrail, streaming, roll }),
  };
}

interface Answering {
  body: ConverseBody;
  model: LocalModel;
  rule: ScriptRule | undefined;
  guardrail: GuardrailRun | undefined;
  streaming: boolean;
  roll: Dice;
}

function answerOf(
  { isDemo }: ModelService,
  { body, model, rule, guardrail, streaming, roll }: Answering,
): Answer {
  // What a script says goes out as it is written; the limits of the request hold for what is made up here.
  const scripted = rule === undefined ? undefined : scriptedAnswer(rule, roll);
  const { maxTokens, stopSequences = [] } = body.inferenceConfig ?? {};
  const answer = scripted ?? limit(think(body, model, isDemo, roll), maxTokens, stopSequences);
  return guardrail?.screen(answer, streaming) ?? answer;
}

/** The failure that a rule asks for: thrown where it is the answer, returned where it comes in the stream. */
function failureOf(rule: ScriptRule | undefined, streaming: boolean): ScriptError | undefined {
  if (rule?.error === undefined) return undefined;
  const error: ScriptError = typeof rule.error === 'string' ? { name: rule.error } : rule.error;
  if (streaming && error.afterEvents !== undefined) return error;
  const name = error.name.charAt(0).toUpperCase() + error.name.slice(1);
  throw new ServiceException(name, error.message, error.status ?? statusOf(name));
}

function metadataOf(
  service: ModelService,
  call: ModelCall,
  body: ConverseBody,
  model: LocalModel,
  input: InputUsage,
  answer: Answer,
): Json {
  const output = outputTokens(answer.blocks);
  const cache = input.cached
    ? {
        cacheReadInputTokens: input.cacheRead,
        cacheReadInputTokenCount: input.cacheRead,
        cacheWriteInputTokens: input.cacheWrite,
        cacheWriteInputTokenCount: input.cacheWrite,
        ...(input.written.length === 0 ? {} : { cacheDetails: input.written }),
      }
    : {};
  const usage: Json = {
    inputTokens: input.inputTokens,
    outputTokens: output,
    totalTokens: input.inputTokens + input.cacheRead + input.cacheWrite + output,
    ...cache,
    ...(model.providerName === 'Anthropic' ? { serverToolUsage: {} } : {}),
    ...answer.usage,
  };
  return {
    usage,
    metrics: { latencyMs: Math.max(1, Math.round(service.now() - call.startedAt)) },
    trace: answer.trace,
    performanceConfig: body.performanceConfig,
    serviceTier: body.serviceTier,
  };
}

/** Fields of the model's own answer that the request asks for by JSON pointer; of these there is one. */
function responseFields(body: ConverseBody, answer: Answer): Json | undefined {
  const wanted = body.additionalModelResponseFieldPaths?.includes('/stop_sequence') === true;
  return wanted ? { stop_sequence: answer.stopSequence ?? null } : undefined;
}

function* paced(
  events: Iterable<WireEvent>,
  tokensPerSecond: number | undefined,
  roll: Dice,
): Generator<Piece> {
  for (const { type, payload, tokens } of events) {
    const waitMs = tokensPerSecond === undefined ? 0 : (tokens * 1000) / tokensPerSecond;
    yield { bytes: encodePayload(type, payload, paddingLength(roll)), waitMs };
  }
}

function* scriptedPieces(events: NonNullable<ScriptRule['events']>, roll: Dice): Generator<Piece> {
  for (const event of events) yield { bytes: encodeEvent(event, paddingLength(roll)), waitMs: 0 };
}

function* rawPieces(frames: NonNullable<ScriptRule['frames']>): Generator<Piece> {
  for (const frame of frames)
    yield { bytes: typeof frame === 'string' ? bytesOrLetters(frame) : frame, waitMs: 0 };
}

/** 2 to 61, as the service pads. */
function paddingLength(roll: Dice): number {
  return 2 + Math.floor(roll() * 60);
}
