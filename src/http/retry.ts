import { isBedrockError, refine } from '../errors.js';
import type { Abort } from './abort.js';
import { isMended } from './send.js';

const BASE_DELAY_MS = 100;
const THROTTLED_BASE_DELAY_MS = 500;

/** As in the AWS SDKs' standard mode: a retry takes tokens, a success gives some back. */
const BUCKET_SIZE = 500;
const RETRY_COST = 5;
const buckets = new Map<string, number>();

/** What the retries of one call depend on. */
export interface RetryPolicy {
  maxAttempts: number;
  maxRetryDelayMs: number;
  /** Calls to the same endpoint share a budget of retries, so that an outage is not answered with a flood. */
  endpoint: URL;
  /** Changes the request so that an error does not come again; false where it cannot. */
  adapt?: (error: unknown) => boolean;
  /** Between 0 and 1, for the jitter. */
  random?: () => number;
}

/** The attempts of one call. */
export class Attempts {
  /** How many attempts have begun. */
  count = 1;
  /** Whether the service has refused the credentials of this call: they are then asked for anew, once. */
  refresh = false;
  readonly #policy: RetryPolicy;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  /** Waits for the turn of the next attempt; throws the error when there is none. */
  async next(error: unknown, abort: Abort): Promise<void> {
    abort.throwIfAborted();
    const mendedNow = isMended(error) && !this.refresh;
    this.refresh ||= mendedNow;
    const delay = mendedNow || this.#policy.adapt?.(error) ? 0 : this.#delay(error);
    if (delay === undefined) throw this.blame(error);
    if (delay > 0) await abort.sleep(delay);
    this.count += 1;
  }

  /** Gives back a part of the retry budget. */
  succeeded(): void {
    const { origin } = this.#policy.endpoint;
    const left = buckets.get(origin);
    if (left === undefined) return;
    const more = left + (this.count > 1 ? RETRY_COST : 1);
    if (more >= BUCKET_SIZE) buckets.delete(origin);
    else buckets.set(origin, more);
  }

  /** The error with the number of attempts. */
  blame(error: unknown): unknown {
    // A transport makes attempts of its own, and counts them.
    return isBedrockError(error) ? refine(error, { attempts: Math.max(this.count, error.attempts) }) : error;
  }

  /** Full jitter below a ceiling that doubles; never shorter than the service asked for. Undefined: do not retry. */
  #delay(error: unknown): number | undefined {
    const { maxAttempts, maxRetryDelayMs, endpoint, random = Math.random } = this.#policy;
    if (!isBedrockError(error) || !error.retryable || this.count >= maxAttempts) return undefined;
    const asked = error.retryAfterMs ?? 0;
    if (asked > maxRetryDelayMs) return undefined;
    const left = buckets.get(endpoint.origin) ?? BUCKET_SIZE;
    if (left < RETRY_COST) return undefined;
    buckets.set(endpoint.origin, left - RETRY_COST);
    const base = error.code === 'ERR_THROTTLED' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
    const ceiling = Math.min(maxRetryDelayMs, base * 2 ** (this.count - 1));
    return Math.max(asked, random() * ceiling);
  }
}
