import { ownMember } from '../../members/own-member.js';
import type { AnswerUsage, CallBlock, ReasoningBlock, StopReason } from '../answer/blocks.js';
import type { Answer } from '../answer/events.js';
import { carryInId } from '../conversation/carrier.js';
import { urlCitations } from '../conversation/url-citations.js';
import type { AnswerContext } from '../protocol.js';

/** A whole answer of Chat Completions. */
export function writeAnswer(
  { blocks, end, usage, serviceTier }: Answer,
  { model, id, createdAt }: AnswerContext,
): object {
  let text = '';
  let thoughts = '';
  let carried: ReasoningBlock[] = [];
  const annotations: object[] = [];
  const calls: object[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case 'text': {
        const start = text.length;
        text += block.text;
        for (const citation of urlCitations(block.citations, start, text.length))
          annotations.push({ type: 'url_citation', url_citation: citation });
        break;
      }
      case 'reasoning':
        thoughts += block.text;
        carried.push(block);
        break;
      case 'redacted':
        carried.push(block);
        break;
      case 'call':
        calls.push(writeCall(block, carryInId(block.id, carried)));
        carried = [];
    }
  }
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thoughts !== '' && { reasoning_content: thoughts, reasoning: thoughts }),
    ...(annotations.length > 0 && { annotations }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: Math.floor(createdAt / 1000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(end.reason) }],
    usage: writeUsage(usage),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
  };
}

function writeCall({ name, input, custom }: CallBlock, id: string): object {
  if (custom) return { id, type: 'custom', custom: { name, input } };
  return { id, type: 'function', function: { name, arguments: input === '' ? '{}' : input } };
}

const FINISH: Readonly<Record<StopReason, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

/** A reason that this version does not know ends the answer like any other. */
export function finishReason(reason: StopReason): string {
  return ownMember(FINISH, reason) ?? 'stop';
}

/** OpenAI counts cached tokens as input, Converse does not. */
export function writeUsage({ input, output, cacheRead, cacheWrite }: AnswerUsage): object {
  const prompt = input + cacheRead + cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
  };
}
