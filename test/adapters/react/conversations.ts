import { Conversation, type ConversationState } from '../../../src/adapters/react/conversation.js';
import type { AnswerRequest, UseConverseOptions } from '../../../src/adapters/react/options.js';
import { type ConverseStream, createBedrock } from '../../../src/index.js';
import { createLocalBedrock, type LocalBedrockOptions, localTransport } from '../../../src/local/index.js';

const MODEL = 'amazon.nova-lite-v1:0';

/** Content of a request's message, as far as tests look at it. */
interface Block {
  text?: string;
  reasoningContent?: unknown;
  toolUse?: { toolUseId: string };
  toolResult?: { toolUseId: string; status: string; content: unknown[] };
}

interface Setup extends Partial<UseConverseOptions> {
  local?: LocalBedrockOptions;
  /** Goes between Bedrock and the conversation. */
  pass?(answer: ConverseStream): ConverseStream | PromiseLike<ConverseStream>;
  /** Default: true. */
  passesSignal?: boolean;
  nextFrame?(task: () => void): void;
}

/** A conversation over a local Bedrock in process, and what both have seen. */
export function startConversation({
  local: options,
  pass,
  passesSignal = true,
  nextFrame,
  ...rest
}: Setup = {}) {
  const local = createLocalBedrock(options);
  const bedrock = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
  const stream = ({ signal, ...request }: AnswerRequest) => {
    const answer = bedrock.stream({ modelId: MODEL, ...request }, passesSignal ? { signal } : {});
    return pass ? pass(answer) : answer;
  };
  const conversation = new Conversation({ stream, ...rest }, nextFrame ?? queueMicrotask);
  const states: ConversationState[] = [];
  conversation.subscribe(() => states.push(conversation.read()));
  return {
    conversation,
    local,
    states,
    /** Role and content of the messages of each request. */
    sent: () =>
      local.requests.map(({ body }) => (body as { messages: { role: string; content: Block[] }[] }).messages),
    /** The messages now, in short: kind and text. */
    shown: () => conversation.read().messages.map(({ kind, text }) => [kind, text]),
  };
}

/** Resolves when a conversation shows something. */
export function until(
  conversation: Conversation,
  isShown: (state: ConversationState) => boolean,
): Promise<ConversationState> {
  return new Promise((resolve) => {
    const check = (): void => {
      const state = conversation.read();
      if (!isShown(state)) return;
      stopListening();
      resolve(state);
    };
    const stopListening = conversation.subscribe(check);
    check();
  });
}
