import type { CallOptions, ContentBlock, RetryDetails } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import { type Measure, Meter } from './meter.js';
import { addAnswer, type Spent } from './spent.js';

/** What is known of the answers of a conversation besides their content. */
export interface Progress {
  measures: Readonly<Record<string, Measure>>;
  spent: Spent;
}

/** A wait before a request is sent again. */
export interface Wait {
  /** When it ends, in milliseconds since 1970. */
  until: number;
  attempt: number;
  reason: string;
}

/** Watches the answers of a conversation: how fast they come, and what they use. */
export class ProgressWatch {
  #progress: Progress;
  #meter: Meter | undefined;
  /** Ids of answers whose tokens are in the sum. */
  readonly #counted: Set<string>;

  constructor(start: Progress, messages: readonly ConversationMessage[]) {
    this.#progress = start;
    this.#counted = new Set(messages.map(({ id }) => id));
  }

  /** Call it when an answer is requested. */
  begin(meter = new Meter()): void {
    this.#meter = meter;
  }

  /** Call it whenever the conversation has changed. */
  see(messages: readonly ConversationMessage[], isBusy: boolean): Progress {
    const last = messages.at(-1);
    for (const message of messages) {
      if (message.kind !== 'answer' || this.#counted.has(message.id)) continue;
      if (message === last) this.#measure(message);
      const isGrowing = isBusy && message === last && message.answer?.stopReason === undefined;
      if (isGrowing) continue;
      this.#counted.add(message.id);
      this.#meter = undefined;
      this.#progress = {
        ...this.#progress,
        spent: addAnswer(this.#progress.spent, message.answer ?? NO_DETAILS),
      };
    }
    return this.#progress;
  }

  #measure(message: ConversationMessage): void {
    this.#meter?.see(lengthOf(message));
    const measure = this.#meter?.read();
    if (measure === undefined) return;
    this.#progress = { ...this.#progress, measures: { ...this.#progress.measures, [message.id]: measure } };
  }
}

const NO_DETAILS = { usage: undefined, cost: undefined };

/** How many characters of an answer have arrived, reasoning and tool input included. */
function lengthOf({ content }: ConversationMessage): number {
  return content.reduce((sum, block) => sum + lengthOfBlock(block), 0);
}

function lengthOfBlock({ text, reasoningContent, toolUse }: ContentBlock): number {
  if (text !== undefined) return text.length;
  if (reasoningContent !== undefined) return reasoningContent.reasoningText?.text?.length ?? 0;
  return toolUse === undefined ? 0 : JSON.stringify(toolUse.input ?? '').length;
}

/** Hooks of a call that tell when it waits, and when it goes on. */
export function watchRetries(
  onWait: (wait: Wait | undefined) => void,
  now: () => number = Date.now,
): CallOptions {
  return {
    onRequest: () => onWait(undefined),
    onRetry: ({ delayMs, attempt, error }: RetryDetails) =>
      onWait({ until: now() + delayMs, attempt, reason: shortReason(error) }),
  };
}

function shortReason({ code, message }: RetryDetails['error']): string {
  if (code === 'ERR_THROTTLED') return 'Bedrock is busy.';
  if (code === 'ERR_NETWORK') return 'The connection broke.';
  return message.length <= 80 ? message : 'The request failed.';
}
