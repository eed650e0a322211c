import { createHash } from 'node:crypto';
import { Answer } from './answer.mjs';
import { median } from './statistics.mjs';

/** One large answer or request: time and CPU until it is read whole, in ms, and peak memory, in MB. */
export async function run({ open, ask, options: { model, imageBytes, warmUps, runs } }) {
  const facts = await ask(`facts/${model}`);
  const read = await open();
  const image = imageBytes === undefined ? undefined : noise(imageBytes);
  const small = new Answer();
  await read({ model: 'text.1.64k' }, small);
  small.check(await ask('facts/text.1.64k'));
  const walls = [];
  const cpus = [];
  for (let i = 0; i < warmUps + runs; i++) {
    const answer = new Answer();
    const before = process.cpuUsage();
    const start = performance.now();
    await read({ model, image }, answer);
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    answer.check(facts);
    if (i < warmUps) continue;
    walls.push(wall);
    cpus.push((user + system) / 1000);
  }
  if (image !== undefined) await checkImage(image, await ask('image'));
  return { wall: median(walls), cpu: median(cpus), rss: process.resourceUsage().maxRSS / 1024 };
}

function checkImage(image, received) {
  const sha256 = createHash('sha256').update(image).digest('hex');
  if (received?.sha256 !== sha256) throw new Error('The image did not arrive whole.');
}

/** Bytes that do not compress, the same in every run. */
function noise(length) {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
