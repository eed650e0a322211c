import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { checkContext } from '../check/context.js';
import { signerFor } from '../check/reasoning/binding.js';
import { CONVERSE, type ConverseBody } from '../check/request-shape.js';
import { type Json, readShape } from '../check/shape.js';
import { validateConverse } from '../check/validate.js';
import { type Answer, limitAnswer } from '../conversation/answer.js';
import { countInputTokens, listParts } from '../conversation/tokens.js';
import { capitalize, ServiceException } from '../exception.js';
import type { Dice } from '../random.js';
import { type Script, type ScriptError, type ScriptRule, scriptedAnswer } from '../script/script.js';
import { answerFreely } from './brain.js';
import { listContent } from './events.js';
import { findGuardrail, type GuardrailRun, type LocalGuardrail, runGuardrail } from './guardrail.js';
import { describeCall } from './metadata.js';
import type { InputUsage, PromptCache } from './prompt-cache.js';
import type { OpenAnswer, Question, Upstream } from './upstream.js';

/** What all operations on models share. */
export interface ModelService {
  catalog: Catalog;
  script: Script;
  guardrails: readonly LocalGuardrail[];
  /** What answers if no script rule does; undefined if the local Bedrock does it itself. */
  upstream: Upstream | undefined;
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
  /** Seed of generated content, so that the same body gets the same answer. */
  seed: number;
  startedAt: number;
  /** Called with the usage that an answer reports. */
  onUsage?: ((usage: { inputTokens: number; outputTokens: number }) => void) | undefined;
  /** Aborts when the client goes away. */
  signal: AbortSignal | undefined;
}

/** An accepted request, and what its answer depends on. */
export interface Prepared {
  body: ConverseBody;
  resolved: ResolvedModel;
  rule: ScriptRule | undefined;
  failure: ScriptError | undefined;
  usage: InputUsage;
  /** The whole answer; a promise if it comes from an upstream. */
  answer: () => Answer | Promise<Answer>;
  /** The answer for a route that streams; a promise if it comes from an upstream. */
  open: () => OpenAnswer | Promise<OpenAnswer>;
}

/** Rejects whatever can be rejected before the first byte of an answer, and decides what writes the answer. */
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
  const question = (): Question => ({
    body,
    model: resolved.model,
    sign: signerFor(body, resolved.model.modelId),
    roll,
    signal: call.signal,
  });
  const screen = (made: Answer): Answer => guardrail?.screen(made, isStream) ?? made;
  const answer = (): Answer | Promise<Answer> => {
    if (blocked !== undefined) return blocked;
    const asked = question();
    const made = scripted(rule, asked) ?? service.upstream?.answer(asked) ?? generate(service, asked);
    return made instanceof Promise ? made.then(screen) : screen(made);
  };
  const list = (made: Answer): OpenAnswer => ({ answer: made, content: listContent(made.blocks, roll) });
  const open = (): OpenAnswer | Promise<OpenAnswer> => {
    const { upstream } = service;
    // A guardrail has to read a whole answer before any of it may be sent.
    if (upstream !== undefined && guardrail === undefined) {
      const asked = question();
      const made = scripted(rule, asked);
      return made === undefined ? upstream.open(asked) : list(made);
    }
    const made = answer();
    return made instanceof Promise ? made.then(list) : list(made);
  };
  return { body, resolved, rule, failure, usage, answer, open };
}

/** If a script simulates the guardrail, the account does not need one. */
function guardrailFor(
  { guardrails }: ModelService,
  body: ConverseBody,
  rule: ScriptRule | undefined,
): GuardrailRun | undefined {
  const config = body.guardrailConfig;
  if (config === undefined || rule?.guardrail !== undefined) return undefined;
  return runGuardrail(findGuardrail(guardrails, config), config, body);
}

function scripted(rule: ScriptRule | undefined, { sign, roll }: Question): Answer | undefined {
  return rule === undefined ? undefined : scriptedAnswer(rule, sign, roll);
}

/** Limits in the request apply to generated answers, not to scripted ones. */
function generate({ isDemo }: ModelService, { body, model, sign, roll }: Question): Answer {
  const { maxTokens, stopSequences = [] } = body.inferenceConfig ?? {};
  return limitAnswer(answerFreely(body, model, isDemo, sign, roll), maxTokens, stopSequences);
}

/** A rule's failure: thrown if it replaces the answer, returned if it comes in the stream. */
function findFailure(rule: ScriptRule | undefined, isStream: boolean): ScriptError | undefined {
  if (rule?.error === undefined) return undefined;
  const error: ScriptError = typeof rule.error === 'string' ? { name: rule.error } : rule.error;
  if (isStream && error.afterEvents !== undefined) return error;
  throw new ServiceException(capitalize(error.name), error.message, error.status);
}

/** Writes the metadata of an answer. */
export function describe(
  service: ModelService,
  call: Pick<ModelCall, 'startedAt' | 'onUsage'>,
  { body, resolved, usage }: Prepared,
  answer: Answer,
) {
  const described = describeCall(body, resolved.model, usage, answer, service.now() - call.startedAt);
  call.onUsage?.(described.usage);
  return described;
}
