/** Bins of 0.1 ms up to 10 s: percentiles of any number of values in constant memory. */
const PER_MS = 10;
const BINS = 10_000 * PER_MS;

/** How late events were. */
export class Lateness {
  #bins = new Uint32Array(BINS + 1);
  #count = 0;
  max = 0;

  add(ms) {
    this.#bins[Math.min(BINS, Math.max(0, Math.round(ms * PER_MS)))] += 1;
    this.#count += 1;
    if (ms > this.max) this.max = ms;
  }

  /** The lateness, in ms, below which a share of the events was. */
  quantile(share) {
    if (this.#count === 0) throw new Error('No event came, so none was late.');
    let left = this.#count * share;
    for (let bin = 0; bin <= BINS; bin++) {
      left -= this.#bins[bin];
      if (left <= 0) return bin / PER_MS;
    }
    return BINS / PER_MS;
  }
}
