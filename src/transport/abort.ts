import { makeError } from '../errors.js';

/**
 * Aborts a call from outside, by the caller's signal or the call's time limit. Everything that waits goes through `race`, so
 * that an abort takes effect at once in every runtime, even if its fetch ignores or delays the signal.
 */
export class Abort {
  readonly #controller = new AbortController();
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #outer: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reason: { value: unknown; isCallers: boolean } | undefined;

  constructor(outer: AbortSignal | undefined, timeoutMs: number) {
    this.#outer = outer;
    if (outer?.aborted) this.#onOuter();
    else if (outer) listen(outer, this.#onOuter);
    this.limit(timeoutMs);
  }

  /**
   * Aborts after some milliseconds; 0 means no limit.
   *
   * @param elapsedMs How many of them are over.
   */
  limit(timeoutMs: number, elapsedMs = 0): void {
    if (timeoutMs <= 0) return;
    this.#timer = setTimeout(() => {
      this.abort(
        makeError(
          'ERR_TIMEOUT',
          `The call took longer than timeoutMs, ${timeoutMs} ms. Increase it, or omit it for no limit.`,
          { phase: 'request' },
        ),
      );
    }, timeoutMs - elapsedMs);
  }

  /** The signal to pass to fetch and to other transports. */
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

  /** Aborts the call: everything that waits rejects with the reason, and so does fetch. Only the first abort counts. */
  abort(reason: unknown, isCallers = false): void {
    if (this.#reason !== undefined) return;
    this.#reason = { value: reason, isCallers };
    this.dispose();
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
    this.#controller.abort(reason);
  }

  /** Registers a callback for an abort. It runs before fetch sees the signal. */
  listen(onAbort: (reason: unknown) => void): void {
    this.#waiting.add(onAbort);
  }

  /**
   * Waits for a promise; rejects with the reason if an abort comes first.
   *
   * @param onLate Gets a value that comes after an abort, to close it.
   */
  race<T>(promise: PromiseLike<T>, onLate?: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== undefined) {
        reject(this.#reason.value);
        promise.then(onLate, ignore);
        return;
      }
      this.#waiting.add(reject);
      const stopWaiting = () => this.#waiting.delete(reject);
      promise.then(
        (value) => {
          stopWaiting();
          if (this.#reason === undefined) resolve(value);
          else onLate?.(value);
        },
        (error: unknown) => {
          stopWaiting();
          reject(this.#reason === undefined ? error : this.#reason.value);
        },
      );
    });
  }

  /** Waits some milliseconds; an abort rejects it and clears its timer. */
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

  /** Removes the listener from the caller's signal and the timer. Call it when the call is over: a signal may outlive many calls. */
  dispose(): void {
    if (this.#outer) unlisten(this.#outer, this.#onOuter);
    clearTimeout(this.#timer);
  }

  readonly #onOuter = (): void => this.abort(this.#outer?.reason, true);
}

/** What to call when a signal aborts. It gets one listener for all calls: Node warns about more than ten. */
class Callbacks extends Set<() => void> {
  handleEvent(): void {
    for (const callback of this) callback();
  }
}

const callbacks = new WeakMap<AbortSignal, Callbacks>();

function listen(signal: AbortSignal, callback: () => void): void {
  let all = callbacks.get(signal);
  if (all === undefined) {
    all = new Callbacks();
    callbacks.set(signal, all);
    signal.addEventListener('abort', all);
  }
  all.add(callback);
}

function unlisten(signal: AbortSignal, callback: () => void): void {
  const all = callbacks.get(signal);
  if (!all?.delete(callback) || all.size > 0) return;
  callbacks.delete(signal);
  signal.removeEventListener('abort', all);
}

function ignore(): void {}
