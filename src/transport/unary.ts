import { type BedrockError, makeError } from '../errors.js';
import type { TransportAnswer } from '../options.js';
import { Abort } from './abort.js';
import { type Adapt, Attempts } from './retry.js';
import type { Outgoing, Route } from './route.js';

/** The answer to a call, and how it was obtained. */
export interface UnaryAnswer extends TransportAnswer {
  /** How many requests were sent for it. */
  attempts: number;
  warnings: string[];
}

/** What may abort a call. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** Makes a call whose answer is not streamed, and retries it if that may help. */
export async function callUnary(
  route: Route,
  outgoing: Outgoing,
  { signal, timeoutMs = 0 }: Bounds,
  adapt?: Adapt,
): Promise<UnaryAnswer> {
  const abort = new Abort(signal, timeoutMs);
  const attempts = new Attempts(route, outgoing, abort, adapt);
  try {
    for (;;) {
      try {
        const answer = await attempts.make((call) => route.transport.unary(call));
        attempts.succeeded();
        return { ...answer, attempts: attempts.sent, warnings: attempts.warnings };
      } catch (error) {
        await attempts.next(error);
      }
    }
  } finally {
    abort.dispose();
  }
}

/** The error for JSON that is not an answer to the operation. */
export function wrongAnswerError(message: string, { requestId, attempts }: UnaryAnswer): BedrockError {
  return makeError('ERR_PROTOCOL', message, { requestId, attempts, phase: 'request' });
}
