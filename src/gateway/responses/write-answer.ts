import type { AnswerBlock, AnswerEnd, AnswerUsage, ReasoningBlock } from '../answer/blocks.js';
import type { Answer } from '../answer/events.js';
import type { AnswerContext } from '../protocol.js';
import type { ResponsesRequest } from './read-request.js';
import {
  ITEM_PREFIX,
  type ItemStatus,
  itemKindOf,
  writeCall,
  writeMessage,
  writeReasoning,
} from './write-items.js';

/** How a response ended. */
export interface ResponseEnd {
  status: 'completed' | 'incomplete';
  incomplete_details: { reason: string } | null;
}

/** A whole response. */
export function writeAnswer(answer: Answer, read: ResponsesRequest, context: AnswerContext): object {
  const end = readEnd(answer.end, read);
  return writeResponse(read, context, {
    ...end,
    output: writeOutput(answer.blocks, context.id, end.status),
    usage: writeUsage(answer.usage),
    ...(answer.serviceTier !== undefined && { service_tier: answer.serviceTier }),
  });
}

/** Consecutive blocks of reasoning are one item. Only the last item of an incomplete response is incomplete. */
function writeOutput(blocks: readonly AnswerBlock[], id: string, status: ResponseEnd['status']): object[] {
  const output: object[] = [];
  let thoughts: ReasoningBlock[] = [];
  const flush = (): void => {
    if (thoughts.length > 0) output.push(writeReasoning(itemId('reasoning', id, output.length), thoughts));
    thoughts = [];
  };
  for (const [i, block] of blocks.entries()) {
    if (block.kind === 'reasoning' || block.kind === 'redacted') {
      thoughts.push(block);
      continue;
    }
    flush();
    const own: ItemStatus = i === blocks.length - 1 ? status : 'completed';
    const at = itemId(itemKindOf(block), id, output.length);
    output.push(block.kind === 'text' ? writeMessage(at, block, own) : writeCall(at, block, own));
  }
  flush();
  return output;
}

export function itemId(kind: keyof typeof ITEM_PREFIX, id: string, index: number): string {
  return `${ITEM_PREFIX[kind]}_${id}_${index}`;
}

/** Why a response ended. */
export function readEnd({ reason }: AnswerEnd, { completesFiltered }: ResponsesRequest): ResponseEnd {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    case 'guardrail_intervened':
    case 'content_filtered':
      if (completesFiltered) break;
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  }
  return { status: 'completed', incomplete_details: null };
}

/** OpenAI counts cached tokens as input, Converse does not. */
export function writeUsage({ input, output, cacheRead, cacheWrite }: AnswerUsage): object {
  const all = input + cacheRead + cacheWrite;
  return {
    input_tokens: all,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: all + output,
  };
}

/** A response with every member that Open Responses requires; settings are those of the request, or the defaults. */
export function writeResponse(
  { body, draft }: ResponsesRequest,
  context: AnswerContext,
  more: { status: string; [member: string]: unknown },
): object {
  const { id, model, createdAt, now } = context;
  const format = Object(body['text']) as { format?: unknown };
  const reasoning = Object(body['reasoning']) as { effort?: unknown; summary?: unknown };
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(createdAt / 1000),
    completed_at: more.status === 'completed' ? Math.floor(now() / 1000) : null,
    incomplete_details: null,
    error: null,
    model,
    output: [],
    usage: null,
    previous_response_id: null,
    instructions: body['instructions'] ?? null,
    tools: Array.isArray(body['tools']) ? body['tools'].map(echoTool) : [],
    tool_choice: body['tool_choice'] ?? 'auto',
    truncation: body['truncation'] ?? 'disabled',
    parallel_tool_calls: draft.parallelCalls,
    text: { format: format.format ?? { type: 'text' } },
    temperature: draft.temperature ?? 1,
    top_p: draft.topP ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    store: false,
    background: false,
    service_tier: 'default',
    safety_identifier: body['safety_identifier'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    metadata: body['metadata'] ?? {},
    ...more,
  };
}

function echoTool(tool: unknown): unknown {
  const { type } = Object(tool) as { type?: unknown };
  return type === 'function'
    ? { description: null, parameters: null, strict: null, ...(tool as object) }
    : tool;
}
