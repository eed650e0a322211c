import { BoundedMap } from '../../bounded-map.js';
import { catalog } from '../../catalog/index.js';
import {
  type ConverseStreamRequest,
  type ModelQuirks,
  modelQuirks,
  type SystemContentBlock,
} from '../../index.js';
import type { AnswerPlan } from '../answer/reader.js';
import { Refusal } from '../failure.js';
import type { Notes } from '../notes.js';
import { acceptedCachePoints } from './cache-points.js';
import type { Block, Draft } from './draft.js';
import { sendFormat } from './output-format.js';
import { roomFor } from './room.js';
import { sendThinking } from './thinking.js';
import type { ToolNames } from './tool-names.js';
import { sendTools } from './tools.js';

/** A request for Bedrock, and how to read its answer. */
export interface Composed {
  request: ConverseStreamRequest;
  plan: AnswerPlan;
}

/** Facts about a model that translation depends on. */
export interface ModelFacts {
  quirks: ModelQuirks;
  isClaude: boolean;
  /** Tokens that the model writes at most. */
  maxTokens: number | undefined;
  /** The context window, if an answer of `maxTokens` would fill all of it; otherwise undefined. */
  filledWindow: number | undefined;
}

/** Most gateways call a few models, again and again. */
const known = /* @__PURE__ */ new BoundedMap<string, ModelFacts>(200);

/** Looks up what is known of a model. `own` is what the operator says about it. */
export function factsOf(modelId: string, own?: ModelQuirks | undefined): ModelFacts {
  if (own !== undefined) return collectFacts(modelId, own);
  const facts = known.get(modelId) ?? collectFacts(modelId, undefined);
  if (!known.has(modelId)) known.set(modelId, facts);
  return facts;
}

function collectFacts(modelId: string, own: ModelQuirks | undefined): ModelFacts {
  const quirks = modelQuirks(modelId, own);
  const id = quirks.foundationModelId ?? modelId;
  const facts = catalog(id);
  return {
    quirks,
    isClaude: /claude/i.test(id),
    maxTokens: facts?.maxTokens,
    filledWindow: facts?.outputFillsWindow ? facts.contextWindow : undefined,
  };
}

/** Writes a draft as the request that its model accepts. */
export function composeRequest(given: Draft, facts: ModelFacts, names: ToolNames, notes: Notes): Composed {
  const draft = withMessages(given, notes);
  const { quirks, isClaude } = facts;
  const maxTokens = limitTokens(draft, facts, notes);
  const hasTools = draft.tools.length > 0;
  const thinking = sendThinking(
    draft.thinking,
    quirks,
    { maxTokens, messages: draft.messages, hasTools },
    notes,
  );
  const kinds = (thinking.isOn ? quirks.toolChoiceWhileThinking : undefined) ?? quirks.toolChoice;
  const context = { names, quirks, isClaude, kinds };
  const { output_config: output } = thinking.fields;
  const hasOutputConfig = isClaude && output !== undefined;
  // An answer that has to be a call has no text, so the format of the text does not matter.
  const wanted = draft.choice.kind === 'any' || draft.choice.kind === 'tool' ? undefined : draft.format;
  const format = wanted && sendFormat(wanted, { ...context, hasOutputConfig });
  const tools = sendTools(withFormatTool(draft, format), { ...context, notes });
  const fields = {
    ...thinking.fields,
    ...(format?.claudeFormat && { output_config: { ...Object(output), format: format.claudeFormat } }),
    ...tools.fields,
    ...topKField(draft, quirks, isClaude, thinking.isOn, notes),
  };
  const conversation = acceptedCachePoints(draft, quirks);
  const system = [...conversation.system, ...instructions(tools.instruction, format?.instruction)];
  const inferenceConfig = sampling({ ...draft, maxTokens }, quirks, thinking.rejects, notes);
  const request: ConverseStreamRequest = {
    modelId: draft.modelId,
    messages: conversation.messages,
    ...(system.length > 0 && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(tools.toolConfig && { toolConfig: tools.toolConfig }),
    ...(format?.outputConfig && { outputConfig: format.outputConfig }),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields as never }),
    ...(isClaude &&
      draft.stop.length > 0 && {
        additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
      }),
    ...(draft.metadata && { requestMetadata: { ...draft.metadata } }),
    ...(draft.serviceTier && { serviceTier: { type: draft.serviceTier } }),
  };
  const plan: AnswerPlan = {
    toolOf: (sent) => names.receive(sent),
    mostCalls: tools.mostCalls,
    format: format?.format,
  };
  return { request, plan };
}

