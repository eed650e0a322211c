import type { ConverseStream, MessageInput, RunnableTools, ToolConfiguration } from '../../index.js';
import type { StoredMessage } from './message.js';

/** What the function `stream` gets from the conversation. */
export interface AnswerRequest {
  /** The conversation so far, as Converse takes it. */
  messages: MessageInput[];
  /** The tools of the page for the model; undefined if there are none. */
  toolConfig: ToolConfiguration | undefined;
  /** Aborts at a stop, and when the component unmounts. */
  signal: AbortSignal;
}

/** Options of `useConverse()`. Each answer uses those of the last render. */
export interface UseConverseOptions {
  /**
   * Requests an answer: returns that of `stream()`, in the page itself, or that of `fromResponse()`, from a route of your server.
   * It is called once for each answer of the model.
   */
  stream(request: AnswerRequest): ConverseStream | PromiseLike<ConverseStream>;
  /** Tools that run in the page when the model calls them, by the names that the model sees, as in `runTools()`. Default: none. */
  tools?: RunnableTools | undefined;
  /**
   * The maximum number of answers to one message, if the model calls tools. After that, `retry()` continues from their results.
   * Default: 10.
   */
  maxRounds?: number | undefined;
  /** The messages at the start. Later values are ignored; call `setMessages()` to replace messages. Default: none. */
  initialMessages?: readonly StoredMessage[] | undefined;
}
