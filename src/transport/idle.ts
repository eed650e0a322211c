/** Watches for silence: calls back once when a wait has lasted for `ms`. One timer serves all waits of a stream. */
export class IdleWatch {
  readonly #ms: number;
  readonly #onIdle: () => void;
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ms The longest wait, in milliseconds; 0 for any. */
  constructor(ms: number, onIdle: () => void) {
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  /** A wait begins. */
  begin(): void {
    if (this.#ms === 0) return;
    this.#waitingSince = performance.now();
    this.#timer ??= setTimeout(this.#check, this.#ms);
  }

  /** The wait is over. */
  end(): void {
    this.#waitingSince = undefined;
  }

  /** Nothing will be waited for any more. */
  stop(): void {
    this.end();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#waitingSince === undefined) return;
    const left = this.#waitingSince + this.#ms - performance.now();
    if (left <= 0) this.#onIdle();
    else this.#timer = setTimeout(this.#check, Math.ceil(left));
  };
}
