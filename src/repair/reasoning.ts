import type { ContentBlock, ReasoningContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ReasoningRule } from '../types.js';
import type { Note } from './conversation.js';
import { type Piece, pathOf, type Turn } from './turns.js';

/**
 * Returns a block of reasoning as the model accepts it: unchanged, without its signature, or undefined to omit it. If the
 * rule of the model is not known, only reasoning in a user's message is omitted, which no model accepts.
 *
 * Dropped thoughts are kept in `turn.thoughts`, as text for a message that would otherwise be empty. They do not become
 * text anywhere else: the service ignores the thoughts of earlier turns, and text in their place teaches the model to think
 * aloud.
 */
export function repairReasoning(
  { block, place }: Piece,
  { reasoningText, redactedContent }: ReasoningContentBlock,
  { role, thoughts }: Turn,
  rule: ReasoningRule | undefined,
  note: Note,
): ContentBlock | undefined {
  const path = pathOf(place);
  // A blank signature is as good as none.
  const isSigned = Boolean(reasoningText?.signature?.trim());
  if (role === 'assistant') {
    if (rule === undefined || (rule === 'signed' && (redactedContent || isSigned))) return block;
    if (rule === 'unsigned' && reasoningText) {
      if (reasoningText.signature === undefined) return block;
      note('reasoning', `${path}.reasoningContent.reasoningText.signature`);
      return { reasoningContent: { reasoningText: { text: reasoningText.text } } };
    }
  }
  if (role === 'assistant' && reasoningText?.text?.trim()) thoughts.push(reasoningText.text);
  note('reasoning', path);
  return undefined;
}
