import { Answer } from './answer.mjs';
import { Ticker } from './ticker.mjs';

/** Many streams at once: the longest block of the event loop, the time until all are read, and CPU, in ms. */
export async function run({ open, ask, soon, options: { model, streams, warmUps, together } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  await readAll(read, { model, streams: warmUps, facts });
  // The collector's work of the warm-up is not part of what follows.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = cpuTime();
  const start = performance.now();
  const ticker = new Ticker(soon);
  const check = await readAll(read, { model, streams, together, facts });
  const block = ticker.stop();
  const wall = performance.now() - start;
  const cpu = cpuTime() - before;
  check();
  return { block, wall, cpu };
}

/** Reads that many answers at once. What it gives throws unless all of them were whole: to look takes time too. */
export async function readAll(read, { model, streams, together, facts }) {
  const answers = Array.from({ length: streams }, () => new Answer());
  const name = together ? `${model}.hold-${streams}` : model;
  await Promise.all(answers.map((answer) => read({ model: name }, answer)));
  return () => {
    for (const answer of answers) answer.check(facts);
  };
}

/** CPU time of this process in ms; pages cannot see theirs. */
function cpuTime() {
  const { user, system } = globalThis.process?.cpuUsage() ?? {};
  return (user + system) / 1000;
}
