import { BoundedMap } from '../bounded-map.js';
import { type BedrockError, isBedrockError, messageOf, withFacts } from '../errors.js';
import { cleanError } from '../foreign-text/foreign-text.js';
import type { CallHooks, RequestDetails } from '../hooks.js';
import type { TransportCall } from '../options.js';
import { checkJson } from '../wire/request.js';
import type { Abort } from './abort.js';
import type { Outgoing, Route } from './route.js';

const BASE_DELAY_MS = 100;
const THROTTLED_BASE_DELAY_MS = 500;

/**
 * A retry budget as in the AWS SDKs' standard mode: a retry takes tokens, a success returns some. All calls to an endpoint
 * share it, so that a service in trouble does not get three times the load. A bucket that is not here is full, so it
 * may be dropped: a server may call an endpoint of each of its users.
 */
const BUCKET_SIZE = 500;
const RETRY_COST = 5;
const buckets = /* @__PURE__ */ new BoundedMap<string, number>(1000);

/** Called when a request is sent, and, with true, when anything of its answer arrives. */
export type OnProgress = (isAnswer: boolean) => void;

/** Changes a request so that an error will not happen again; undefined if that is not possible. */
export type Adapt = (error: BedrockError, outgoing: Outgoing) => Outgoing | undefined;

/**
 * The attempts of one call, and the only place that decides whether another is made. A failure carries its verdict: `now` if
 * its cause is gone (such as credentials that can be fetched again), once per call; `later` after a delay; `never`.
 */
export class Attempts {
  /** Requests sent so far. */
  sent = 0;
  /** Errors that hooks threw, as sentences: a broken logger must not break a call. */
  readonly warnings: string[];
  /** What no error or warning may repeat: each attempt adds what it was authorized with. */
  readonly secrets: string[];
  readonly #route: Route;
  readonly #abort: Abort;
  readonly #adapt: Adapt | undefined;
  readonly #onProgress: OnProgress | undefined;
  #outgoing: Outgoing;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #begun = 1;
  /** Whether the one immediate attempt has been used. */
  #renewed = false;
  #last: RequestDetails | undefined;

  constructor(route: Route, outgoing: Outgoing, abort: Abort, adapt?: Adapt, onProgress?: OnProgress) {
    this.#onProgress = onProgress;
    this.#route = route;
    this.warnings = route.tally?.warnings ?? [];
    this.secrets = [...(outgoing.secrets ?? [])];
    this.#outgoing = outgoing;
    this.#abort = abort;
    this.#adapt = adapt;
  }

  /**
   * Makes one attempt. An abort rejects it at once, even if the transport ignores the signal.
   *
   * @param onLate Gets an answer that comes after an abort, to close it.
   */
  async make<T>(attempt: (call: TransportCall) => Promise<T>, onLate?: (answer: T) => void): Promise<T> {
    this.#abort.throwIfAborted();
    const before = this.sent;
    try {
      const answer = await this.#abort.race(attempt(this.#createCall()), onLate);
      // There is no answer without a request, even if the transport never called onRequest.
      if (this.sent === before) this.#countRequest();
      return answer;
    } catch (error) {
      const wasSent = this.#abort.reason === undefined && isBedrockError(error) && error.phase !== 'prepare';
      if (wasSent && this.sent === before) this.#countRequest();
      throw error;
    }
  }

  /** Waits until another attempt may start. If there is no other attempt, it throws the error that the call fails with. */
  async next(thrown: unknown): Promise<void> {
    const error = cleanError(thrown, this.secrets);
    try {
      const delay = this.#decideDelay(error);
      if (delay === undefined) throw error;
      this.#begun += 1;
      if (this.#last !== undefined) {
        this.#callHook('onRetry', { ...this.#last, error: error as BedrockError, delayMs: delay });
      }
      if (delay > 0) await this.#abort.sleep(delay);
    } catch (final) {
      throw this.failure(final);
    }
  }

