import { BedrockError, type ConverseStream, describeTools, runToolUses } from '../../index.js';
import {
  answerMessage,
  type ContentInput,
  type ConversationMessage,
  isUnfinished,
  readMessage,
  requestMessages,
  resultsMessage,
  type StoredMessage,
} from './message.js';
import type { UseConverseOptions } from './options.js';

/** What a page shows. It is never changed: a new one replaces an old one. */
export interface ConversationState {
  /** All messages, with the answer that is growing. */
  readonly messages: readonly ConversationMessage[];
  /**
   * `submitted`: an answer has been requested, and nothing of it has arrived. `streaming`: an answer arrives, or tools run.
   * `error`: the last answer failed. `ready`: everything else.
   */
  readonly status: 'ready' | 'submitted' | 'streaming' | 'error';
  /** Why the last answer failed, often a `BedrockError`; undefined unless `status` is `error`. */
  readonly error: Error | undefined;
}

/** An exchange that is under way: a message from the user, and the answers to it. */
interface Run {
  readonly controller: AbortController;
  /** The messages to go back to if it is stopped before anything was requested. */
  readonly before: readonly ConversationMessage[];
  /** Everything but the answer that is growing. */
  messages: readonly ConversationMessage[];
  /** The answer that is growing, and the id of its message. */
  answer: ConverseStream | undefined;
  id: string;
  isRequested: boolean;
  isFrameDue: boolean;
}

const DEFAULT_ROUNDS = 10;

/**
 * A conversation, with at most one exchange under way. While an answer grows, the state changes at most once per frame; everything
 * else changes it at once.
 */
export class Conversation {
  /** Set again by each render. */
  options: UseConverseOptions;
  readonly #nextFrame: (task: () => void) => void;
  readonly #listeners = new Set<() => void>();
  #state: ConversationState;
  #run: Run | undefined;
  #lastId = 0;

