/** Random choices that follow from a seed and the index of a run, so that any run can be repeated alone (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number, index = 0) {
    this.#state = Math.imul((seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0, 0x85ebca6b) >>> 0;
  }

  /** At least 0 and below 1. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  /** A whole number from 0 up to, but not including, `end`; 0 if there is none. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** As many items as a number from `min` to `max` says. */
  list<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: min + this.below(max - min + 1) }, (_, index) => make(index));
  }

  bytes(max: number): Uint8Array {
    return Uint8Array.from(this.list(1, max, () => this.below(256)));
  }

  /** The text or bytes in pieces of random lengths, none of them empty. */
  split<T extends string | Uint8Array>(whole: T, maxPieces: number): T[] {
    const places = new Set(this.list(0, maxPieces - 1, () => this.below(whole.length)));
    const ends = [...places, whole.length].filter((end) => end > 0).sort((a, b) => a - b);
    return ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end) as T);
  }
}
