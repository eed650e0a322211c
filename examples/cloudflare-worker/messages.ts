/** Reads the conversation that a visitor sends. All examples of chat routes have this file. */

/** A message of nothing but texts. */
export interface TextMessage {
  role: 'user' | 'assistant';
  content: { text: string }[];
}

/** A conversation is sent, and paid for, again with each turn. */
const MOST_CHARACTERS = 100_000;

/**
 * Builds the messages anew from roles and texts; undefined if there is anything else, or too much text. Never pass on what
 * a visitor sends as it is: a document or image can be a location in S3, which is read with the rights of the server.
 */
export function readMessages(body: unknown): TextMessage[] | undefined {
  const { messages } = Object(body) as { messages?: unknown };
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const read: TextMessage[] = [];
  let characters = 0;
  for (const message of messages) {
    const { role, content } = Object(message) as { role?: unknown; content?: unknown };
    if ((role !== 'user' && role !== 'assistant') || !Array.isArray(content)) return undefined;
    const texts = content.map((block) => (Object(block) as { text?: unknown }).text);
    if (!texts.every((text): text is string => typeof text === 'string')) return undefined;
    // An empty text counts too, as a million of them are work as well.
    for (const text of texts) characters += text.length + 1;
    if (texts.length === 0 || characters > MOST_CHARACTERS) return undefined;
    read.push({ role, content: texts.map((text) => ({ text })) });
  }
  return read;
}
