import { Answer } from './answer.mjs';
import { median } from './statistics.mjs';

/**
 * What sharing the event loop costs a stream that has it alone: CPU and time of a build with `turn` over a build
 * without, the two in turn in one process. `noise` is the same ratio of two builds that are alike.
 */
export async function run({ open, ask, options: { model, builds, warmUps, runs } }) {
  const facts = await ask(`facts/${model}`);
  const reads = [];
  for (const library of builds) reads.push(await open({ library }));
  const cpu = reads.map(() => []);
  const wall = reads.map(() => []);
  for (let i = 0; i < warmUps + runs; i++) {
    for (let turn = 0; turn < reads.length; turn++) {
      // Nobody is always the first after another's garbage.
      const which = (turn + i) % reads.length;
      const answer = new Answer();
      const before = process.cpuUsage();
      const start = performance.now();
      await reads[which]({ model }, answer);
      const took = performance.now() - start;
      const { user, system } = process.cpuUsage(before);
      answer.check(facts);
      if (i < warmUps) continue;
      cpu[which].push(user + system);
      wall[which].push(took);
    }
  }
  // Of runs that follow each other, so that a machine that slows down meets both sides.
  const ratio = (times, one, other) => median(times[one].map((time, i) => time / times[other][i]));
  return { fairness: ratio(cpu, 0, 1), noise: ratio(cpu, 2, 1), fairnessWall: ratio(wall, 0, 1) };
}
