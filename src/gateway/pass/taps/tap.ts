import { makeError } from '../../../errors.js';
import type { Usage } from '../../../index.js';
import type { Failure } from '../../failure.js';

/** Watches an answer as it passes: it counts tokens and sees whether the answer is complete, and changes nothing. */
export interface Tap {
  /**
   * Takes a chunk that is passed on.
   *
   * @throws BedrockError for bytes that are not of the answer's format
   */
  see(chunk: Uint8Array): void;
  /**
   * Call it at the end of the answer.
   *
   * @throws BedrockError `ERR_TRUNCATED` if the answer broke off
   */
  end(): void;
  /** The tokens that Bedrock has counted so far. */
  readonly usage: Usage | undefined;
  /** About how many tokens have passed. */
  readonly writtenTokens: number;
  /** A failure that was a part of the answer, so that the client knows of it. */
  readonly failure: Error | undefined;
  /** Whether the answer so far ends with a whole event. */
  readonly isWhole: boolean;
  /** An event that tells the client about a failure, after which nothing follows. */
  fail(failure: Failure): Uint8Array;
}

export function truncatedError(): Error {
  return makeError('ERR_TRUNCATED', 'The answer ended before its last event. Make the call again.', {
    retryable: true,
    phase: 'stream',
  });
}

/** A failure as Bedrock named it in an answer. */
export function failureInAnswer(name: string | undefined, words: unknown): Error {
  const error = new Error(typeof words === 'string' && words !== '' ? words : 'Bedrock gave no reason.');
  error.name = name ?? 'UnknownException';
  return error;
}
