import { failureOf } from '../failure.js';
import type { Run } from '../http/running.js';
import type { BodyOutcome } from '../http/stream-body.js';
import { brokenError, type ReadingOptions, readChunks } from './chunks.js';
import type { EventEditor } from './event-editor.js';
import type { Tap } from './taps/tap.js';

interface Passing extends ReadingOptions {
  run: Run;
  tap: Tap;
  /** Changes events before they are passed on; undefined if none change. */
  editor: EventEditor | undefined;
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
  const { run, tap, editor, onEnd } = passing;
  const { signal } = passing.call;
  const chunks = readChunks(body, passing);
  let isOver = false;
  let isPulling = false;
  /** Why the tap no longer understands what passes. */
  let confusion: { error: unknown } | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  function finish(outcome: BodyOutcome): void {
    isOver = true;
    signal.removeEventListener('abort', onAbort);
    onEnd(outcome);
    run.end();
  }

  function see(chunk: Uint8Array): void {
    if (confusion !== undefined) return;
    try {
      tap.see(chunk);
    } catch (error) {
      // The editor buffers each event until its end, and only the tap limits how long one may be.
      if (editor !== undefined) throw error;
      confusion = { error };
    }
  }

  /** Ends the answer for a failure that the client does not know of. */
  function breakOff(error: unknown): void {
    chunks.cancel();
    if (tap.isWhole && confusion === undefined) {
      controller?.enqueue(tap.fail(failureOf(error)));
      controller?.close();
    } else {
      controller?.error(error);
    }
    finish({ error });
  }

  /** A client that reads nothing must not keep a gateway from closing. */
  function onAbort(): void {
    if (controller !== undefined && !isPulling && !isOver) breakOff(signal.reason);
  }

  function complete(): void {
    if (confusion === undefined) tap.end();
    const rest = editor?.end();
    if (rest?.length) controller?.enqueue(rest);
    controller?.close();
    const failure = tap.failure ?? confusion?.error;
    finish(failure === undefined ? 'complete' : { error: failure });
  }

  signal.addEventListener('abort', onAbort);
  let ahead: Uint8Array | undefined;
  try {
    ahead = await chunks.read();
    if (ahead === undefined) throw brokenError(undefined);
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    throw error;
  }
  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        if (signal.aborted) onAbort();
      },
      async pull(given) {
        isPulling = true;
        try {
          // `pull` is not called again until something is enqueued.
          for (let passed: Uint8Array | undefined; !passed?.length; ) {
            const chunk = ahead ?? (await chunks.read());
            ahead = undefined;
            if (isOver) return;
            if (chunk === undefined) {
              complete();
              return;
            }
            see(chunk);
            passed = editor === undefined ? chunk : editor.take(chunk);
            if (passed.length > 0) given.enqueue(passed);
          }
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
        chunks.cancel();
        finish('client-gone');
      },
    },
    { highWaterMark: 0 },
  );
}
