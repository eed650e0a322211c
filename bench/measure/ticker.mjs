/** Watches the event loop with a timer of 1 ms. The gap that is still open at the end counts too. */
export class Ticker {
  #last = performance.now();
  #longest = 0;
  #timer;

  constructor() {
    const tick = () => {
      this.#look();
      this.#timer = setTimeout(tick, 1);
    };
    this.#timer = setTimeout(tick, 1);
  }

  /** The longest time for which the loop ran no timer, in ms. */
  stop() {
    clearTimeout(this.#timer);
    this.#look();
    return this.#longest;
  }

  #look() {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}
