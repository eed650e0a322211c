import { Answer } from './answer.mjs';

const LOOK_EVERY = 1000;

/** Looks at the heap while an answer is read. */
class Watched extends Answer {
  peak = 0;
  #pieces = 0;

  chunk(length) {
    super.chunk(length);
    this.look();
  }

  text(piece) {
    super.text(piece);
    if (++this.#pieces % LOOK_EVERY === 0) this.look();
  }

  look() {
    this.peak = Math.max(this.peak, process.memoryUsage().heapUsed);
  }
}

/** Peak of the process's memory and of its heap while one long stream is read, in MB. */
export async function run({ open, ask, options: { model } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const answer = new Watched();
  await read({ model }, answer);
  answer.look();
  answer.check(facts);
  return { rss: process.resourceUsage().maxRSS / 1024, heap: answer.peak / 2 ** 20 };
}
