import { encodeException } from '../../wire/encode-frame.js';
import { messageOf } from '../exception.js';
import type { Faults } from './faults.js';
import type { Flow } from './flow.js';
import { encodeError } from './frames.js';

/** A piece of a body; in a stream of events, one frame. */
export interface Piece {
  bytes: Uint8Array;
  /** How long to wait before sending it, in milliseconds. */
  waitMs: number;
  /** Whether the body ends with it, whatever else there is. */
  isLast?: boolean;
}

/**
 * A body that is produced as it is read: nothing is taken from `pieces` before the reader wants it.
 *
 * @param onEnd - called once, when the body was read to its end, failed, or was cancelled by the reader
 * @param fail - writes the end of a stream that fails. Default: a frame of AWS's event streams
 */
export function streamBody(
  pieces: Flow<Piece>,
  faults: Faults,
  signal: AbortSignal | undefined,
  onEnd: () => void,
  fail?: (name: string, message: string) => Uint8Array,
): ReadableStream<Uint8Array> {
  const iterator: Iterator<Piece> | AsyncIterator<Piece> =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  /** Made when there is something to wait for: creating one costs more than most pieces. */
  let gone: AbortController | undefined;
  let events = 0;
  let offset = 0;
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    gone?.abort();
    void iterator.return?.();
    onEnd();
  }

  function finish(controller: ReadableStreamDefaultController): void {
    end();
    if (faults.reset === undefined) controller.close();
    else
      controller.error(new Error('The local Bedrock broke the connection, as the fault "reset" requested.'));
  }

  function pause(ms: number): Promise<void> {
    gone ??= new AbortController();
    return sleep(ms, gone.signal);
  }

  function readStep(step: IteratorResult<Piece, unknown>): Required<Piece> | undefined {
    if (step.done === true) return undefined;
    const { bytes, waitMs, isLast = false } = step.value;
    return { bytes, waitMs: waitMs + (faults.delayMs ?? 0), isLast };
  }

  /** The next frame, or what a fault puts in its place. A promise only if the frame has to arrive first. */
  function takePiece(): Required<Piece> | undefined | Promise<Required<Piece> | undefined> {
    const { exception, errorFrame, delayMs = 0 } = faults;
    if (exception?.afterEvents === events) {
      const bytes = (fail ?? encodeException)(exception.name, exception.message ?? messageOf(exception.name));
      return { bytes, waitMs: delayMs, isLast: true };
    }
    if (errorFrame?.afterEvents === events) {
      const bytes = (fail ?? encodeError)(errorFrame.name, messageOf(errorFrame.name));
      return { bytes, waitMs: delayMs, isLast: true };
    }
    const step = iterator.next();
    return 'then' in step ? step.then(readStep) : readStep(step);
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        function leave(): void {
          if (ended) return;
          end();
          controller.error(signal?.reason);
        }
        if (signal?.aborted === true) leave();
        else signal?.addEventListener('abort', leave);
      },
      async pull(controller) {
        if (faults.stall === events) await pause(Number.POSITIVE_INFINITY);
        if (ended) return;
        let piece: Required<Piece> | undefined;
        try {
          const taken = takePiece();
          piece = taken !== undefined && 'then' in taken ? await taken : taken;
        } catch (error) {
          // A source that was closed while it was read may say so.
          if (ended) return;
          end();
          throw error;
        }
        if (ended) return;
        if (piece === undefined) {
          finish(controller);
          return;
        }
        events += 1;
        if (piece.waitMs > 0) await pause(piece.waitMs);
        if (ended) return;
        const start = offset;
        offset += piece.bytes.length;
        const bytes = flipBit(piece.bytes, faults.flip === undefined ? -1 : faults.flip - start);
        const limit = Math.min(
          faults.truncate ?? Number.POSITIVE_INFINITY,
          faults.reset ?? Number.POSITIVE_INFINITY,
        );
        const passing = bytes.subarray(0, Math.max(0, limit - start));
        if (passing.length > 0) controller.enqueue(passing);
        if (offset < limit && !piece.isLast) return;
        finish(controller);
      },
      cancel() {
        end();
      },
    },
    { highWaterMark: 0 },
  );
}

function flipBit(bytes: Uint8Array, at: number): Uint8Array {
  if (at < 0 || at >= bytes.length) return bytes;
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Waits for this many milliseconds, or until the signal aborts. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const timer = Number.isFinite(ms) ? setTimeout(finish, ms) : undefined;
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    signal?.addEventListener('abort', finish);
  });
}
