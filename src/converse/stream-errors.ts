import { BedrockError } from '../errors.js';

/** Nothing came for as long as the caller wants to wait. */
export function idleError(idleMs: number): BedrockError {
  return new BedrockError({
    code: 'ERR_TIMEOUT',
    name: 'TimeoutError',
    message:
      `No byte of the stream arrived for idleTimeoutMs, ${idleMs} ms. Models that reason can be silent for longer: ` +
      'raise idleTimeoutMs, or set 0 to wait without a limit.',
    phase: 'stream',
  });
}

/** The answer ended before it was complete. */
export function truncatedError(): BedrockError {
  return new BedrockError({
    code: 'ERR_TRUNCATED',
    name: 'TruncatedError',
    message:
      'The stream ended before the message was complete (no messageStop): the answer was cut by the service or ' +
      'something in between. Make the call again.',
    retryable: true,
    phase: 'stream',
  });
}
