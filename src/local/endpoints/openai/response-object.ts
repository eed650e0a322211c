import type { Json } from '../../check/shape.js';
import type { AnswerBlock } from '../../conversation/answer.js';
import { type AnswerFacts, type Ending, makeUuid } from '../../invoke/family.js';
import type { Address } from '../address.js';
import { makeBase32Id } from '../base32-id.js';
import { callIdOf } from './call-id.js';
import { customInput } from './chat-answer.js';
import type { KnownTool } from './tools.js';

// Both forms were recorded at bedrock-mantle by pydantic/pydantic-ai, 2026-07: the short one of gpt-oss below `/v1`, and the long one of
// GPT-5.6 below `/openai/v1`. No answer of bedrock-runtime was; it has the long form here.

/** What an answer depends on, besides the blocks. */
export interface ResponseFacts extends AnswerFacts {
  address: Address;
  tools: ReadonlyMap<string, KnownTool>;
  /** Whether the answer calls a tool. */
  callsTools: boolean;
}

/** Whether the answer has the short form. */
export function isShort({ address }: { address: Address }): boolean {
  return address.base === 'v1';
}

/** Makes up an id of hexadecimal digits. */
function makeHexId(prefix: string, facts: ResponseFacts): string {
  const hex = makeUuid(facts.roll).replaceAll('-', '');
  return prefix + (isShort(facts) ? hex.slice(0, 16) : hex);
}

/** Writes a response that has only begun. */
export function startResponse(facts: ResponseFacts): Json {
  const { json } = facts.address;
  const { format = { type: 'text' }, verbosity = 'medium' } = Object(json['text']) as Json;
  const common: Json = {
    background: false,
    created_at: Math.floor(facts.nowMs / 1000),
    error: null,
    id: makeBase32Id('resp_', facts.roll),
    incomplete_details: null,
    instructions: json['instructions'] ?? null,
    metadata: json['metadata'] ?? {},
    model: facts.address.model,
    object: 'response',
    output: [],
    parallel_tool_calls: json['parallel_tool_calls'] ?? true,
    service_tier: json['service_tier'] ?? (isShort(facts) ? 'default' : 'auto'),
    status: 'in_progress',
    temperature: json['temperature'] ?? 1,
    text: { format, verbosity },
    tool_choice: json['tool_choice'] ?? 'auto',
    tools: json['tools'] ?? [],
    top_p: json['top_p'] ?? (isShort(facts) ? 1 : 0.98),
    truncation: json['truncation'] ?? 'disabled',
    usage: null,
  };
  if (isShort(facts)) return common;
  const { effort = 'medium', summary = null } = Object(json['reasoning']) as Json;
  return {
    ...common,
    completed_at: null,
    frequency_penalty: 0,
    max_output_tokens: json['max_output_tokens'] ?? null,
    max_tool_calls: json['max_tool_calls'] ?? null,
    moderation: null,
    presence_penalty: 0,
    previous_response_id: json['previous_response_id'] ?? null,
    prompt_cache_key: json['prompt_cache_key'] ?? null,
    prompt_cache_retention: json['prompt_cache_retention'] ?? 'in_memory',
    reasoning: { context: 'all_turns', effort, summary },
    safety_identifier: json['safety_identifier'] ?? null,
    store: json['store'] ?? true,
    top_logprobs: 0,
    user: json['user'] ?? null,
  };
}

/** Completes a response, in place. */
export function endResponse(
  response: Json,
  facts: ResponseFacts,
  { stopReason, inputTokens, outputTokens, cacheRead, cacheWrite }: Ending,
  nowMs: number,
): void {
  const reason = incompleteReasonOf(stopReason);
  response['status'] = reason === undefined ? 'completed' : 'incomplete';
  if (reason !== undefined) response['incomplete_details'] = { reason };
  const input = inputTokens + cacheRead + cacheWrite;
  const cached = { cached_tokens: cacheRead };
  response['usage'] = {
    input_tokens: input,
    input_tokens_details: isShort(facts) ? cached : { cache_write_tokens: cacheWrite, ...cached },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + outputTokens,
  };
  if (isShort(facts)) return;
  response['completed_at'] = Math.floor(nowMs / 1000);
  if (response['service_tier'] === 'auto') response['service_tier'] = 'default';
}

