import type { Json } from '../../check/shape.js';
import type { AnswerBlock } from '../../conversation/answer.js';
import {
  type AnswerFacts,
  type Counts,
  definedOf,
  type Ending,
  joinText,
  makeUuid,
  textOf,
} from '../../invoke/family.js';
import type { WireEvent } from '../../model/events.js';
import { parseJsonIfPossible } from '../../parse-json.js';
import type { Address } from '../address.js';
import { dataFrame } from '../sse.js';
import { callIdOf } from './call-id.js';
import type { KnownTool } from './tools.js';

// Members of whole answers and their order: recorded at bedrock-mantle by pydantic/pydantic-ai, 2026-07. Of a stream only its chunks
// and `[DONE]` are known (notebooks of aws-samples, 2026-08); their members are those of OpenAI.

/** What an answer depends on, besides the blocks. */
export interface ChatFacts extends AnswerFacts {
  address: Address;
  tools: ReadonlyMap<string, KnownTool>;
}

function reasonOf(stopReason: string): string {
  switch (stopReason) {
    case 'tool_use':
      return 'tool_calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'guardrail_intervened':
    case 'content_filtered':
      return 'content_filter';
    default:
      return 'stop';
  }
}

/** Bedrock counts cached tokens apart, and OpenAI as part of the prompt. */
function usageOf({ inputTokens, outputTokens, cacheRead, cacheWrite }: Counts): Json {
  const prompt = inputTokens + cacheRead + cacheWrite;
  return {
    completion_tokens: outputTokens,
    prompt_tokens: prompt,
    ...(cacheRead > 0 && { prompt_tokens_details: { cached_tokens: cacheRead } }),
    total_tokens: prompt + outputTokens,
  };
}

/** On bedrock-mantle reasoning has a member of its own; bedrock-runtime puts it in front of the text, as InvokeModel does. */
function isApart({ address }: ChatFacts): boolean {
  return address.endpoint === 'mantle';
}

function callOf(facts: ChatFacts, id: unknown, name: unknown, index: number, input: string): Json {
  const tool = facts.tools.get(String(name));
  const called = {
    id: callIdOf(String(id), index, facts),
    type: tool?.isCustom === true ? 'custom' : 'function',
  };
  return tool?.isCustom === true
    ? { ...called, custom: { name: tool.name, input } }
    : { ...called, function: { arguments: input, name: tool?.name ?? name } };
}

/** Writes a whole answer. */
export function writeChat(blocks: readonly AnswerBlock[], facts: ChatFacts): Json {
  const reasoning = blocks.flatMap((block) => (block.kind === 'reasoning' ? [block.text] : [])).join('');
  const uses = blocks.flatMap((block) => (block.kind === 'toolUse' ? [block] : []));
  const calls = uses.map(({ toolUseId, name, input }, i) => {
    const isCustom = facts.tools.get(name)?.isCustom === true;
    return callOf(facts, toolUseId, name, i, isCustom ? customInput(input) : JSON.stringify(input));
  });
  const text = (isApart(facts) ? '' : inTags(reasoning)) + joinText(blocks);
  const message = definedOf({
    content: text === '' && calls.length > 0 ? null : text,
    reasoning: isApart(facts) && reasoning !== '' ? reasoning : undefined,
    refusal: null,
    role: 'assistant',
    tool_calls: calls.length === 0 ? undefined : calls,
  });
  return {
    choices: [{ finish_reason: reasonOf(facts.stopReason), index: 0, logprobs: null, message }],
    created: Math.floor(facts.nowMs / 1000),
    id: `chatcmpl-${makeUuid(facts.roll)}`,
    model: facts.address.model,
    object: 'chat.completion',
    service_tier: 'default',
    usage: usageOf(facts),
  };
}

/** The text that a custom tool gets. */
export function customInput(input: unknown): string {
  const { input: text } = Object(input) as Json;
  return typeof text === 'string' ? text : JSON.stringify(input);
}

function inTags(reasoning: string): string {
  return reasoning === '' ? '' : `<reasoning>${reasoning}</reasoning>`;
}

/** Writes the frames for an event of ConverseStream; `ending` is complete when the event `metadata` arrives. */
export function streamChat(
  facts: ChatFacts,
  ending: Ending,
  includesUsage: boolean,
): (event: WireEvent) => Uint8Array[] {
  const head = {
    id: `chatcmpl-${makeUuid(facts.roll)}`,
    object: 'chat.completion.chunk',
    created: Math.floor(facts.nowMs / 1000),
    model: facts.address.model,
  };
  let calls = 0;
  let isReasoning = false;
  /** The input of a custom tool is read as a whole, because Converse has it as JSON. */
  let custom: { call: Json; index: number; input: string } | undefined;

  const write = (choices: Json[], usage: Json | null = null): Uint8Array =>
    dataFrame({ ...head, choices, ...(includesUsage && { usage }) });
  const chunk = (delta: Json, reason: string | null = null): Uint8Array =>
    write([{ index: 0, delta, logprobs: null, finish_reason: reason }]);

  function writeReasoning(text: string): Uint8Array[] {
    if (isApart(facts)) return [chunk({ reasoning: text })];
    const opening = isReasoning ? '' : '<reasoning>';
    isReasoning = true;
    return [chunk({ content: opening + text })];
  }

  /** Without a member of its own, reasoning ends where something else begins. */
  function endReasoning(): Uint8Array[] {
    if (!isReasoning) return [];
    isReasoning = false;
    return [chunk({ content: '</reasoning>' })];
  }

  function writeDelta({ payload }: WireEvent): Uint8Array[] {
    const { toolUse, reasoningContent } = Object((payload as Json)['delta']) as Record<
      string,
      Json | undefined
    >;
    const { input } = Object(toolUse) as Json;
    if (typeof input === 'string') {
      if (custom === undefined) {
        return input === ''
          ? []
          : [chunk({ tool_calls: [{ index: calls - 1, function: { arguments: input } }] })];
      }
      custom.input += input;
      return [];
    }
    const { text } = Object(reasoningContent) as Json;
    return typeof text === 'string' ? writeReasoning(text) : [];
  }

  return (event) => {
    const text = textOf(event);
    if (text !== undefined) return [...endReasoning(), chunk({ content: text })];
    switch (event.type) {
      case 'messageStart':
        return [chunk({ role: 'assistant', content: '' })];
      case 'contentBlockStart': {
        const { toolUseId, name } = Object(Object((event.payload as Json)['start']).toolUse) as Json;
        const index = calls++;
        const call = callOf(facts, toolUseId, name, index, '');
        custom = facts.tools.get(String(name))?.isCustom === true ? { call, index, input: '' } : undefined;
        return [
          ...endReasoning(),
          ...(custom === undefined ? [chunk({ tool_calls: [{ index, ...call }] })] : []),
        ];
      }
      case 'contentBlockDelta':
        return writeDelta(event);
      case 'contentBlockStop': {
        if (custom === undefined) return [];
        const { call, index, input } = custom;
        custom = undefined;
        const written = { ...(call['custom'] as Json), input: customInput(parseJsonIfPossible(input)) };
        return [chunk({ tool_calls: [{ index, ...call, custom: written }] })];
      }
      case 'metadata':
        return [
          ...endReasoning(),
          chunk({}, reasonOf(ending.stopReason)),
          ...(includesUsage ? [write([], usageOf(ending))] : []),
          dataFrame('[DONE]'),
        ];
      default:
        return [];
    }
  };
}
