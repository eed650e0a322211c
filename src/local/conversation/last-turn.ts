import type { ConverseBody, Message, ToolResult } from '../check/request-shape.js';

/** Finds the last message of the conversation. Instructions in between, in the role `system`, are nobody's turn. */
export function lastMessage(body: ConverseBody): Message | undefined {
  return listTurns(body).at(-1);
}

/** Lists the messages of user and assistant. */
export function listTurns({ messages = [] }: ConverseBody): Message[] {
  return messages.filter(({ role }) => role !== 'system');
}

/** Reads the user's text in the last message; empty if it holds tool results only. */
export function lastUserText(body: ConverseBody): string {
  const last = lastMessage(body);
  if (last?.role !== 'user') return '';
  return last.content.flatMap((block) => block.text ?? block.guardContent?.text?.text ?? []).join('\n');
}

/** Lists the tool results of the last message. */
export function lastToolResults(body: ConverseBody): ToolResult[] {
  return (lastMessage(body)?.content ?? []).flatMap((block) => block.toolResult ?? []);
}

/** Writes a tool's result as text: its text, or its JSON. */
export function toolResultText({ content }: ToolResult): string {
  return content
    .map(({ text, json }) => text ?? (json === undefined ? '' : JSON.stringify(json)))
    .filter((text) => text !== '')
    .join('\n');
}