function incompleteReasonOf(stopReason: string): string | undefined {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'max_output_tokens';
    case 'guardrail_intervened':
    case 'content_filtered':
      return 'content_filter';
    default:
      return undefined;
  }
}

/** Writes a text part. */
export function textPart(text: string, facts: ResponseFacts): Json {
  return { annotations: [], ...(!isShort(facts) && { logprobs: [] }), text, type: 'output_text' };
}

/** Writes a message, or its beginning. */
export function messageItem(facts: ResponseFacts): Json {
  return {
    content: [],
    id: makeHexId('msg_', facts),
    ...(!isShort(facts) && { phase: facts.callsTools ? 'commentary' : 'final_answer' }),
    role: 'assistant',
    status: 'in_progress',
    type: 'message',
  };
}

/** Writes the beginning of reasoning: its text in the short form, only what is encrypted in the long one. */
export function reasoningItem(facts: ResponseFacts): Json {
  if (isShort(facts)) {
    return {
      content: [],
      id: makeHexId('msg_', facts),
      status: 'in_progress',
      summary: [],
      type: 'reasoning',
    };
  }
  return { id: makeHexId('rs_', facts), summary: [], type: 'reasoning' };
}

/** What reasoning is encrypted as, if the client wants it. */
export function encryptedContent({ address }: ResponseFacts, secret: string): Json {
  const { include } = address.json;
  const isWanted = Array.isArray(include) && include.includes('reasoning.encrypted_content');
  return isWanted ? { encrypted_content: `rsn_${btoa(encodeURIComponent(secret))}` } : {};
}

/** Whether the client wants a summary of the reasoning, which is its text here. */
export function wantsSummary({ address }: ResponseFacts): boolean {
  const { summary } = Object(address.json['reasoning']) as Json;
  return typeof summary === 'string';
}

/** Grok on bedrock-mantle omits the namespaces of tools. Source: BerriAI/litellm#34488, 2026-07-24. */
function omitsNamespaces({ address }: ResponseFacts): boolean {
  return address.endpoint === 'mantle' && address.model?.startsWith('xai.') === true;
}

/** Writes the beginning of a call. */
export function callItem(facts: ResponseFacts, toolUseId: string, name: string, index: number): Json {
  const tool = facts.tools.get(name);
  const call_id = callIdOf(toolUseId, index, facts);
  const own = {
    call_id,
    name: tool?.name ?? name,
    ...(tool?.namespace !== undefined && !omitsNamespaces(facts) && { namespace: tool.namespace }),
    status: 'in_progress',
  };
  return tool?.isCustom === true
    ? { ...own, id: makeHexId('ctc_', facts), input: '', type: 'custom_tool_call' }
    : { ...own, arguments: '', id: makeHexId('fc_', facts), type: 'function_call' };
}

/** Writes the items of a whole answer. */
export function writeItems(blocks: readonly AnswerBlock[], facts: ResponseFacts): Json[] {
  let calls = 0;
  return blocks.map((block) => writeItem(block, facts, block.kind === 'toolUse' ? calls++ : 0));
}

function writeItem(block: AnswerBlock, facts: ResponseFacts, call: number): Json {
  switch (block.kind) {
    case 'text':
      return { ...messageItem(facts), content: [textPart(block.text, facts)], status: 'completed' };
    case 'reasoning':
      return writeReasoning(block.text, block.signature ?? '', facts);
    case 'redacted':
      return writeReasoning('', block.bytes.join(), facts);
    case 'toolUse': {
      const item = callItem(facts, block.toolUseId, block.name, call);
      const given =
        item['type'] === 'function_call'
          ? { arguments: JSON.stringify(block.input) }
          : { input: customInput(block.input) };
      return { ...item, ...given, status: 'completed' };
    }
  }
}

/** Reasoning that the model has encrypted has no text. */
function writeReasoning(text: string, signature: string, facts: ResponseFacts): Json {
  const item = reasoningItem(facts);
  if (isShort(facts)) {
    return { ...item, content: [{ text, type: 'reasoning_text' }], status: 'completed' };
  }
  const summary = wantsSummary(facts) && text !== '' ? [{ text, type: 'summary_text' }] : [];
  return { ...item, ...encryptedContent(facts, signature), summary };
}
