import type {
  CitationsContentBlock,
  ContentBlock,
  ConversationRole,
  ConverseTokensRequest,
  DocumentBlock,
  DocumentSource,
  GuardrailConverseContentBlock,
  SearchResultBlock,
  SystemContentBlock,
  ToolResultBlock,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type { ToolConfiguration } from './content.js';
import type { KnownModelId } from './model-ids.js';

/** A document whose passages may be written as strings. */
interface DocumentInput {
  document: Omit<DocumentBlock, 'source'> & { source: DocumentSource | { content: TextInput } | undefined };
}

/** A search result whose passages may be written as strings. */
interface SearchResultInput {
  searchResult: Omit<SearchResultBlock, 'content'> & { content: TextInput | undefined };
}

/** Citations whose text may be written as strings. */
interface CitationsInput {
  citationsContent: Omit<CitationsContentBlock, 'content'> & { content?: TextInput | undefined };
}

/** Content for a guardrail, whose text may be written as a string. */
interface GuardContentInput {
  guardContent: string | GuardrailConverseContentBlock | { text: string };
}

/** Plain text: a string, or a list of strings and `{ text }`. */
type TextInput = string | (string | { text: string })[];

/** An AWS content block, or one in which a string replaces `{ text }`. */
export type ContentBlockInput =
  | ContentBlock
  | DocumentInput
  | SearchResultInput
  | CitationsInput
  | GuardContentInput
  | {
      toolResult: Omit<ToolResultBlock, 'content'> & {
        content: string | (string | ToolResultContentBlock | DocumentInput | SearchResultInput)[] | undefined;
      };
    };

/** An AWS message, or one in which a string replaces `{ text }`. */
export interface MessageInput {
  role: ConversationRole | undefined;
  content: string | (string | ContentBlockInput)[] | undefined;
}

/**
 * The content of a conversation. Wherever Converse accepts a content block or a list of them, a string means `{ text }`.
 *
 * @example
 * ```ts
 * import { converse } from 'bedrock-anywhere';
 *
 * const { message } = await converse({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   system: 'You are brief.',
 *   prompt: 'Why is the sky blue?',
 * });
 * ```
 */
export interface ConversationInput {
  /** The conversation, oldest message first. It ends with what the model has to answer. */
  messages?: MessageInput[] | undefined;
  /** One user message, instead of `messages`. */
  prompt?: string | undefined;
  /** Instructions for the whole conversation. Default: none. */
  system?: string | (string | SystemContentBlock | GuardContentInput)[] | undefined;
  /** The tools that the model may call. */
  toolConfig?: ToolConfiguration | undefined;
}

/** AWS's `CountTokensCommandInput` with strings in its conversation. */
export interface CountConverseInput {
  modelId: KnownModelId | (string & {}) | undefined;
  input: { converse: Omit<ConverseTokensRequest, keyof ConversationInput> & ConversationInput };
}
