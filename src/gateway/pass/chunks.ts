import { makeError } from '../../errors.js';
import type { StartTimer } from '../http/timers.js';

/** How an answer of one target is read. */
export interface ReadingOptions {
  /** Ends this call only: the request may go on with another target. It also ends when the request does. */
  call: AbortController;
  /** The longest silence of Bedrock, in milliseconds; 0 for no limit. */
  idleMs: number;
  startTimer: StartTimer;
}

/** The chunks of an answer. */
export interface Chunks {
  /**
   * The next chunk; undefined at the end.
   *
   * @throws the reason why the call ended, or BedrockError for a connection that broke off
   */
  read(): Promise<Uint8Array | undefined>;
  cancel(): void;
}

/** A controller for one call of a request. */
export function createCall(signal: AbortSignal): AbortController {
  const call = new AbortController();
  const end = (): void => call.abort(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return call;
}

/** Reads an answer chunk by chunk. Silence ends the call, and a call that ends makes the read fail. */
export function readChunks(
  body: ReadableStream<Uint8Array>,
  { call, idleMs, startTimer }: ReadingOptions,
): Chunks {
  const reader = body.getReader();
  const { signal } = call;
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  // Not every fetch ends its body then.
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    cancel,
    async read() {
      const stop = idleMs > 0 ? startTimer(() => call.abort(idleError(idleMs)), idleMs) : () => {};
      try {
        const { done, value } = await reader.read();
        signal.throwIfAborted();
        return done ? undefined : value;
      } catch (error) {
        signal.throwIfAborted();
        throw brokenError(error);
      } finally {
        stop();
      }
    },
  };
}

function idleError(ms: number): Error {
  return makeError(
    'ERR_TIMEOUT',
    `No byte of the answer arrived for idleTimeoutMs, ${ms} ms. Models that reason can be silent for longer: increase it.`,
    { phase: 'stream' },
  );
}

/** @param cause What the connection failed with; undefined if it ended without a word. */
export function brokenError(cause: unknown): Error {
  return makeError('ERR_TRUNCATED', 'The connection to Bedrock broke off before the answer was complete.', {
    retryable: true,
    phase: 'stream',
    cause,
  });
}
