import { keyOf, type Target } from './target.js';

/** Why a target is skipped for a while. */
export type CoolDownCause = 'throttled' | 'quota' | 'unavailable' | 'misconfigured';

/** The longest time that an answer of AWS can make requests skip a target, in milliseconds. */
const LONGEST_REQUESTED_MS = 3_600_000;

/**
 * Keeps track of targets that failed lately, so that requests skip them for a while. All requests share it: they stay together on
 * the first target that works, where the prompt cache of a conversation is.
 */
export class CoolDowns {
  readonly #usual: Readonly<Record<CoolDownCause, number>>;
  readonly #now: () => number;
  readonly #ends = new Map<string, number>();

  /** @param usual How long a target is skipped for each cause, in milliseconds, if AWS does not say. */
  constructor(usual: Readonly<Record<CoolDownCause, number>>, now: () => number) {
    this.#usual = usual;
    this.#now = now;
  }

  /** The first target that is not skipped. */
  firstReady(targets: readonly Target[]): Target | undefined {
    return targets.find((target) => this.#endOf(target) <= this.#now());
  }

  /** The target whose time ends first. */
  firstToReturn(targets: readonly Target[]): Target | undefined {
    return targets.reduce<Target | undefined>(
      (best, target) => (best === undefined || this.#endOf(target) < this.#endOf(best) ? target : best),
      undefined,
    );
  }

  /** Call it after a failure. */
  start(target: Target, cause: CoolDownCause, retryAfterMs: number | undefined): void {
    const ms = retryAfterMs === undefined ? this.#usual[cause] : Math.min(retryAfterMs, LONGEST_REQUESTED_MS);
    this.#ends.set(keyOf(target), Math.max(this.#now() + ms, this.#endOf(target)));
  }

  #endOf(target: Target): number {
    return this.#ends.get(keyOf(target)) ?? Number.NEGATIVE_INFINITY;
  }
}