  /** @param nextFrame Runs a task when the page is about to be drawn. */
  constructor(options: UseConverseOptions, nextFrame: (task: () => void) => void = drawing) {
    this.options = options;
    this.#nextFrame = nextFrame;
    this.#state = { messages: this.#read(options.initialMessages ?? []), status: 'ready', error: undefined };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): ConversationState => this.#state;

  readonly send = async (content: ContentInput): Promise<void> => {
    await this.#exchange(this.#state.messages, content);
  };

  readonly edit = async (id: string, content: ContentInput): Promise<void> => {
    const { messages } = this.#state;
    const at = messages.findIndex((message) => message.id === id && message.kind === 'prompt');
    if (at < 0) throw misuse(`No message from the user has the id ${id}. Pass the id of one in messages.`);
    await this.#exchange(messages.slice(0, at), content);
  };

  readonly retry = async (): Promise<void> => {
    const messages = messagesToAnswer(this.#state.messages);
    if (messages.length === 0) throw misuse('There is no message to answer. Call send() first.');
    await this.#start(messages);
  };

  readonly stop = (): void => {
    const run = this.#run;
    if (run === undefined) return;
    this.#end(run, { messages: run.isRequested ? shownMessages(run) : run.before, status: 'ready' });
    run.controller.abort();
    // The page may not have passed on the signal.
    run.answer?.cancel();
  };

  readonly setMessages = (
    next: readonly StoredMessage[] | ((messages: readonly ConversationMessage[]) => readonly StoredMessage[]),
  ): void => {
    this.stop();
    const messages = this.#read(typeof next === 'function' ? next(this.#state.messages) : next);
    this.#show({ messages, status: 'ready', error: undefined });
  };

  readonly clearError = (): void => {
    if (this.#state.status === 'error') this.#show({ status: 'ready', error: undefined });
  };

  /** Sends a message after others. */
  async #exchange(messages: readonly ConversationMessage[], content: ContentInput): Promise<void> {
    if (!(typeof content === 'string' || Array.isArray(content)) || content.length === 0)
      throw misuse('A message needs content: a text that is not empty, or a list of content blocks.');
    await this.#start([...messages, readMessage({ role: 'user', content }, this.#newId())]);
  }

  async #start(messages: readonly ConversationMessage[]): Promise<void> {
    if (this.#run !== undefined)
      throw misuse('An answer is under way. Wait until status is ready, or call stop() first.');
    const run: Run = {
      controller: new AbortController(),
      before: this.#state.messages,
      messages,
      answer: undefined,
      id: '',
      isRequested: false,
      isFrameDue: false,
    };
    this.#run = run;
    this.#show({ messages, status: 'submitted', error: undefined });
    // In strict mode React unmounts and mounts again at once: what an effect has sent is then stopped before it is requested.
    await undefined;
    const { signal } = run.controller;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    try {
      await Promise.race([this.#answer(run, signal), stopped]);
      this.#end(run, { messages: run.messages, status: 'ready' });
    } catch (cause) {
      this.#end(run, { messages: shownMessages(run), status: 'error', error: errorOf(cause) });
    }
  }

  /** Requests answers and runs tools until the model calls none, or the exchange is stopped. */
  async #answer(run: Run, signal: AbortSignal): Promise<void> {
    for (let round = 0; round < roundsOf(this.options); round++) {
      if (signal.aborted) return;
      run.isRequested = true;
      const { stream, tools } = this.options;
      const answer = await stream({
        messages: requestMessages(run.messages),
        toolConfig: tools && describeTools(tools),
        signal,
      });
      requireStream(answer);
      if (signal.aborted) return void answer.cancel();
      run.answer = answer;
      run.id = this.#newId();
      for await (const _event of answer) this.#showSoon(run);
      const result = await answer.result();
      if (signal.aborted) return;
      run.answer = undefined;
      run.messages = [...run.messages, answerMessage(result, run.id)];
      if (tools === undefined || result.toolUses.length === 0) return;
      this.#show({ messages: run.messages, status: 'streaming' });
      const results = await runToolUses(result, tools, { signal });
      if (results.length === 0 || signal.aborted) return;
      run.messages = [...run.messages, resultsMessage(results, this.#newId())];
      this.#show({ messages: run.messages, status: 'submitted' });
    }
  }

  /** Shows the growing answer in the next frame: drawing each of its events would take longer than they take to arrive. */
  #showSoon(run: Run): void {
    if (run.isFrameDue) return;
    run.isFrameDue = true;
    this.#nextFrame(() => {
      run.isFrameDue = false;
      const messages = shownMessages(run);
      if (this.#run === run && messages !== run.messages) this.#show({ messages, status: 'streaming' });
    });
  }

  /** Ends an exchange, unless it has been stopped. */
  #end(run: Run, outcome: Partial<ConversationState>): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#show(outcome);
  }

  #show(change: Partial<ConversationState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #read(messages: readonly StoredMessage[]): ConversationMessage[] {
    const taken = new Set(messages.map(({ id }) => id));
    return messages.map((message) => readMessage(message, message.id ?? this.#newId(taken)));
  }

  /** Ids are counted, so that those of a page made on the server are those of its first render in the browser. */
  #newId(taken = new Set(this.#state.messages.map(({ id }): string | undefined => id))): string {
    let id: string;
    do id = `m${++this.#lastId}`;
    while (taken.has(id));
    return id;
  }
}

/** The messages with the part of the answer that has arrived, if it has content. */
function shownMessages({ messages, answer, id }: Run): readonly ConversationMessage[] {
  const message = answer && answerMessage(answer.partial, id);
  return message === undefined || message.content.length === 0 ? messages : [...messages, message];
}

/** What `retry()` keeps. */
function messagesToAnswer(messages: readonly ConversationMessage[]): readonly ConversationMessage[] {
  const last = messages.at(-1);
  // A failure or a stop left a prompt or the results of tools without an answer.
  if (last?.kind !== 'answer') return messages;
  if (isUnfinished(last)) return messages.slice(0, -1);
  const kinds = messages.map(({ kind }) => kind);
  return messages.slice(0, kinds.lastIndexOf('prompt') + 1);
}

/** Outside a page there are no frames, so a turn of the event loop takes their place. */
function drawing(task: () => void): void {
  if (typeof requestAnimationFrame === 'function') requestAnimationFrame(task);
  else setTimeout(task);
}

function roundsOf({ maxRounds = DEFAULT_ROUNDS }: UseConverseOptions): number {
  if (Number.isInteger(maxRounds) && maxRounds >= 1) return maxRounds;
  throw misuse('maxRounds is not a whole number of rounds, 1 or more.');
}

function requireStream(answer: ConverseStream): void {
  if (Symbol.asyncIterator in Object(answer) && 'partial' in answer) return;
  throw misuse(
    'The function stream returned no answer. Return stream(…) of bedrock-anywhere, or fromResponse(await fetch(…)).',
  );
}

function errorOf(cause: unknown): Error {
  if (cause instanceof Error) return cause;
  return new Error(typeof cause === 'string' ? cause : 'What was thrown is not an error. It is the cause.', {
    cause,
  });
}

function misuse(message: string): BedrockError {
  return new BedrockError({ code: 'ERR_INPUT', name: 'InputError', message });
}
