import type { CallBlock, ReasoningBlock, TextBlock } from '../answer/blocks.js';
import { packReasoning } from '../conversation/carrier.js';
import { urlCitations } from '../conversation/url-citations.js';
import { isSearch, writeSearch } from './tool-search.js';

/** Whether an item of an answer is whole. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The content of a message. */
export function writeText({ text, citations }: TextBlock) {
  const annotations = urlCitations(citations, 0, text.length).map((citation) => ({
    type: 'url_citation',
    ...citation,
  }));
  return { type: 'output_text', text, annotations, logprobs: [] };
}

export function writeMessage(id: string, block: TextBlock | undefined, status: ItemStatus) {
  return {
    id,
    type: 'message',
    status,
    role: 'assistant',
    content: block === undefined ? [] : [writeText(block)],
  };
}

/**
 * Reasoning up to the next item. `encrypted_content` carries the blocks through clients, also to those that did not ask for it,
 * since some return it all the same.
 */
export function writeReasoning(id: string, blocks: readonly ReasoningBlock[]) {
  const summary = blocks.flatMap((block) =>
    block.kind === 'reasoning' && block.text !== '' ? [{ type: 'summary_text', text: block.text }] : [],
  );
  return {
    id,
    type: 'reasoning',
    summary,
    ...(blocks.length > 0 && { encrypted_content: packReasoning(blocks) }),
  };
}

/** A call of a function, or of a tool that takes a string. */
export function writeCall(id: string, call: CallBlock, status: ItemStatus) {
  const { id: call_id, name, namespace, input, custom } = call;
  if (isSearch(call)) return writeSearch({ id, call_id, status }, status === 'in_progress' ? '' : input);
  const head = { id, call_id, name, ...(namespace !== undefined && { namespace }), status };
  if (custom) return { ...head, type: 'custom_tool_call', input };
  return {
    ...head,
    type: 'function_call',
    arguments: input === '' && status !== 'in_progress' ? '{}' : input,
  };
}

/** Prefixes of ids, which OpenAI's clients show. */
export const ITEM_PREFIX = {
  text: 'msg',
  reasoning: 'rs',
  call: 'fc',
  custom: 'ctc',
  search: 'tsc',
} as const;

/** What kind of item a block becomes. */
export function itemKindOf(block: TextBlock | CallBlock): keyof typeof ITEM_PREFIX {
  if (block.kind === 'text') return 'text';
  if (isSearch(block)) return 'search';
  return block.custom ? 'custom' : 'call';
}
