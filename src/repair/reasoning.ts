import type { ContentBlock, ReasoningContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ToolRepairs } from './tools/uses.js';
import { type Piece, pathOf, type Turn } from './turns.js';

/**
 * Returns a block of reasoning as the model accepts it: unchanged, without its signature, or undefined to omit it. If the
 * rule of the model is not known, only reasoning in a user's message is omitted, which no model accepts.
 *
 * A model that reads no reasoning, or no signature, loses nothing if it is omitted, so that happens at any level: otherwise
 * the second turn of DeepSeek R1 would fail. A thought that Claude could have read, had it been signed, is only omitted with
 * `all`.
 *
 * Dropped thoughts are kept in `turn.thoughts`, as text for a message that would otherwise be empty. They do not become
 * text anywhere else: the service ignores the thoughts of earlier turns, and text in their place teaches the model to think
 * aloud.
 */
export function repairReasoning(
  { block, place }: Piece,
  { reasoningText, redactedContent }: ReasoningContentBlock,
  { role, thoughts }: Turn,
  { accepts: { reasoning: rule, redactedReasoning }, level, note }: ToolRepairs,
): ContentBlock | undefined {
  const path = pathOf(place);
  const isAssistant = role === 'assistant';
  const isUnreadable = redactedContent !== undefined && redactedReasoning === false;
  if (level !== 'all' && !(isAssistant && (isUnreadable || rule === 'none' || rule === 'unsigned')))
    return block;
  // A blank signature is as good as none.
  const isSigned = Boolean(reasoningText?.signature?.trim());
  if (isAssistant && !isUnreadable) {
    if (rule === undefined || (rule === 'signed' && (redactedContent || isSigned))) return block;
    if (rule === 'unsigned' && reasoningText) {
      if (reasoningText.signature === undefined) return block;
      note('reasoning', `${path}.reasoningContent.reasoningText.signature`);
      return { reasoningContent: { reasoningText: { text: reasoningText.text } } };
    }
    if (reasoningText?.text?.trim()) thoughts.push(reasoningText.text);
  }
  note('reasoning', path);
  return undefined;
}
