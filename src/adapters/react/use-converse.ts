import { Conversation, type ConversationState } from './conversation.js';
import type { ContentInput, ConversationMessage, StoredMessage } from './message.js';
import type { UseConverseOptions } from './options.js';
import { useEffect, useState, useSyncExternalStore } from './react.js';

/** A conversation in a component. The functions stay the same in every render. */
export interface UseConverseResult extends ConversationState {
  /**
   * Sends a message from the user. Resolves when the answer to it is complete, stopped or failed.
   *
   * @throws BedrockError `ERR_INPUT` for empty content, and while another answer is under way.
   */
  send(content: ContentInput): Promise<void>;
  /**
   * Stops the answer that is under way, and aborts the tools that run for it. The part that has arrived stays in `messages`; the
   * next request contains its text, without reasoning and tool uses.
   */
  stop(): void;
  /**
   * After a failure or a stop: requests the answer that broke off again; tools that have run do not run again. After a complete
   * answer: removes it with its tool calls, and requests another. Resolves like `send()`.
   *
   * @throws BedrockError `ERR_INPUT` if there are no messages, and while an answer is under way.
   */
  retry(): Promise<void>;
  /**
   * Replaces the user's message with this id: removes it and everything after it, and sends the new content. Resolves like
   * `send()`.
   *
   * @throws BedrockError `ERR_INPUT` if no message from the user has this id, for empty content, and while an answer is under way.
   */
  edit(id: string, content: ContentInput): Promise<void>;
  /**
   * Replaces all messages, for example with a stored conversation or with none. Stops an answer that is under way. A function
   * gets the current messages.
   */
  setMessages(
    next: readonly StoredMessage[] | ((messages: readonly ConversationMessage[]) => readonly StoredMessage[]),
  ): void;
  /** Removes the error: `status` is `ready` again. The messages stay. */
  clearError(): void;
}

/**
 * Keeps a conversation with a model in a component: sends messages, renders answers as they arrive, at most once per frame, and
 * runs the page's tools. When the component unmounts, the answer is stopped.
 *
 * A failed answer is not thrown; it sets `error`. Works in strict mode and on a server that renders; needs React 18 or newer.
 *
 * @example
 * ```tsx
 * import { createBedrock } from 'bedrock-anywhere';
 * import { useConverse } from 'bedrock-anywhere/react';
 *
 * const bedrock = createBedrock({ region: 'eu-central-1' });
 *
 * export function useChat() {
 *   return useConverse({
 *     stream: ({ signal, ...request }) =>
 *       bedrock.stream({ modelId: 'eu.amazon.nova-lite-v1:0', ...request }, { signal }),
 *   });
 * }
 * ```
 */
export function useConverse(options: UseConverseOptions): UseConverseResult {
  const [conversation] = useState(() => new Conversation(options));
  const state = useSyncExternalStore(conversation.subscribe, conversation.read, conversation.read);
  useEffect(() => {
    conversation.options = options;
    return undefined;
  });
  useEffect(() => conversation.stop, [conversation]);
  const { send, stop, retry, edit, setMessages, clearError } = conversation;
  return { ...state, send, stop, retry, edit, setMessages, clearError };
}
