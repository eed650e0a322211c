import type { ContentBlock, ReasoningContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ReasoningRule } from '../types.js';
import type { Note } from './conversation.js';
import { type Piece, pathOf, type Turn } from './turns.js';

/** A block of reasoning as the model takes it; undefined where it takes none. Without a rule, only a user's has none. */
export function takenReasoning(
  { block, place }: Piece,
  { reasoningText, redactedContent }: ReasoningContentBlock,
  { role, thoughts }: Turn,
  rule: ReasoningRule | undefined,
  note: Note,
): ContentBlock | undefined {
  const path = pathOf(place);
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
