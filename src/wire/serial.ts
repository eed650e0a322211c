/**
 * Answers calls of an iterator's `next()` in their order, also those that come before the one in front is answered: as
 * async generators do, without their cost for a step that is there already.
 */
export class Serial<Step> {
  readonly #take: () => Promise<Step>;
  readonly #queue: ((step: Promise<Step>) => void)[] = [];
  #isBusy = false;

  /** @param take Makes the next step; one that is not there yet calls `begin` at once, and `end` when it is. */
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
