import { fromBase64 } from '../../wire/base64.js';
import type { ReasoningBlock } from '../answer/blocks.js';
import type { Block } from './draft.js';

/** Reasoning of an earlier answer as Converse takes it back. Redacted reasoning that is not base64 came from somewhere else. */
export function reasoningBlocks(reasoning: readonly ReasoningBlock[]): Block[] {
  return reasoning.flatMap((block): Block[] => {
    if (block.kind === 'reasoning') {
      const { text, signature } = block;
      return [
        { reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } },
      ];
    }
    const redactedContent = block.data === '' ? undefined : fromBase64(block.data);
    return redactedContent === undefined ? [] : [{ reasoningContent: { redactedContent } }];
  });
}
