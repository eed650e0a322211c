/** What was measured while an answer arrived. */
export interface Measure {
  /** From the request to the first content, in milliseconds. */
  firstMs: number;
  /** From the request to the end, in milliseconds. */
  totalMs: number;
  /** Characters that had arrived at some moments, in milliseconds since the request: enough for a small plot. */
  samples: readonly Sample[];
}

export type Sample = readonly [ms: number, characters: number];

/** A plot of a few hundred pixels shows no more. */
const MOST_SAMPLES = 120;

/** Watches one answer arrive. */
export class Meter {
  readonly #now: () => number;
  readonly #start: number;
  #first: number | undefined;
  #samples: Sample[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#start = now();
  }

  /** Notes how much of the answer has arrived. */
  see(characters: number): void {
    if (characters === 0) return;
    const ms = this.#now() - this.#start;
    this.#first ??= ms;
    const last = this.#samples.at(-1);
    if (last !== undefined && last[1] === characters) return;
    this.#samples.push([ms, characters]);
    // Every other one is as good a picture, so the plot never grows.
    if (this.#samples.length > MOST_SAMPLES) this.#samples = this.#samples.filter((_, i) => i % 2 === 1);
  }

  /** What is known so far; undefined before the first content. */
  read(): Measure | undefined {
    if (this.#first === undefined) return undefined;
    return { firstMs: this.#first, totalMs: this.#now() - this.#start, samples: [...this.#samples] };
  }
}

/** Characters of a token, roughly: only for the time until the service has counted. */
const CHARACTERS_PER_TOKEN = 4;

/** Output tokens per second after the first content; undefined if it all came at once. */
export function speedOf(
  { firstMs, totalMs, samples }: Measure,
  outputTokens: number | undefined,
): number | undefined {
  const tokens = outputTokens ?? (samples.at(-1)?.[1] ?? 0) / CHARACTERS_PER_TOKEN;
  const seconds = (totalMs - firstMs) / 1000;
  return seconds > 0.05 && tokens > 0 ? tokens / seconds : undefined;
}

/** Steps of the plot. */
const STEPS = 24;

/** Speeds in equal parts of the time since the first content, as fractions of the highest. */
export function speedCurve({ firstMs, totalMs, samples }: Measure): number[] {
  const width = (totalMs - firstMs) / STEPS;
  if (!(width > 0)) return [];
  const grown = new Array<number>(STEPS).fill(0);
  let before = samples[0]?.[1] ?? 0;
  for (const [ms, characters] of samples.slice(1)) {
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor((ms - firstMs) / width)));
    grown[step] = (grown[step] ?? 0) + characters - before;
    before = characters;
  }
  const highest = Math.max(...grown);
  return highest > 0 ? grown.map((one) => one / highest) : [];
}
