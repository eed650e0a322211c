import { Answer } from './answer.mjs';
import { Ticker } from './ticker.mjs';

/** Many streams at once: the longest block of the event loop, the time until all are read, and CPU, in ms. */
export async function run({ open, ask, options: { model, streams, warmUps, together } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const readAll = async (count, name) => {
    const answers = Array.from({ length: count }, () => new Answer());
    await Promise.all(answers.map((answer) => read({ model: name }, answer)));
    return answers;
  };
  await readAll(warmUps, model);
  // The collector's work of the warm-up is not part of what follows.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = process.cpuUsage();
  const start = performance.now();
  const ticker = new Ticker();
  const answers = await readAll(streams, together ? `${model}.hold-${streams}` : model);
  const block = ticker.stop();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  for (const answer of answers) answer.check(facts);
  return { block, wall, cpu: (user + system) / 1000 };
}
