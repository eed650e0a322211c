import { type BedrockError, makeError } from '../errors.js';

/** Default of `idleTimeoutMs`: models that reason can be silent for long. */
export const IDLE_TIMEOUT_MS = 120_000;

/**
 * Watches for silence: calls back once if a wait has lasted for `ms`. One timer serves all waits of a stream, because
 * there may be thousands, most of them much shorter than the limit.
 */
export class IdleWatch {
  readonly #ms: number;
  readonly #onIdle: () => void;
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ms The longest wait, in milliseconds; 0 for no limit. */
  constructor(ms: number, onIdle: () => void) {
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  /** Call it when a wait begins. */
  begin(): void {
    if (this.#ms === 0) return;
    this.#waitingSince = performance.now();
    this.#timer ??= setTimeout(this.#check, this.#ms);
  }

  /** Call it when the wait is over. */
  end(): void {
    this.#waitingSince = undefined;
  }

  /** Call it when there will be no more waits. */
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

/** Nothing arrived for `idleTimeoutMs`. */
export function idleError(
  ms: number,
  phase: 'request' | 'stream',
  of = 'stream',
  advice = 'Models that reason can be silent for longer: increase it, or set it to 0 for no limit.',
): BedrockError {
  return makeError('ERR_TIMEOUT', `No byte of the ${of} arrived for idleTimeoutMs, ${ms} ms. ${advice}`, {
    phase,
    again: 'elsewhere',
  });
}
