/** Waits for a shared request. */
export type Join<T> = (signal: AbortSignal | undefined) => Promise<T>;

/**
 * Starts a request that several callers may wait for. Each stops waiting at its own abort; when the last one has left, the
 * request itself is aborted.
 *
 * @param start Sends the request. It may abort the controller itself.
 * @param onOver Called when there is nothing more to wait for: the next caller needs another request.
 */
export function startFlight<T>(
  start: (controller: AbortController) => Promise<T>,
  onOver: () => void,
): Join<T> {
  const controller = new AbortController();
  let waiting = 0;
  let isOver = false;
  const end = (): void => {
    if (!isOver) onOver();
    isOver = true;
  };
  const answer = start(controller);
  answer.then(end, end);
  return async (signal) => {
    waiting += 1;
    try {
      return await raceAbort(answer, signal);
    } finally {
      waiting -= 1;
      if (waiting === 0 && !isOver) {
        end();
        controller.abort();
      }
    }
  };
}

/** Settles like the promise, or rejects with the reason of an abort that comes first. */
export function raceAbort<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort);
    const settle = (act: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    Promise.resolve(promise).then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
