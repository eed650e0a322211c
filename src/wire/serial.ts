/**
 * Answers overlapping calls of an iterator's `next()` in the order of the calls, as async generators do. Unlike a generator,
 * it costs nothing for a step that is available already, which most steps of a stream are.
 */
export class Serial<Step> {
  readonly #take: () => Promise<Step>;
  readonly #queue: ((step: Promise<Step>) => void)[] = [];
  #isBusy = false;

  /** @param take Makes the next step. If it has to wait, it calls `begin` at once, and `end` when it has settled. */
  constructor(take: () => Promise<Step>) {
    this.#take = take;
  }

  next(): Promise<Step> {
    if (this.#isBusy) return new Promise((resolve) => this.#queue.push(resolve));
    return this.#take();
  }

  begin(): void {
    this.#isBusy = true;
  }

  end(): void {
    this.#isBusy = false;
    while (!this.#isBusy) {
      const resolve = this.#queue.shift();
      if (resolve === undefined) return;
      resolve(this.#take());
    }
  }
}
