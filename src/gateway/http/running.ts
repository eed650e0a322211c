import { Refusal } from '../failure.js';
import type { StartTimer } from './timers.js';

/** A request that a model is answering. */
export interface Run {
  /** Ends the call to Bedrock. Its reason is what the client is told. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Call it when the model has answered: another request may begin, and closing still waits for `end()`. */
  freeSlot(): void;
  /** Call it once the answer has been read, has failed, or nobody wants it anymore. */
  end(): void;
}

/** Counts the requests that are being answered, so that there are not too many, and that none is forgotten at the end. */
export class Running {
  readonly #most: number;
  readonly #runs = new Set<AbortController>();
  readonly #slots = new Set<AbortController>();
  readonly #idle: (() => void)[] = [];
  #isClosing = false;

  constructor(most: number) {
    this.#most = most;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** @throws Refusal if the gateway is closing, or has too much to do */
  start(): Run {
    if (this.#isClosing) throw closingRefusal();
    if (this.#slots.size >= this.#most) {
      throw new Refusal('busy', 'This gateway has too many requests at the moment. Please try again in 1s.', {
        retryAfterMs: 1000,
      });
    }
    const controller = new AbortController();
    this.#runs.add(controller);
    this.#slots.add(controller);
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      freeSlot: () => void this.#slots.delete(controller),
      end: () => {
        this.#slots.delete(controller);
        this.#runs.delete(controller);
        if (this.#runs.size === 0) for (const tell of this.#idle.splice(0)) tell();
      },
    };
  }

  /** Accepts no more requests. Resolves when all have ended, by themselves or, after the time, because they were aborted. */
  async close(graceMs: number, startTimer: StartTimer): Promise<void> {
    this.#isClosing = true;
    if (this.#runs.size === 0) return;
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    const stop = startTimer(() => {
      for (const run of this.#runs) run.abort(closingRefusal());
    }, graceMs);
    await idle;
    stop();
  }
}

function closingRefusal(): Refusal {
  return new Refusal('closing', 'This gateway is shutting down. Send the request again.', {
    retryAfterMs: 1000,
  });
}
