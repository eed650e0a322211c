import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { checkContext } from '../check/context.js';
import { signerFor } from '../check/reasoning-binding.js';
import { CONVERSE, type ConverseBody } from '../check/request-shape.js';
import { type Json, readShape } from '../check/shape.js';
import { validateConverse } from '../check/validate.js';
import { capitalize, ServiceException } from '../exception.js';
import type { Dice } from '../random.js';
import { type Answer, limitAnswer } from './answer.js';
import { answerFreely } from './brain.js';
import { findGuardrail, type GuardrailRun, type LocalGuardrail, runGuardrail } from './guardrail.js';
import { describeCall } from './metadata.js';
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

/** A request that was accepted, and what its answer depends on. */
export interface Prepared {
  body: ConverseBody;
  resolved: ResolvedModel;
  rule: ScriptRule | undefined;
  failure: ScriptError | undefined;
  usage: InputUsage;
  answer: () => Answer;
}

/** Rejects what can be rejected before the first byte of an answer, and finds out who answers. */
export function prepare(
  service: ModelService,
  call: ModelCall,
  isStream: boolean,
  roll: Dice,
  validate: typeof validateConverse = validateConverse,
): Prepared {
  const body = readShape(call.json, CONVERSE) as ConverseBody;
  const resolved = service.catalog.resolve(call.modelId);
  validate(body, resolved, isStream, call.json as Json);
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

/** Writes what is reported with an answer. */
export function describe(
  service: ModelService,
  call: Pick<ModelCall, 'startedAt'>,
  { body, resolved, usage }: Prepared,
  answer: Answer,
) {
  return describeCall(body, resolved.model, usage, answer, service.now() - call.startedAt);
}
