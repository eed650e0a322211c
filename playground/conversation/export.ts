import { withBase64 } from './bytes.js';
import { readRecord } from './read-record.js';
import type { ConversationRecord } from './record.js';

const FORMAT = 'bedrock-anywhere-conversations';

/** The largest file to import: more than a request may have, times a few. */
const MOST_BYTES = 100 * 1024 * 1024;

/** Conversations as the text of a file. */
export function writeExport(records: readonly ConversationRecord[]): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, conversations: records.map(withBase64) }, null, 1)}\n`;
}

/**
 * Reads the conversations of a file: one that this page has written, or just a list of messages as Converse takes it.
 *
 * @throws Error that says what is wrong
 */
export function readExport(text: string): ConversationRecord[] {
  if (text.length > MOST_BYTES) throw new Error('The file is larger than 100 MB.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('The file is not JSON.');
  }
  if (Array.isArray(json)) return [readRecord({ messages: json.map(withBlocks) })];
  const { format, conversations, messages } = Object(json) as Record<string, unknown>;
  if (Array.isArray(messages))
    return [readRecord({ ...(json as object), messages: messages.map(withBlocks) })];
  if (format !== FORMAT || !Array.isArray(conversations))
    throw new Error('The file holds no conversations. Choose one that this page has exported.');
  return conversations.map(readRecord);
}

/** A message whose content may be a string, as this library accepts it. */
function withBlocks(message: unknown): unknown {
  const { content } = Object(message) as { content?: unknown };
  return typeof content === 'string' ? { ...(message as object), content: [{ text: content }] } : message;
}
