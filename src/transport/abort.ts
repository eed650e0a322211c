import { makeError } from '../errors.js';

/**
 * The end of a call from outside: the caller's signal or the call's time limit. Waiting is done through `race`, so
 * that an abort is heard at once in every runtime, whatever fetch makes of it.
 */
export class Abort {
  readonly #controller = new AbortController();
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #outer: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reason: { value: unknown; isCallers: boolean } | undefined;

  constructor(outer: AbortSignal | undefined, timeoutMs: number) {
    this.#outer = outer;
    if (outer) {
      if (outer.aborted) this.#onOuter();
      outer.addEventListener('abort', this.#onOuter);
    }
    this.limit(timeoutMs);
  }

  /** Aborts after some milliseconds, counted from now; 0 means no limit. */
  limit(timeoutMs: number): void {
    if (timeoutMs <= 0) return;
    this.#timer = setTimeout(() => {
      this.abort(
        makeError(
          'ERR_TIMEOUT',
          `The call took longer than timeoutMs, ${timeoutMs} ms. Increase it, or omit it for no limit.`,
          { phase: 'request' },
        ),
      );
    }, timeoutMs);
  }

  /** For fetch. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call was aborted, and whether the reason is from the caller's signal; undefined if it was not aborted. */
  get reason(): { value: unknown; isCallers: boolean } | undefined {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#reason !== undefined) throw this.#reason.value;
  }

  /** Ends the call: everything that waits rejects with the reason, and so does fetch. */
  abort(reason: unknown, isCallers = false): void {
    if (this.#reason !== undefined) return;
    this.#reason = { value: reason, isCallers };
    this.dispose();
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
    this.#controller.abort(reason);
  }

  /** Calls back at an abort, before anything else hears of it. */
  listen(onAbort: (reason: unknown) => void): void {
    this.#waiting.add(onAbort);
  }

  /** The promise's outcome, or the reason of an abort that comes first. */
  race<T>(promise: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== undefined) {
        reject(this.#reason.value);
        promise.then(undefined, ignore);
        return;
      }
      this.#waiting.add(reject);
      const settled = () => this.#waiting.delete(reject);
      promise.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(this.#reason === undefined ? error : this.#reason.value);
        },
      );
    });
  }

  /** Resolves after some milliseconds; an abort rejects it and clears its timer. */
  async sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.race(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, ms);
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of the caller's signal and the timer, once the call is over. */
  dispose(): void {
    this.#outer?.removeEventListener('abort', this.#onOuter);
    clearTimeout(this.#timer);
  }

  readonly #onOuter = (): void => this.abort(this.#outer?.reason, true);
}

function ignore(): void {}
