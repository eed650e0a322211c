import type { ConverseResult } from 'bedrock-anywhere';
import { collectChat } from './collect-chat.js';
import { collectMessages } from './collect-messages.js';
import { collectResponses } from './collect-responses.js';

/** What an answer says, whatever its protocol. */
interface Meaning {
  text: string;
  reasoning: string;
  calls: { name: string; input: unknown }[];
  /** Titles of the sources. */
  sources: string[];
  /** Tokens, with those of the cache. */
  usage: { input: number; output: number; cached: number };
}

/** An answer with how it ended in its protocol's own words. */
export interface Read extends Meaning {
  stop: string;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of three protocols are read by their members.
type Json = any;

export function readConverse({ text, message, toolUses, usage, stopReason }: ConverseResult): Read {
  const content = message.content ?? [];
  return {
    text,
    reasoning: content.map((block) => block.reasoningContent?.reasoningText?.text ?? '').join(''),
    calls: toolUses.map(({ name, input }) => ({ name, input })),
    sources: content.flatMap((block) =>
      (block.citationsContent?.citations ?? []).map(({ title }) => title ?? ''),
    ),
    usage: {
      input:
        (usage?.inputTokens ?? 0) + (usage?.cacheReadInputTokens ?? 0) + (usage?.cacheWriteInputTokens ?? 0),
      output: usage?.outputTokens ?? 0,
      cached: usage?.cacheReadInputTokens ?? 0,
    },
    stop: stopReason,
  };
}

/** A whole answer of Chat Completions. */
export function readChat({ choices: [{ message, finish_reason }], usage }: Json): Read {
  return {
    text: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map(({ function: { name, arguments: json } }: Json) => ({
      name,
      input: JSON.parse(json),
    })),
    sources: (message.annotations ?? []).map(({ url_citation }: Json) => url_citation.title),
    usage: {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: usage.prompt_tokens_details.cached_tokens,
    },
    stop: finish_reason,
  };
}

/** A stream of Chat Completions, as a whole answer. */
export function wholeChat(text: string): Json {
  const { message, calls, finish, usage, events } = collectChat(text);
  const annotations = events.flatMap(({ data }) =>
    data === '[DONE]' ? [] : ((data as Json).choices[0]?.delta.annotations ?? []),
  );
  const tool_calls = calls.map(({ id, name, arguments: json }) => ({
    id,
    type: 'function',
    function: { name, arguments: json },
  }));
  return {
    choices: [
      {
        message: { ...message, annotations, ...(calls.length > 0 && { tool_calls }) },
        finish_reason: finish,
      },
    ],
    usage,
  };
}

/** A response. */
export function readResponses({ output, usage, status, incomplete_details }: Json): Read {
  const content = output.flatMap((item: Json) => (item.type === 'message' ? item.content : []));
  return {
    text: content.map(({ text }: Json) => text).join(''),
    reasoning: output.flatMap((item: Json) => (item.summary ?? []).map(({ text }: Json) => text)).join(''),
    calls: output.flatMap(({ type, name, arguments: json }: Json) =>
      type === 'function_call' ? [{ name, input: JSON.parse(json) }] : [],
    ),
    sources: content.flatMap(({ annotations }: Json) => annotations.map(({ title }: Json) => title)),
    usage: {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cached: usage.input_tokens_details.cached_tokens,
    },
    stop: incomplete_details?.reason ?? status,
  };
}

export const wholeResponses = (text: string): Json => collectResponses(text).response;

/** A message of Anthropic's. */
export function readMessages({ content, usage, stop_reason }: Json): Read {
  return {
    text: content.map(({ text }: Json) => text ?? '').join(''),
    reasoning: content.map(({ thinking }: Json) => thinking ?? '').join(''),
    calls: content.flatMap(({ type, name, input }: Json) => (type === 'tool_use' ? [{ name, input }] : [])),
    sources: content.flatMap(({ citations }: Json) =>
      (citations ?? []).map((citation: Json) => citation.document_title ?? citation.title),
    ),
    usage: {
      input: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
      output: usage.output_tokens,
      cached: usage.cache_read_input_tokens,
    },
    stop: stop_reason,
  };
}

export const wholeMessages = (text: string): Json => collectMessages(text).message;
