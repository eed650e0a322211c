import { isBedrockError, messageOf, withFacts } from '../errors.js';
import type { CallHooks, RequestDetails } from '../types.js';
import type { Abort } from './abort.js';

const BASE_DELAY_MS = 100;
const THROTTLED_BASE_DELAY_MS = 500;

/** As in the AWS SDKs' standard mode: a retry uses up tokens, a success returns some. */
const BUCKET_SIZE = 500;
const RETRY_COST = 5;
const buckets = new Map<string, number>();

/** What the retries of one call depend on. */
export interface RetryPolicy {
  maxAttempts: number;
  maxRetryDelayMs: number;
  /** Calls to the same endpoint share a budget of retries, so that an outage is not answered with a flood. */
  endpoint: URL;
  /** Changes the request so that an error does not happen again; false if it cannot. */
  adapt?: (error: unknown) => boolean;
  hooks: CallHooks;
  /** Gathers the warnings of several calls. Default: each call has its own. */
  warnings?: string[];
}

/** The attempts of one call: each sends at most one request. */
export class Attempts {
  /** Requests sent so far. */
  sent = 0;
  /** Whether the service has rejected the credentials of this call: they are then fetched again, once. */
  refresh = false;
  /** A failure whose cause is fixed, such as a wrong clock: the next attempt needs no wait. */
  fixed: unknown;
  /** Errors that hooks threw: a broken logger does not break a call. */
  readonly warnings: string[];
  readonly #policy: RetryPolicy;
  #begun = 1;
  #last: RequestDetails | undefined;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
    this.warnings = policy.warnings ?? [];
  }

  /** Calls the hook, and counts the request that is then sent: an abort by the hook still stops it. */
  onRequest(request: Omit<RequestDetails, 'attempt'>, abort: Abort): RequestDetails {
    this.#last = { ...request, attempt: this.sent + 1 };
    this.call('onRequest', this.#last);
    abort.throwIfAborted();
    this.sent += 1;
    return this.#last;
  }

  /**
   * Makes a call of a transport, which counts its own requests. Until it tells how many, one counts as sent, unless it
   * failed while it prepared the request.
   */
  async through<Opened extends { attempts: number }>(
    abort: Abort,
    call: () => Promise<Opened>,
  ): Promise<Opened> {
    this.sent = 1;
    try {
      const opened = await abort.race(call());
      this.sent = opened.attempts;
      return opened;
    } catch (error) {
      if (abort.reason === undefined && isBedrockError(error) && error.phase === 'prepare')
        this.sent = error.attempts;
      throw error;
    }
  }

  /** Calls a hook; an error that it throws becomes a warning. */
  call<Name extends keyof CallHooks>(name: Name, details: Parameters<NonNullable<CallHooks[Name]>>[0]): void {
    const warn = (error: unknown): void => {
      this.warnings.push(`The hook ${name} threw: ${messageOf(error)}`);
    };
    try {
      const hook = this.#policy.hooks[name] as ((details: unknown) => unknown) | undefined;
      // An async hook rejects later, which would be an unhandled rejection.
      (hook?.(details) as Partial<Promise<unknown>> | undefined)?.then?.(undefined, warn);
    } catch (error) {
      warn(error);
    }
  }

  /** Waits until the next attempt may start; throws the error if there is none left. */
  async next(error: unknown, abort: Abort): Promise<void> {
    const { maxAttempts, adapt } = this.#policy;
    if (abort.reason !== undefined || this.#begun >= maxAttempts) throw error;
    const isFixed = error === this.fixed && !this.refresh;
    this.refresh ||= isFixed;
    const delay = isFixed || adapt?.(error) ? 0 : this.#delay(error);
    if (delay === undefined) throw error;
    this.#begun += 1;
    if (this.#last !== undefined && isBedrockError(error))
      this.call('onRetry', { ...this.#last, error, delayMs: delay });
    if (delay > 0) await abort.sleep(delay);
  }

  /** Returns part of the retry budget. */
  succeeded(): void {
    const { origin } = this.#policy.endpoint;
    const left = buckets.get(origin);
    if (left === undefined) return;
    const more = left + (this.#begun > 1 ? RETRY_COST : 1);
    if (more >= BUCKET_SIZE) buckets.delete(origin);
    else buckets.set(origin, more);
  }

  /** The error that a call fails with: the caller's own reason after an abort, otherwise the error with the number of requests. */
  failure(error: unknown, { reason }: Abort): unknown {
    if (reason?.isCallers) return reason.value;
    if (!isBedrockError(error)) return error;
    // A transport may have sent more than one.
    this.sent = Math.max(this.sent, error.attempts);
    return this.sent === error.attempts ? error : withFacts(error, { attempts: this.sent });
  }

  /** Full jitter below a ceiling that doubles; never shorter than the service asked for. Undefined: do not retry. */
  #delay(error: unknown): number | undefined {
    const { maxRetryDelayMs, endpoint } = this.#policy;
    if (!isBedrockError(error) || !error.retryable) return undefined;
    const asked = error.retryAfterMs ?? 0;
    if (asked > maxRetryDelayMs) return undefined;
    const left = buckets.get(endpoint.origin) ?? BUCKET_SIZE;
    if (left < RETRY_COST) return undefined;
    buckets.set(endpoint.origin, left - RETRY_COST);
    const base = error.code === 'ERR_THROTTLED' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
    const ceiling = Math.min(maxRetryDelayMs, base * 2 ** (this.#begun - 1));
    return Math.max(asked, Math.random() * ceiling);
  }
}
