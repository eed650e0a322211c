import { Answer } from './answer.mjs';
import { median } from './statistics.mjs';

/** CPU time per event of a long stream, in µs, all threads of the process counted, once its code is warm. */
export async function run({ open, ask, options: { model, warmUps, runs, enoughMs } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const cpu = [];
  const start = performance.now();
  for (let i = 0; i < warmUps + runs; i++) {
    const answer = new Answer();
    const before = process.cpuUsage();
    await read({ model }, answer);
    const { user, system } = process.cpuUsage(before);
    answer.check(facts);
    if (i >= warmUps) cpu.push((user + system) / facts.events);
    if (cpu.length > 0 && performance.now() - start > enoughMs) break;
  }
  return { cpu: median(cpu) };
}
