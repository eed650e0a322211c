import { Answer } from './answer.mjs';
import { median } from './statistics.mjs';

/** From the call to the first content of the answer, in ms: the median of many calls over a warm connection. */
export async function run({ open, ask, options: { model, warmUps, requests } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const waits = [];
  for (let i = 0; i < warmUps + requests; i++) {
    const answer = new Answer();
    const start = performance.now();
    await read({ model }, answer);
    answer.check(facts);
    if (i >= warmUps) waits.push(answer.first - start);
  }
  return { first: median(waits) };
}
