import type { Json } from '../../check/shape.js';
import { invalid } from '../../exception.js';

// The order that Claude requires of a conversation, in its own words. The older sentence about missing results was "Did not find 1
// `tool_result` block(s)" (browser-use/browser-use#988); this one is from Anthropic's API, 2026.

interface Turn {
  role: string;
  content: { toolUse?: { toolUseId: string }; toolResult?: { toolUseId: string } }[];
}

/** Checks the order of turns, and that every tool use has its result. */
export function checkTurns({ messages, toolConfig }: Json): void {
  const turns = messages as Turn[];
  if (turns.length === 0) throw invalid('messages: at least one message is required');
  if (turns[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  let open: string[] = [];
  for (const [i, { role, content }] of turns.entries()) {
    if (role === 'system') continue;
    const isLastAnswer = i === turns.length - 1 && turns[i]?.role === 'assistant';
    if (content.length === 0 && !isLastAnswer) {
      throw invalid(
        `messages.${i}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    const results = content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    const missing = open.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${i - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
          `${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    const stray = content.findIndex(({ toolResult }) => toolResult && !open.includes(toolResult.toolUseId));
    if (stray >= 0) {
      throw invalid(
        `messages.${i}.content.${stray}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ` +
          `${content[stray]?.toolResult?.toolUseId}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    open = content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
  }
  if (
    toolConfig === undefined &&
    turns.some(({ content }) => content.some((one) => one.toolUse ?? one.toolResult))
  ) {
    throw invalid('Requests which have `tool_use` or `tool_result` blocks must define tools.');
  }
}
