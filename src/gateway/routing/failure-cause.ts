import { isBedrockError } from '../../errors.js';
import { type Failure, type FailureKind, failureOf, Refusal } from '../failure.js';
import type { CoolDownCause } from './cool-downs.js';

/** A failure that another target may not have. */
export interface TargetFailure {
  /** Undefined if the failure says nothing about the next request. */
  cause: CoolDownCause | undefined;
  retryAfterMs: number | undefined;
}

/**
 * What each failure says about its target. A failure that is missing here is one of the request, which would fail everywhere. A model
 * that fails may do so because of one request, so that others still go to it.
 */
const CAUSES: Readonly<Partial<Record<FailureKind, CoolDownCause | 'none'>>> = {
  throttled: 'throttled',
  quota: 'quota',
  unavailable: 'unavailable',
  service: 'unavailable',
  timeout: 'unavailable',
  misconfigured: 'misconfigured',
  'unknown-model': 'misconfigured',
  model: 'none',
};

/**
 * Whether a failure is one of the target, and what it means for requests after it; undefined if it is one of the request. What the
 * gateway itself refuses, such as an answer that is not the JSON that was asked for, came after an answer.
 */
export function readTargetFailure(error: unknown): TargetFailure | undefined {
  // The target works, but this caller may not use its model now.
  if (error instanceof Refusal && error.failure.isOfModel)
    return { cause: undefined, retryAfterMs: undefined };
  if (!isBedrockError(error)) return undefined;
  const cause = CAUSES[failureOf(error).kind];
  if (cause === undefined) return undefined;
  return cause === 'none'
    ? { cause: undefined, retryAfterMs: undefined }
    : { cause, retryAfterMs: error.retryAfterMs };
}

/** Failures in the order in which clients can do something about them: first those that pass soonest. */
const BY_USE: readonly FailureKind[] = [
  'throttled',
  'unavailable',
  'timeout',
  'service',
  'model',
  'quota',
  'not-allowed',
  'misconfigured',
  'unknown-model',
];

/** Of the failures of several targets, the one that the client learns about: the most useful one, and of two alike the first. */
export function pickFailure(errors: readonly unknown[]): unknown {
  const rankOf = (error: unknown): number => {
    const { kind }: Failure = failureOf(error);
    const at = BY_USE.indexOf(kind);
    return at < 0 ? BY_USE.length : at;
  };
  return errors.reduce((best, error) => (rankOf(error) < rankOf(best) ? error : best));
}
