import type {
  ContentBlock,
  ConversationRole,
  MessageInput,
  PartialResult,
  ToolResultBlock,
} from '../../index.js';

/** Content of a message; a string means `{ text }`. */
export type ContentInput = string | readonly (string | ContentBlock)[];

/** What is known about an answer besides its content: usage, cost, stop reason, tool uses, warnings and so on. */
export type AnswerDetails = Omit<PartialResult, 'message' | 'text'>;

/** A message of a conversation, as a page shows it. Messages are never changed: a new one replaces an old one. */
export interface ConversationMessage {
  /** Stays the same while an answer grows: the `key` of the message in a list. */
  readonly id: string;
  /** `toolResults` are the results of the page's tools, which Converse takes as a message from the user. */
  readonly kind: 'prompt' | 'answer' | 'toolResults';
  readonly role: ConversationRole;
  readonly content: readonly ContentBlock[];
  /** The text in `content`, without reasoning and tool use. */
  readonly text: string;
  /**
   * Details of an answer. Their `stopReason` is undefined while the answer grows, and afterwards if it was stopped or broke off.
   * Undefined for messages that are not answers, and for answers that were stored without it.
   */
  readonly answer?: AnswerDetails | undefined;
}

/** A message that was stored, or that another program wrote: one of a conversation, or Converse's own. */
export interface StoredMessage {
  /** Default: a new one. */
  id?: string | undefined;
  role: ConversationRole | undefined;
  content: ContentInput | undefined;
  /** For an answer: what it took, and why it ended. */
  answer?: AnswerDetails | undefined;
}

/** A message from what the user wrote, or from a stored one. */
export function readMessage({ role, content = [], answer }: StoredMessage, id: string): ConversationMessage {
  const blocks = readContent(content);
  const kind =
    role === 'assistant' ? 'answer' : blocks.length > 0 && blocks.every(isResult) ? 'toolResults' : 'prompt';
  const text = blocks.map(textOfBlock).join('');
  return { id, kind, role: role ?? 'user', content: blocks, text, ...(answer && { answer }) };
}

/** The message of an answer, or of the part that has arrived. */
export function answerMessage(arrived: PartialResult, id: string): ConversationMessage {
  const { message, text, ...answer } = arrived;
  return { id, kind: 'answer', role: 'assistant', content: message.content ?? [], text, answer };
}

/** The message that answers tool uses. */
export function resultsMessage(results: readonly ToolResultBlock[], id: string): ConversationMessage {
  const content = results.map((toolResult) => ({ toolResult }));
  return { id, kind: 'toolResults', role: 'user', content, text: '' };
}

/**
 * The messages for the next request. Bedrock rejects a tool use without result, and Claude rejects reasoning without the
 * signature at its end, so both are omitted if an answer was stopped or broke off.
 */
export function requestMessages(messages: readonly ConversationMessage[]): MessageInput[] {
  return messages.flatMap((message, i) => {
    const { role } = message;
    const answered = new Set([message, messages[i + 1]].flatMap((one) => one?.content.map(idOfResult)));
    const content = message.content.filter(
      ({ toolUse, reasoningContent }) =>
        (toolUse === undefined || answered.has(toolUse.toolUseId)) &&
        (reasoningContent === undefined || !isTruncated(message)),
    );
    return content.length === 0 ? [] : [{ role, content }];
  });
}

/** Whether an answer was stopped or broke off, or still waits for the results of tools. */
export function isUnfinished(message: ConversationMessage): boolean {
  if (message.kind !== 'answer') return false;
  return isTruncated(message) || requestMessages([message])[0]?.content?.length !== message.content.length;
}

function isTruncated({ answer }: ConversationMessage): boolean {
  return answer !== undefined && answer.stopReason === undefined;
}

function readContent(content: ContentInput): ContentBlock[] {
  const blocks = typeof content === 'string' ? [content] : content;
  return blocks.map((block) => (typeof block === 'string' ? { text: block } : block));
}

function isResult({ toolResult }: ContentBlock): boolean {
  return toolResult !== undefined;
}

function idOfResult({ toolResult }: ContentBlock): string | undefined {
  return toolResult?.toolUseId;
}

function textOfBlock({ text, citationsContent }: ContentBlock): string {
  return text ?? citationsContent?.content?.map((cited) => cited.text ?? '').join('') ?? '';
}
