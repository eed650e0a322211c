import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { checkContext } from '../check/context.js';
import { findCounted } from '../check/count-tokens.js';
import { signerFor } from '../check/reasoning-binding.js';
import { CONVERSE, COUNT_TOKENS, type ConverseBody, type CountTokensBody } from '../check/request-shape.js';
import { type Json, readShape } from '../check/shape.js';
import { validateConverse } from '../check/validate.js';
import { capitalize, invalid, ServiceException } from '../exception.js';
import { encodeEvent, encodePayload, writeJson } from '../http/frames.js';
import type { Piece } from '../http/stream-body.js';
import { createDice, type Dice } from '../random.js';
import { type Answer, limitAnswer, toBytes, writeContent } from './answer.js';
import { answerFreely } from './brain.js';
import { listEvents, type WireEvent } from './events.js';
import { foldEvents } from './fold-events.js';
import { findGuardrail, type GuardrailRun, type LocalGuardrail, runGuardrail } from './guardrail.js';
import { describeCall, selectResponseFields } from './metadata.js';
import type { InputUsage, PromptCache } from './prompt-cache.js';
import { type Script, type ScriptError, type ScriptRule, scriptedAnswer } from './script.js';
import { countInputTokens, listParts } from './tokens.js';

/** What the operations of models work with. */
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

/** The frames of a stream, and the failure that a script puts among them. */
export interface StreamReply {
  pieces: Iterable<Piece>;
  failure: ScriptError | undefined;
}

/** Converse: the whole answer as JSON. */
export function converse(service: ModelService, call: ModelCall): string {
  const prepared = prepare(service, call, false, createDice(call.seed));
  const { body, rule } = prepared;
  const answer = rule?.events === undefined ? prepared.answer() : foldEvents(rule.events);
  return writeJson({
    output: { message: { role: 'assistant', content: writeContent(answer.blocks) } },
    stopReason: answer.stopReason,
    additionalModelResponseFields: selectResponseFields(body, answer, false),
    ...describe(service, call, prepared, answer),
  });
}

/** ConverseStream: frames that are made as they are read. */
export function converseStream(service: ModelService, call: ModelCall): StreamReply {
  const roll = createDice(call.seed);
  const prepared = prepare(service, call, true, roll);
  const { body, rule, failure } = prepared;
  if (rule?.frames !== undefined) return { pieces: rawPieces(rule.frames), failure };
  if (rule?.events !== undefined) return { pieces: scriptedPieces(rule.events, roll), failure };
  const answer = prepared.answer();
  const closing = {
    stopReason: answer.stopReason,
    additionalModelResponseFields: selectResponseFields(body, answer, true),
    metadata: () => describe(service, call, prepared, answer),
  };
  const events = listEvents(answer.blocks, closing, roll);
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

interface Prepared {
  body: ConverseBody;
  resolved: ResolvedModel;
  rule: ScriptRule | undefined;
  failure: ScriptError | undefined;
  usage: InputUsage;
  answer: () => Answer;
}

/** Rejects what can be rejected before the first byte of an answer, and finds out who answers. */
function prepare(service: ModelService, call: ModelCall, isStream: boolean, roll: Dice): Prepared {
  const body = readShape(call.json, CONVERSE) as ConverseBody;
  const resolved = service.catalog.resolve(call.modelId);
  validateConverse(body, resolved, isStream, call.json as Json);
  checkContext(body, resolved.model, countInputTokens(body));
  const found = service.script.find(call.modelId, body, isStream);
  const guardrail = guardrailFor(service, body, found);
  const blocked = guardrail?.blockedInput();
  const rule = blocked === undefined ? found : undefined;
  if (rule !== undefined) service.script.use(rule);
  const failure = findFailure(rule, isStream);
  const usage = service.promptCache.use(resolved.model.modelId, listParts(body), service.now());
  const answer = (): Answer => {
    if (blocked !== undefined) return blocked;
    const made = answerOf(service, body, resolved, rule, roll);
    return guardrail?.screen(made, isStream) ?? made;
  };
  return { body, resolved, rule, failure, usage, answer };
}

/** A script that plays the guardrail does not need one in the account. */
function guardrailFor(
  { guardrails }: ModelService,
  body: ConverseBody,
  rule: ScriptRule | undefined,
): GuardrailRun | undefined {
  const config = body.guardrailConfig;
  if (config === undefined || rule?.guardrail !== undefined) return undefined;
  return runGuardrail(findGuardrail(guardrails, config), config, body);
}

/** Limits of the request apply to what is made up here, not to what a script says. */
function answerOf(
  { isDemo }: ModelService,
  body: ConverseBody,
  { model }: ResolvedModel,
  rule: ScriptRule | undefined,
  roll: Dice,
): Answer {
  const sign = signerFor(body, model.modelId);
  const scripted = rule === undefined ? undefined : scriptedAnswer(rule, sign, roll);
  if (scripted !== undefined) return scripted;
  const { maxTokens, stopSequences = [] } = body.inferenceConfig ?? {};
  return limitAnswer(answerFreely(body, model, isDemo, sign, roll), maxTokens, stopSequences);
}

/** The failure that a rule wants: thrown if it replaces the answer, returned if it comes in the stream. */
function findFailure(rule: ScriptRule | undefined, isStream: boolean): ScriptError | undefined {
  if (rule?.error === undefined) return undefined;
  const error: ScriptError = typeof rule.error === 'string' ? { name: rule.error } : rule.error;
  if (isStream && error.afterEvents !== undefined) return error;
  throw new ServiceException(capitalize(error.name), error.message, error.status);
}

function describe(
  service: ModelService,
  call: ModelCall,
  { body, resolved, usage }: Prepared,
  answer: Answer,
) {
  return describeCall(body, resolved.model, usage, answer, service.now() - call.startedAt);
}

function* pacedPieces(
  events: Iterable<WireEvent>,
  tokensPerSecond: number | undefined,
  roll: Dice,
): Generator<Piece> {
  for (const { type, payload, tokens } of events) {
    const waitMs = tokensPerSecond === undefined ? 0 : (tokens * 1000) / tokensPerSecond;
    yield { bytes: encodePayload(type, payload, rollPadding(roll)), waitMs };
  }
}

function* scriptedPieces(events: NonNullable<ScriptRule['events']>, roll: Dice): Generator<Piece> {
  for (const event of events) yield { bytes: encodeEvent(event, rollPadding(roll)), waitMs: 0 };
}

function* rawPieces(frames: NonNullable<ScriptRule['frames']>): Generator<Piece> {
  for (const frame of frames) yield { bytes: typeof frame === 'string' ? toBytes(frame) : frame, waitMs: 0 };
}

/** 2 to 61, like the service's padding. */
function rollPadding(roll: Dice): number {
  return 2 + Math.floor(roll() * 60);
}
