import {
  type ConverseEvent,
  type ConverseResult,
  type ConverseStreamRequest,
  isBedrockError,
  stream,
} from '../../index.js';
import { Answer } from './answer.js';
import { errorText, FAILURE_DIAGNOSTIC, failureOfError, failureOfStop, mark } from './failure.js';
import { familyOf } from './model.js';
import { type BedrockProviderOptions, type BedrockStreamOptions, callOptions } from './options.js';
import { inputError } from './outgoing/content.js';
import { requestFor } from './outgoing/request.js';
import type { PiEventSource } from './stream.js';
import type { PiAssistantMessage, PiContext, PiEvent, PiModel } from './types.js';

type Events = AsyncIterator<ConverseEvent, undefined>;

/** One call, from pi's context to pi's events. */
export class Call implements PiEventSource {
  readonly #provider: BedrockProviderOptions;
  readonly #model: PiModel;
  readonly #context: PiContext;
  readonly #readOptions: () => BedrockStreamOptions;
  readonly #answer: Answer;
  /** Ends the call: when the caller aborts or leaves, when a hook fails, and when the call itself fails. */
  readonly #end = new AbortController();
  #signal: AbortSignal | undefined;
  /** The caller has left: whatever still arrives must not change the message. */
  #left = false;
  #events: Events | undefined;
  #result: (() => Promise<ConverseResult>) | undefined;

  /** @param readOptions Called when the call begins; an error that it throws is the failure of the call. */
  constructor(
    provider: BedrockProviderOptions,
    model: PiModel,
    context: PiContext,
    readOptions: () => BedrockStreamOptions,
  ) {
    this.#provider = provider;
    this.#model = model;
    this.#context = context;
    this.#readOptions = readOptions;
    this.#answer = new Answer(model, provider.catalog);
  }

  get message(): PiAssistantMessage {
    return this.#answer.message;
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

  leave(): void {
    this.#left = true;
    this.#close();
    const { message } = this;
    message.stopReason = 'aborted';
    message.errorMessage = 'The caller left the stream before it was complete. [bedrock, aborted]';
    this.#answer.close(undefined);
    this.#answer.note(FAILURE_DIAGNOSTIC, { reason: 'aborted', retryable: false });
  }

  async #begin(): Promise<Events> {
    const options = this.#readOptions();
    this.#signal = signalOf(options);
    if (this.#signal?.aborted) throw this.#signal.reason;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    const family = familyOf(this.#model, this.#provider.quirks?.(this.#model.id));
    const { request, repairs } = requestFor(this.#model, this.#context, options, family);
    this.#answer.repairs = repairs;
    const payload = await this.#race(() => options.onPayload?.(request, this.#model));
    const sent = (payload ?? request) as ConverseStreamRequest;
    const { serviceTier, performanceConfig } = sent;
    this.#answer.asked = { serviceTier, performanceConfig };
    const { guardrailConfig, onResponse } = options;
    const answer = stream(guardrailConfig === undefined ? sent : { guardrailConfig, ...sent }, {
      ...(await callOptions(this.#provider, this.#model, options)),
      quirks: () => family,
      signal: this.#end.signal,
      ...(onResponse && { fetch: this.#watchedFetch(onResponse) }),
    });
    this.#result = () => answer.result();
    return answer[Symbol.asyncIterator]();
  }

  readonly #onAbort = (): void => this.#end.abort(this.#signal?.reason);

  /** A fetch that shows the head of a response to the caller. An error of the caller's ends the call: a retry would not help. */
  #watchedFetch(onResponse: NonNullable<BedrockStreamOptions['onResponse']>): typeof globalThis.fetch {
    const fetch = this.#provider.fetch ?? globalThis.fetch;
    return async (input, init) => {
      const response = await fetch(input, init);
      if (!response.ok) return response;
      try {
        const { status, headers } = response;
        await this.#race(() => onResponse({ status, headers: Object.fromEntries(headers) }, this.#model));
      } catch (error) {
        this.#end.abort(error);
        response.body?.cancel(error).catch(ignore);
        throw error;
      }
      return response;
    };
  }

  /** What a hook returns, unless the call ends first. */
  #race<T>(hook: () => T): Promise<Awaited<T>> {
    const { signal } = this.#end;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      Promise.resolve(hook())
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', onAbort));
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
    message.errorMessage = `${stopText(failure.rawStopReason)} ${mark(failure)}`;
    return { type: 'error', reason: 'error', error: message };
  }

  /** Closes the connection before anything is made of what the peer has sent. */
  #fail(error: unknown): PiEvent {
    this.#close();
    const { message } = this.#answer;
    const isAborted = this.#signal?.aborted === true;
    const failure = isAborted ? ({ reason: 'aborted', retryable: false } as const) : failureOfError(error);
    message.stopReason = isAborted ? 'aborted' : 'error';
    message.errorMessage = isAborted ? `Request was aborted ${mark(failure)}` : errorText(error, failure);
    this.#answer.close(isBedrockError(error) ? error.partial : undefined);
    this.#answer.note(FAILURE_DIAGNOSTIC, { ...failure });
    return { type: 'error', reason: message.stopReason, error: message };
  }

  #close(): void {
    this.#unlink();
    this.#end.abort();
  }

  #unlink(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

function ignore(): void {}

/** As in fetch, null means no signal. */
function signalOf({ signal }: { signal?: unknown }): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  const { aborted, addEventListener } = signal as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return signal as AbortSignal;
  throw inputError(
    'The option signal is not an AbortSignal. Pass one, such as controller.signal, or omit it.',
  );
}

/** What to say about a stop reason that pi has no word for. */
function stopText(rawStopReason: string | undefined): string {
  switch (rawStopReason) {
    case 'guardrail_intervened':
      return 'The guardrail stopped the answer (guardrail_intervened).';
    case 'content_filtered':
      return "The model's own filter stopped the answer (content_filtered).";
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return `The model wrote something that Bedrock could not read (${rawStopReason}).`;
    case undefined:
      return 'The model stopped with a reason that is not a single word.';
    default:
      return `The model stopped with ${rawStopReason}.`;
  }
}
