import { Conversation, type ConversationState } from './conversation.js';
import type { ContentInput, ConversationMessage, StoredMessage } from './message.js';
import type { UseConverseOptions } from './options.js';
import { useEffect, useState, useSyncExternalStore } from './react.js';

/** A conversation in a component. The functions stay the same in every render. */
export interface UseConverseResult extends ConversationState {
  /**
   * Sends a message of the user and gets the answer to it. Resolves when that is over: complete, stopped or failed.
   *
   * @throws BedrockError `ERR_INPUT` for empty content, and while another answer is under way.
   */
  send(content: ContentInput): Promise<void>;
  /**
   * Ends the answer that is under way and the tools that run for it. What has arrived of the answer is kept; the next request
   * has its text, without reasoning and tool uses.
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
   * Replaces a message of the user, by its id: removes it and all that came after it, and sends the new content. Resolves like
   * `send()`.
   *
   * @throws BedrockError `ERR_INPUT` if no message of the user has this id, for empty content, and while an answer is under way.
   */
  edit(id: string, content: ContentInput): Promise<void>;
  /** Replaces all messages, for example by a stored conversation or by none. An answer that is under way is stopped. */
  setMessages(
    next: readonly StoredMessage[] | ((messages: readonly ConversationMessage[]) => readonly StoredMessage[]),
  ): void;
  /** Removes the error: `status` is `ready` again. The messages stay. */
  clearError(): void;
}

/**
 * Keeps a conversation with a model in a component: sends messages, shows answers as they arrive, once per frame, and runs the
 * page's tools. Unmounting the component stops an answer.
 *
 * Failures are in `error` and are never thrown. Works in strict mode and when rendered on a server; needs React 18 or newer.
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
