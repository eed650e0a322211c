import { type BedrockError, makeError } from '../../errors.js';

/** The reader left the stream, or it was cancelled. */
export function cancelledError(cause: unknown): BedrockError {
  return makeError(
    'ERR_CANCELLED',
    'The stream was cancelled before its end, so the answer is incomplete. The error has what had arrived.',
    { phase: 'stream', cause },
  );
}

/** The answer ended before it was complete. */
export function truncatedError(): BedrockError {
  return makeError(
    'ERR_TRUNCATED',
    'The stream ended before the answer was complete: the service or something in between truncated it. Call again.',
    { retryable: true, phase: 'stream' },
  );
}
