import type { Cost, Usage } from '../index.js';
import { Refusal } from './failure.js';
import type { TriedTarget } from './routing/failover.js';

/** A request that is over. It contains no content and no key. */
export interface GatewayLogEntry {
  /** The id that the client got as `x-request-id` or `request-id`. */
  requestId: string;
  method: string;
  /** Path without query. */
  path: string;
  status: number;
  /** From the request's arrival to the end of its answer, in milliseconds. */
  ms: number;
  /** Name of the caller; undefined if nobody was authorized. */
  caller: string | undefined;
  /**
   * Stands for the end user that the request names in `safety_identifier`, `user` or `metadata.user_id`: the first 16 hexadecimal
   * digits of the SHA-256 of that id. It finds all requests of one user without showing who that is.
   */
  userHash: string | undefined;
  /** The model as the client named it, up to 200 characters. */
  model: string | undefined;
  /** The id or ARN that was called; of several targets the last one. */
  modelId: string | undefined;
  /** The targets that were called, in their order, and why those that did not answer failed. */
  targets: readonly TriedTarget[];
  isStream: boolean;
  /** `complete`; `failed`, for which `error` says why; `client-gone`, if nobody read the answer to its end. */
  outcome: 'complete' | 'failed' | 'client-gone';
  /** What failed, as it was thrown: it may name accounts and hosts, so it belongs into the operator's log only. */
  error: unknown;
  usage: Usage | undefined;
  cost: Cost | undefined;
  /** What the request asked for and did not get. */
  notes: readonly string[];
}

/** Writes a log entry. It may be asynchronous. */
export type GatewayLog = (entry: GatewayLogEntry) => void;

/** Hands an entry to the log. A log that fails must not change what clients get, nor end the process. */
export function tellLog(log: GatewayLog, entry: GatewayLogEntry): void {
  try {
    Promise.resolve(log(entry) as unknown).catch(() => undefined);
  } catch {}
}

/** How a request ended, from what was thrown. */
export function outcomeOf(error: unknown): GatewayLogEntry['outcome'] {
  return error instanceof Refusal && error.failure.kind === 'gone' ? 'client-gone' : 'failed';
}
