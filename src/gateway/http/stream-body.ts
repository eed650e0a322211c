import type { Run } from './running.js';
import type { StartTimer } from './timers.js';

/** Server-sent events of an answer, each text one or several whole events. */
export interface FrameSource {
  /**
   * The next events; undefined at the end.
   *
   * @throws whatever the answer failed with
   */
  next(): Promise<string | undefined>;
  /** The events that tell a client about a failure, after which nothing follows. */
  fail(error: unknown): string;
  /** An event that clients skip. */
  ping: string;
}

/** What happened to a body in the end. */
export type BodyOutcome = { error: unknown } | 'complete' | 'client-gone';

const encoder = new TextEncoder();

/**
 * A body that produces events as they are read. Whenever a model is silent for the time of a ping, so that proxies do not give
 * up on it, a ping is sent; there is one between events, never inside of one.
 *
 * Resolves when the first event has arrived or the first ping is due, whichever comes first. So whatever fails before that can
 * still be answered with a status of its own.
 *
 * @throws whatever the source failed with before that
 */
export async function startBody(
  source: FrameSource,
  run: Run,
  { pingMs, startTimer }: { pingMs: number; startTimer: StartTimer },
  onEnd: (outcome: BodyOutcome) => void,
): Promise<ReadableStream<Uint8Array>> {
  let pending: Promise<string | undefined> | undefined;
  let isOver = false;

  /** The next events, or a ping if none come in time. Then the same events are waited for again. */
  async function nextOrPing(): Promise<string | undefined> {
    pending ??= source.next();
    let stop = (): void => {};
    const ping = new Promise<typeof PING>((resolve) => {
      stop = startTimer(() => resolve(PING), pingMs);
    });
    try {
      const first = await Promise.race([pending, ping]);
      if (first === PING) return source.ping;
      pending = undefined;
      return first;
    } finally {
      stop();
    }
  }

  function finish(outcome: BodyOutcome): void {
    isOver = true;
    run.signal.removeEventListener('abort', endUnread);
    onEnd(outcome);
    run.end();
  }

  let isPulling = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  /** A client that reads nothing must not keep a gateway from closing. */
  function endUnread(): void {
    if (isPulling || isOver) return;
    pending?.catch(() => undefined);
    writeFailure(run.signal.reason);
  }

  function writeFailure(error: unknown): void {
    controller.enqueue(encoder.encode(source.fail(error)));
    controller.close();
    finish({ error });
  }

  let ahead = await nextOrPing();
  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        run.signal.addEventListener('abort', endUnread);
        if (run.signal.aborted) endUnread();
      },
      async pull() {
        isPulling = true;
        try {
          const text = ahead ?? (await nextOrPing());
          ahead = undefined;
          if (isOver) return;
          if (text !== undefined) {
            controller.enqueue(encoder.encode(text));
            return;
          }
          controller.close();
          finish('complete');
        } catch (error) {
          if (!isOver) writeFailure(error);
        } finally {
          isPulling = false;
        }
      },
      cancel() {
        if (isOver) return;
        isOver = true;
        pending?.catch(() => undefined);
        run.abort(new Error('The client has left.'));
        finish('client-gone');
      },
    },
    { highWaterMark: 0 },
  );
}

const PING = Symbol('ping');
