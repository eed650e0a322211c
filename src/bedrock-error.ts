import type { InvokeChunk, PartialResult } from './types.js';

/**
 * The closed set of reasons why a call can fail, so that `switch (error.code)` narrows.
 *
 * | code | what happened |
 * |---|---|
 * | `ERR_INPUT` | the request or an option is wrong; sending it again does not help |
 * | `ERR_CREDENTIALS` | no credentials were found, or the service did not accept them |
 * | `ERR_ACCESS_DENIED` | the credentials are valid but not allowed to do this |
 * | `ERR_NOT_FOUND` | the model, profile or guardrail does not exist in this region |
 * | `ERR_THROTTLED` | too many requests or tokens for now |
 * | `ERR_QUOTA` | a quota that does not reset soon, such as tokens per day |
 * | `ERR_MODEL` | the model failed, is not ready, or timed out |
 * | `ERR_SERVICE` | the service failed |
 * | `ERR_NETWORK` | no answer arrived, or the connection broke off: network, DNS, TLS or CORS |
 * | `ERR_REDIRECT` | the endpoint answered with a redirect, which is never followed |
 * | `ERR_TIMEOUT` | a limit of this library or of the runtime's fetch ran out |
 * | `ERR_CANCELLED` | the reader left the stream, or `cancel()` was called, before its end |
 * | `ERR_TRUNCATED` | the answer ended before it was complete |
 * | `ERR_PROTOCOL` | the bytes are not what Bedrock sends |
 */
export type BedrockErrorCode =
  | 'ERR_INPUT'
  | 'ERR_CREDENTIALS'
  | 'ERR_ACCESS_DENIED'
  | 'ERR_NOT_FOUND'
  | 'ERR_THROTTLED'
  | 'ERR_QUOTA'
  | 'ERR_MODEL'
  | 'ERR_SERVICE'
  | 'ERR_NETWORK'
  | 'ERR_REDIRECT'
  | 'ERR_TIMEOUT'
  | 'ERR_CANCELLED'
  | 'ERR_TRUNCATED'
  | 'ERR_PROTOCOL';

/** How far the call had got: nothing sent yet, waiting for the response headers, or reading the stream. */
export type BedrockErrorPhase = 'prepare' | 'request' | 'stream';

/**
 * Whether the call that failed makes another attempt by itself: `now`, because the cause is gone, such as credentials that
 * can be fetched again; `later`, after a delay; `elsewhere`, only with another model of the option `fallback`; or `never`. Where the
 * cause is known, it is decided there.
 */
export type Verdict = 'now' | 'later' | 'elsewhere' | 'never';

/** The parts of a {@link BedrockError}. */
export interface BedrockErrorInit {
  code: BedrockErrorCode;
  message: string;
  name?: string | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  retryable?: boolean | undefined;
  retryAfterMs?: number | undefined;
  again?: Verdict | undefined;
  phase?: BedrockErrorPhase | undefined;
  attempts?: number | undefined;
  partial?: PartialResult | undefined;
  chunks?: readonly InvokeChunk[] | undefined;
  embeddings?: readonly (readonly number[] | undefined)[] | undefined;
  cause?: unknown;
}

const BRAND = Symbol.for('bedrock-anywhere.BedrockError');

/**
 * Every failure of this library except an abort, which rejects with the caller's own `signal.reason`.
 *
 * `partial` holds what had arrived of the answer when a stream failed, in the shape of `result()`.
 *
 * @example
 * ```ts
 * import { BedrockError, stream } from 'bedrock-anywhere';
 *
 * try {
 *   await stream({ modelId: 'amazon.nova-lite-v1:0', messages: [] }).text();
 * } catch (error) {
 *   if (error instanceof BedrockError && error.code === 'ERR_THROTTLED') console.log(error.retryAfterMs);
 * }
 * ```
 */
export class BedrockError extends Error {
  /** The reason, from a closed set. */
  declare readonly code: BedrockErrorCode;
  /** AWS's exception name where the service failed; the kind of failure elsewhere. */
  declare readonly name: string;
  /** HTTP status of the answer, where there was one. */
  declare readonly status: number | undefined;
  /** AWS's id of the request, to quote to AWS support. */
  declare readonly requestId: string | undefined;
  /** Whether the same call may succeed if you make it again. */
  declare readonly retryable: boolean;
  /** How long the service asked to wait, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;
  /**
   * Whether the call makes another attempt by itself, within `maxAttempts`: `now`, `later`, `elsewhere` (with another model of
   * `fallback`) or `never`. A transport sets it.
   * Default: `later` if `retryable`, else `never`.
   */
  declare readonly again: Verdict;
  /** How far the call had got. */
  declare readonly phase: BedrockErrorPhase;
  /** How many requests were sent for this call. */
  declare readonly attempts: number;
  /** What had arrived of the answer when a stream failed or was left, in the shape of `result()`. */
  declare readonly partial: PartialResult | undefined;
  /** What had arrived when the answer to `invokeModelStream()` failed or the reader left it. */
  declare readonly chunks: readonly InvokeChunk[] | undefined;
  /** What `embed()` had when it failed, in the order of its values; undefined where a value was not embedded. */
  declare readonly embeddings: readonly (readonly number[] | undefined)[] | undefined;

  constructor({ message, cause, ...facts }: BedrockErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    const again = facts.retryable ? 'later' : 'never';
    const all = {
      name: 'BedrockError',
      retryable: false,
      again,
      phase: 'prepare',
      attempts: 0,
      ...definedOf(facts),
    };
    for (const [name, value] of Object.entries(all)) {
      const enumerable = isShown(name, value);
      Object.defineProperty(this, name, { value, configurable: true, enumerable, writable: true });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether a value is a {@link BedrockError} of any copy of this library. `instanceof` knows the errors of its own copy alone:
 * another version that a dependency installed, another realm and another bundle have copies of their own.
 *
 * @example
 * ```ts
 * import { converse, isBedrockError } from 'bedrock-anywhere';
 *
 * try {
 *   await converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'Hi' });
 * } catch (error) {
 *   if (isBedrockError(error) && error.code === 'ERR_THROTTLED') console.log(error.retryAfterMs);
 *   else throw error;
 * }
 * ```
 */
export function isBedrockError(error: unknown): error is BedrockError {
  try {
    return typeof error === 'object' && error !== null && BRAND in error;
  } catch {
    // A proxy may throw whatever it is asked.
    return false;
  }
}

/** The members that are not undefined. */
function definedOf(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Its name is in the first line of a logged error, `again` is for the retry, and the others can be long. */
const HIDDEN: ReadonlySet<string> = new Set(['name', 'again', 'chunks', 'embeddings']);

/** Whether a logged error lists a fact. An empty answer would fill 13 lines. */
function isShown(fact: string, value: unknown): boolean {
  if (fact !== 'partial') return !HIDDEN.has(fact);
  const { message, repairs } = Object(value) as Partial<PartialResult>;
  return Boolean(message?.content?.length || repairs?.length);
}
