/**
 * A request that several callers wait for. Each stops waiting at its own abort; when the last one has left, the request
 * itself is aborted.
 */
export class Flight<T> {
  readonly #controller = new AbortController();
  readonly #answer: Promise<T>;
  readonly #onOver: () => void;
  #waiting = 0;
  #isOver = false;

  /**
   * @param start Sends the request. It may abort the controller itself.
   * @param onOver Called when there is nothing more to wait for: the next caller needs another request.
   */
  constructor(start: (controller: AbortController) => Promise<T>, onOver: () => void) {
    this.#onOver = onOver;
    this.#answer = start(this.#controller);
    this.#answer.then(this.#end, this.#end);
  }

  /** Waits for the answer. */
  async join(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    try {
      return await raceAbort(this.#answer, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#isOver) {
        this.#end();
        this.#controller.abort();
      }
    }
  }

  readonly #end = (): void => {
    if (!this.#isOver) this.#onOver();
    this.#isOver = true;
  };
}

/** Settles like the promise, or rejects with the reason of an abort that comes first. */
export function raceAbort<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return Promise.resolve(promise);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    const settled = Promise.resolve(promise).finally(() => signal.removeEventListener('abort', onAbort));
    settled.then(resolve, reject);
  });
}
