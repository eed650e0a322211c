/** Watches the event loop with a timer of 1 ms. The gap that is still open at the end counts too. */
export class Ticker {
  #last = performance.now();
  #longest = 0;
  #isOver = false;

  /** @param {(tick: () => void) => void} soon runs a task in a later turn, where timers of 1 ms are none */
  constructor(soon = (tick) => setTimeout(tick, 1)) {
    const tick = () => {
      if (this.#isOver) return;
      this.#look();
      soon(tick);
    };
    soon(tick);
  }

  /** The longest time for which the loop ran no timer, in ms. */
  stop() {
    this.#isOver = true;
    this.#look();
    return this.#longest;
  }

  #look() {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}