/**
 * OpenAI answers a conversation that consists of instructions, and Bedrock does not: they become the user's words.
 *
 * @throws Refusal if there is nothing to answer
 */
function withMessages(draft: Draft, notes: Notes): Draft {
  const { system, messages } = draft;
  if (messages.length > 0) return draft;
  if (system.length === 0)
    throw new Refusal(
      'input',
      'The conversation is empty. Send a message with the role "user" and some text.',
    );
  notes.add('system', 'sent as a message of the user, because there is no other message');
  return { ...draft, system: [], messages: [{ role: 'user', content: system as Block[] }] };
}

/** The tool whose input is the answer, and the choice that makes the model call it. */
function withFormatTool(draft: Draft, format: ReturnType<typeof sendFormat> | undefined): Draft {
  if (format?.tool === undefined) return draft;
  const { name, namespace } = format.tool;
  const { only } = draft.choice;
  const others =
    draft.choice.kind === 'none' ? [] : draft.tools.filter((tool) => only?.has(tool.name) !== false);
  const hasOthers = others.length > 0;
  const tools = [...others, format.tool];
  const forced = hasOthers ? ({ kind: 'any' } as const) : ({ kind: 'tool', name, namespace } as const);
  const parallelCalls = draft.parallelCalls || !hasOthers;
  return { ...draft, tools, parallelCalls, choice: format.isForced ? forced : { kind: 'auto' } };
}

function instructions(...texts: (string | undefined)[]): SystemContentBlock[] {
  return texts.flatMap((text) => (text === undefined ? [] : [{ text }]));
}

/**
 * Clients send the limit of the model that they believe to talk to. Without any, it is the model's own, which the service would
 * reserve anyway.
 */
function limitTokens(
  draft: Draft,
  { maxTokens: most, filledWindow }: ModelFacts,
  notes: Notes,
): number | undefined {
  const { maxTokens: wanted } = draft;
  if (filledWindow !== undefined && wanted === undefined) return undefined;
  const limit = filledWindow === undefined ? most : Math.min(most ?? Infinity, roomFor(draft, filledWindow));
  if (wanted === undefined || limit === undefined || wanted <= limit) return wanted ?? limit;
  notes.add(
    'max_tokens',
    `${limit}, ${limit === most ? 'which is the limit of this model' : 'which is what fits into its context'}`,
  );
  return limit;
}

/** What clients call the members of `inferenceConfig`. */
const NAMES: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  stopSequences: 'stop',
};

function sampling(
  { maxTokens, temperature, topP, stop }: Pick<Draft, 'maxTokens' | 'temperature' | 'topP' | 'stop'>,
  { rejects = [], temperatureOrTopP }: ModelQuirks,
  alsoRejects: readonly string[],
  notes: Notes,
): NonNullable<ConverseStreamRequest['inferenceConfig']> {
  const rejected: readonly string[] = [...rejects, ...alsoRejects];
  // Bedrock rejects blank ones.
  const stopSequences = stop.filter((text) => text.trim() !== '');
  const wanted = {
    maxTokens,
    // OpenAI's scale goes to 2.
    temperature: temperature === undefined ? undefined : Math.min(1, temperature),
    topP,
    stopSequences: stopSequences.length > 0 ? stopSequences : undefined,
  };
  const sent = Object.entries(wanted).filter(([name, value]) => {
    if (value === undefined) return false;
    if (!rejected.includes(name)) return true;
    if (name in NAMES) notes.add(NAMES[name] as string, 'not accepted by this model');
    return false;
  });
  const config: NonNullable<ConverseStreamRequest['inferenceConfig']> = Object.fromEntries(sent);
  if (config.temperature !== undefined && config.temperature !== temperature)
    notes.add('temperature', '1, which is the highest of this model');
  if (!temperatureOrTopP || config.temperature === undefined || config.topP === undefined) return config;
  notes.add('top_p', 'this model accepts it only without temperature');
  const { topP: _either, ...or } = config;
  return or;
}

function topKField(
  { topK }: Draft,
  { rejects = [] }: ModelQuirks,
  isClaude: boolean,
  isThinking: boolean,
  notes: Notes,
): Record<string, number> {
  if (topK === undefined) return {};
  if (isClaude && !isThinking && !rejects.includes('topP')) return { top_k: topK };
  notes.add('top_k', 'not accepted by this model');
  return {};
}
