import { Refusal } from '../failure.js';
import type { StartTimer } from './timers.js';

/** A request that a model is answering. */
export interface Run {
  /** Ends the call to Bedrock. Its reason is what the client is told. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /**
   * Counts bytes of its body, until the model has answered.
   *
   * @throws Refusal if the bodies of all requests have too many
   */
  hold(bytes: number): void;
  /** Call it when the model has answered: another request may begin, and closing still waits for `end()`. */
  freeSlot(): void;
  /** Call it once the answer has been read, has failed, or nobody wants it anymore. */
  end(): void;
}

/** Counts the requests that are being answered, so that there are not too many, and that none is forgotten at the end. */
export class Running {
  readonly #most: number;
  readonly #mostBytes: number;
  #bytes = 0;
  readonly #runs = new Set<AbortController>();
  readonly #slots = new Set<AbortController>();
  readonly #idle: (() => void)[] = [];
  #isClosing = false;

  constructor(most: number, mostBytes: number) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** @throws Refusal if the gateway is closing, or has too much to do */
  start(): Run {
    if (this.#isClosing) throw closingRefusal();
    if (this.#slots.size >= this.#most) throw busyRefusal();
    const controller = new AbortController();
    this.#runs.add(controller);
    this.#slots.add(controller);
    let held = 0;
    const release = (): void => {
      this.#slots.delete(controller);
      this.#bytes -= held;
      held = 0;
    };
    return {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      hold: (bytes) => {
        if (this.#bytes + bytes > this.#mostBytes) throw busyRefusal();
        this.#bytes += bytes;
        held += bytes;
      },
      freeSlot: release,
      end: () => {
        release();
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

function busyRefusal(): Refusal {
  return new Refusal('busy', 'This gateway has too many requests at the moment. Please try again in 1s.', {
    retryAfterMs: 1000,
  });
}

function closingRefusal(): Refusal {
  return new Refusal('closing', 'This gateway is shutting down. Send the request again.', {
    retryAfterMs: 1000,
  });
}
