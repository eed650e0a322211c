import {
  type ConverseEvent,
  type ConverseResult,
  type ConverseStreamRequest,
  isBedrockError,
  stream,
} from '../../index.js';
import { Answer } from './answer.js';
import { errorText, FAILURE_DIAGNOSTIC, failureOfError, failureOfStop, mark } from './failure.js';
import { familyOf } from './family.js';
import { type BedrockProviderOptions, type BedrockStreamOptions, callOptions } from './options.js';
import { requestFor } from './request.js';
import type { PiEventSource } from './stream.js';
import type { PiAssistantMessage, PiContext, PiEvent, PiModel } from './types.js';

type Events = AsyncIterator<ConverseEvent, undefined>;

/** One call, from pi's context to pi's events. */
export class Call implements PiEventSource {
  readonly #provider: BedrockProviderOptions;
  readonly #model: PiModel;
  readonly #context: PiContext;
  readonly #options: BedrockStreamOptions;
  readonly #answer: Answer;
  /** Ends the call: for the caller's signal, a loop that is left, and a hook that fails. */
  readonly #ends = new AbortController();
  /** The message is settled: what still comes in must not touch it. */
  #left = false;
  #events: Events | undefined;
  #result: (() => Promise<ConverseResult>) | undefined;

  constructor(
    provider: BedrockProviderOptions,
    model: PiModel,
    context: PiContext,
    options: BedrockStreamOptions,
  ) {
    this.#provider = provider;
    this.#model = model;
    this.#context = context;
    this.#options = options;
    this.#answer = new Answer(model, provider.catalog);
  }

  async next(): Promise<PiEvent[]> {
    try {
      this.#events ??= await this.#begin();
      for (;;) {
        const step = await this.#events.next();
        const result = step.done ? await this.#result?.() : undefined;
        if (this.#left) return [];
        if (step.done) return [this.#finish(result)];
        const events = this.#answer.take(step.value);
        if (events.length > 0) return events;
      }
    } catch (error) {
      return this.#left ? [] : [this.#fail(error)];
    }
  }

  leave(): PiAssistantMessage {
    this.#left = true;
    this.#ends.abort();
    const { message } = this.#answer;
    this.#answer.close(undefined);
    message.stopReason = 'aborted';
    message.errorMessage = 'The stream was left before its end. [bedrock, aborted]';
    this.#answer.note(FAILURE_DIAGNOSTIC, { reason: 'aborted', retryable: false });
    this.#unlink();
    return message;
  }

  async #begin(): Promise<Events> {
    const { signal } = this.#options;
    if (signal?.aborted) throw signal.reason;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    const family = familyOf(this.#model, this.#provider.quirks?.(this.#model.id));
    const { request, repairs } = requestFor(this.#model, this.#context, this.#options, family);
    this.#answer.repairs.push(...repairs);
    const payload = await this.#raced(this.#options.onPayload?.(request, this.#model));
    const sent = (payload ?? request) as ConverseStreamRequest;
    const { guardrailConfig } = this.#options;
    const answer = stream(guardrailConfig === undefined ? sent : { guardrailConfig, ...sent }, {
      ...callOptions(this.#provider, this.#model, this.#options),
      quirks: () => family,
      signal: this.#ends.signal,
      ...(this.#options.onResponse && { fetch: this.#watchedFetch }),
    });
    this.#result = () => answer.result();
    return answer[Symbol.asyncIterator]();
  }

  readonly #onAbort = (): void => this.#ends.abort(this.#options.signal?.reason);

  /** Shows an answer's head to the caller. What the caller throws ends the call: no other attempt can mend it. */
  readonly #watchedFetch: typeof globalThis.fetch = async (input, init) => {
    const fetch = this.#provider.fetch ?? globalThis.fetch;
    const response = await fetch(input, init);
    if (!response.ok) return response;
    try {
      const { status, headers } = response;
      await this.#options.onResponse?.({ status, headers: Object.fromEntries(headers) }, this.#model);
    } catch (error) {
      this.#ends.abort(error);
      throw error;
    }
    return response;
  };

  /** The value, unless the call ends before it is there. */
  async #raced(value: unknown): Promise<unknown> {
    const { signal } = this.#ends;
    if (!(value instanceof Promise)) return value;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  #finish(result: ConverseResult | undefined): PiEvent {
    this.#unlink();
    this.#answer.close(result);
    const { message, rawStopReason = '' } = this.#answer;
    const { stopReason } = message;
    if (stopReason !== 'error' && stopReason !== 'aborted')
      return { type: 'done', reason: stopReason, message };
    const failure = failureOfStop(rawStopReason);
    this.#answer.note(FAILURE_DIAGNOSTIC, { ...failure });
    message.errorMessage = `${stopText(rawStopReason)} ${mark(failure)}`;
    return { type: 'error', reason: 'error', error: message };
  }

  #fail(error: unknown): PiEvent {
    this.#unlink();
    const { message } = this.#answer;
    this.#answer.close(isBedrockError(error) ? error.partial : undefined);
    const isAborted = this.#options.signal?.aborted === true;
    const failure = isAborted ? ({ reason: 'aborted', retryable: false } as const) : failureOfError(error);
    message.stopReason = isAborted ? 'aborted' : 'error';
    message.errorMessage = isAborted ? `Request was aborted ${mark(failure)}` : errorText(error, failure);
    this.#answer.note(FAILURE_DIAGNOSTIC, { ...failure });
    return { type: 'error', reason: message.stopReason, error: message };
  }

  #unlink(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** What to say of a stop reason that pi has no word for. */
function stopText(rawStopReason: string): string {
  switch (rawStopReason) {
    case 'guardrail_intervened':
      return 'The guardrail stopped the answer (guardrail_intervened).';
    case 'content_filtered':
      return "The model's own filter stopped the answer (content_filtered).";
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return `The model wrote what Bedrock could not read (${rawStopReason}).`;
    default:
      return `The model stopped with ${rawStopReason}.`;
  }
}