  /** Returns the error that the call fails with: after an abort the caller's own reason, otherwise the error with the number of requests. */
  failure(thrown: unknown): unknown {
    const { reason } = this.#abort;
    if (reason?.isCallers) return reason.value;
    const error = cleanError(thrown, this.secrets);
    if (!isBedrockError(error)) return error;
    return withFacts(error, { attempts: this.sent, message: this.#outgoing.explain?.(error.message) });
  }

  /** Call it after a success: returns tokens to the retry budget. */
  succeeded(): void {
    const { origin } = this.#route.destination.endpoint;
    const left = buckets.get(origin);
    if (left === undefined) return;
    const more = left + (this.#begun > 1 ? RETRY_COST : 1);
    if (more >= BUCKET_SIZE) buckets.delete(origin);
    else buckets.set(origin, more);
  }

  #countRequest(): void {
    this.sent += 1;
    const { tally } = this.#route;
    if (tally !== undefined) tally.sent += 1;
  }

  #createCall(): TransportCall {
    const { destination, headers: added } = this.#route;
    const outgoing = this.#outgoing;
    const { operation, modelId, method, path, query = '', headers } = outgoing;
    return {
      operation,
      modelId,
      method,
      path,
      query,
      headers: headers === undefined ? added : { ...added, ...headers },
      get input() {
        if (outgoing.input !== undefined) checkJson(outgoing.input);
        return outgoing.input;
      },
      body: () => {
        this.#body ??= outgoing.body?.();
        return this.#body;
      },
      destination,
      signal: this.#abort.signal,
      renew: this.#renewed,
      secrets: this.secrets,
      onRequest: (url) => {
        this.#abort.throwIfAborted();
        this.#last = { operation, modelId, method, url, attempt: this.sent + 1 };
        this.#callHook('onRequest', this.#last);
        // The hook may have aborted the call.
        this.#abort.throwIfAborted();
        this.#countRequest();
        this.#onProgress?.(false);
      },
      onResponse: (status, requestId) => {
        this.#onProgress?.(true);
        if (this.#last !== undefined) this.#callHook('onResponse', { ...this.#last, status, requestId });
      },
      onChunk: () => this.#onProgress?.(true),
    };
  }

  /** Calls a hook; an error that it throws becomes a warning. */
  #callHook<Name extends keyof CallHooks>(
    name: Name,
    details: Parameters<NonNullable<CallHooks[Name]>>[0],
  ): void {
    const warn = (error: unknown): void => {
      this.warnings.push(`The hook ${name} threw: ${messageOf(error)}`);
    };
    try {
      const hook = this.#route.settings[name] as ((details: unknown) => unknown) | undefined;
      // An async hook may reject later, which nobody else handles.
      (hook?.(details) as Partial<Promise<unknown>> | undefined)?.then?.(undefined, warn);
    } catch (error) {
      warn(error);
    }
  }

  /** Decides how long to wait before another attempt, in milliseconds; undefined if there is none. */
  #decideDelay(error: unknown): number | undefined {
    const { maxAttempts = 3 } = this.#route.settings;
    if (this.#abort.reason !== undefined || !isBedrockError(error)) return undefined;
    if (Math.max(this.#begun, this.sent) >= maxAttempts) return undefined;
    if (error.again === 'now' && !this.#renewed) {
      this.#renewed = true;
      return 0;
    }
    const adapted = this.#adapt?.(error, this.#outgoing);
    if (adapted !== undefined) {
      this.#outgoing = adapted;
      this.#body = undefined;
      return 0;
    }
    return error.again === 'later' ? this.#pickDelay(error) : undefined;
  }

  /**
   * Picks a random delay below a ceiling that doubles with each attempt, so that clients that failed together do not return
   * together; never less than the service requested. Undefined if that is too long, or if the retry budget is used up.
   */
  #pickDelay(error: BedrockError): number | undefined {
    const { settings, destination } = this.#route;
    const { maxRetryDelayMs = 20_000 } = settings;
    const { origin } = destination.endpoint;
    const requested = error.retryAfterMs ?? 0;
    if (requested > maxRetryDelayMs) return undefined;
    const left = buckets.get(origin) ?? BUCKET_SIZE;
    if (left < RETRY_COST) return undefined;
    buckets.set(origin, left - RETRY_COST);
    const base = error.code === 'ERR_THROTTLED' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
    const ceiling = Math.min(maxRetryDelayMs, base * 2 ** (this.#begun - 1));
    return Math.max(requested, Math.random() * ceiling);
  }
}
