import type { Run } from './running.js';
import type { BodyOutcome } from './stream-body.js';

/**
 * A body that is complete from the start. Its run ends when the body has been read to its end, so that a gateway that closes
 * does not lose an answer on its way to the client. The model has answered, so it takes no slot meanwhile.
 */
export function createWholeBody(
  bytes: Uint8Array,
  run: Run,
  onEnd: (outcome: BodyOutcome) => void,
): ReadableStream<Uint8Array> {
  let isOver = false;
  let isSent = false;

  function finish(outcome: BodyOutcome): void {
    if (isOver) return;
    isOver = true;
    run.signal.removeEventListener('abort', stopWaiting);
    onEnd(outcome);
    run.end();
  }

  function stopWaiting(): void {
    finish({ error: run.signal.reason });
  }

  run.freeSlot();
  run.signal.addEventListener('abort', stopWaiting);
  if (run.signal.aborted) stopWaiting();
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!isSent) {
          isSent = true;
          controller.enqueue(bytes);
          return;
        }
        controller.close();
        finish('complete');
      },
      cancel: () => finish('client-gone'),
    },
    { highWaterMark: 0 },
  );
}
