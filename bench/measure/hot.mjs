import { Answer } from './answer.mjs';
import { median } from './statistics.mjs';

/**
 * CPU time per event of a long stream, in µs, all threads of the process counted: once its code is hot, and of the first
 * streams of a process, in which the time of V8's compilers is the larger part.
 */
export async function run({ open, ask, options: { model, warmUps, runs, enoughMs } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const readOnce = async () => {
    const answer = new Answer();
    const before = process.cpuUsage();
    await read({ model }, answer);
    const { user, system } = process.cpuUsage(before);
    answer.check(facts);
    return (user + system) / facts.events;
  };
  /** At least three; more, up to a number, as long as there is time. */
  const readMany = async (most) => {
    const start = performance.now();
    const cpu = [];
    while (cpu.length < most && (cpu.length < 3 || performance.now() - start < enoughMs))
      cpu.push(await readOnce());
    return cpu;
  };
  const first = await readMany(warmUps);
  return { first: median(first.slice(0, 3)), cpu: median(await readMany(runs)) };
}
