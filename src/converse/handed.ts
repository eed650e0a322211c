import type { ConverseEvent } from '../types.js';

/** Events that a transport has decoded: each is handed on as it is. */
export class Handed {
  #event: ConverseEvent | undefined;

  feed(event: ConverseEvent): void {
    this.#event = event;
  }

  next(): ConverseEvent | undefined {
    const event = this.#event;
    this.#event = undefined;
    return event;
  }

  end(): void {}
}
