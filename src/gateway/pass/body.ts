import { makeError } from '../../errors.js';
import { failureOf } from '../failure.js';
import type { Run } from '../http/running.js';
import type { BodyOutcome } from '../http/stream-body.js';
import type { StartTimer } from '../http/timers.js';
import type { Tap } from './taps/tap.js';

interface Passing {
  run: Run;
  tap: Tap;
  /** The longest silence of Bedrock, in milliseconds; 0 for no limit. */
  idleMs: number;
  startTimer: StartTimer;
  onEnd(outcome: BodyOutcome): void;
}

/**
 * Passes the chunks of an answer on, each as it came, as fast as the client reads them. A client that leaves ends the call.
 *
 * An answer that breaks off between two events ends with an event that says so, and one that breaks off inside an event ends with
 * a broken connection: a client never takes it for complete.
 *
 * Resolves when the first chunk has arrived, so that whatever fails before that can still be answered with a status.
 *
 * @throws whatever the answer failed with before that
 */
export async function passBody(body: ReadableStream<Uint8Array>, passing: Passing): Promise<ReadableStream> {
  const { run, tap, idleMs, startTimer, onEnd } = passing;
  const reader = body.getReader();
  let isOver = false;
  let isPulling = false;
  /** Why the tap no longer understands what passes. */
  let confusion: { error: unknown } | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  function finish(outcome: BodyOutcome): void {
    isOver = true;
    run.signal.removeEventListener('abort', onAbort);
    onEnd(outcome);
    run.end();
  }

  /** The next chunk. Silence ends the call, which makes the read fail. */
  async function read(): Promise<Uint8Array | undefined> {
    const stop = idleMs > 0 ? startTimer(() => run.abort(idleError(idleMs)), idleMs) : () => {};
    try {
      const { done, value } = await reader.read();
      run.signal.throwIfAborted();
      return done ? undefined : value;
    } catch (error) {
      run.signal.throwIfAborted();
      throw brokenError(error);
    } finally {
      stop();
    }
  }

  function see(chunk: Uint8Array): void {
    if (confusion !== undefined) return;
    try {
      tap.see(chunk);
    } catch (error) {
      confusion = { error };
    }
  }

  /** Ends the answer for a failure that the client does not know of. */
  function breakOff(error: unknown): void {
    void reader.cancel().catch(() => undefined);
    if (tap.isWhole && confusion === undefined) {
      controller?.enqueue(tap.fail(failureOf(error)));
      controller?.close();
    } else {
      controller?.error(error);
    }
    finish({ error });
  }

  /** Not every fetch ends its body then, and a client that reads nothing must not keep a gateway from closing. */
  function onAbort(): void {
    void reader.cancel().catch(() => undefined);
    if (controller !== undefined && !isPulling && !isOver) breakOff(run.signal.reason);
  }

  function complete(): void {
    if (confusion === undefined) tap.end();
    controller?.close();
    const failure = tap.failure ?? confusion?.error;
    finish(failure === undefined ? 'complete' : { error: failure });
  }

  run.signal.addEventListener('abort', onAbort);
  let ahead: Uint8Array | undefined;
  try {
    ahead = await read();
    if (ahead === undefined) throw brokenError(undefined);
  } catch (error) {
    run.signal.removeEventListener('abort', onAbort);
    throw error;
  }
  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        if (run.signal.aborted) onAbort();
      },
      async pull(given) {
        isPulling = true;
        try {
          const chunk = ahead ?? (await read());
          ahead = undefined;
          if (isOver) return;
          if (chunk === undefined) {
            complete();
            return;
          }
          see(chunk);
          given.enqueue(chunk);
        } catch (error) {
          if (!isOver) breakOff(error);
        } finally {
          isPulling = false;
        }
      },
      cancel() {
        if (isOver) return;
        isOver = true;
        run.abort(new Error('The client has left.'));
        void reader.cancel().catch(() => undefined);
        finish('client-gone');
      },
    },
    { highWaterMark: 0 },
  );
}

function idleError(ms: number): Error {
  return makeError(
    'ERR_TIMEOUT',
    `No byte of the answer arrived for idleTimeoutMs, ${ms} ms. Models that reason can be silent for longer: increase it.`,
    { phase: 'stream' },
  );
}

function brokenError(cause: unknown): Error {
  return makeError('ERR_TRUNCATED', 'The connection to Bedrock broke off before the answer was complete.', {
    retryable: true,
    phase: 'stream',
    cause,
  });
}
