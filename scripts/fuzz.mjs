// Runs all fuzzers: for 20,000 streams and 5,000 requests of each kind, or for as many times that as an argument says.
// Usage: node scripts/fuzz.mjs [times]
import { spawnSync } from 'node:child_process';

const STREAMS = 20_000;

const [given = '1', ...reporters] = process.argv.slice(2);
const times = Number(given);
if (!(times > 0)) {
  console.error(`${given} is not a number of times. Pass 1 for ${STREAMS} streams, 10 for ${10 * STREAMS}.`);
  process.exit(2);
}
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'fuzz', ...reporters], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  // A seed of the caller's is kept; the name of each test shows it.
  env: { ...process.env, BEDROCK_FUZZ: String(Math.round(STREAMS * times)) },
});
process.exitCode = status ?? 1;
