// Runs all fuzzers: for 20,000 streams and 5,000 requests of each kind, or for as many times that as an argument says.
// With --new-seed, they and all tests of properties try other values than last time.
// Usage: node scripts/fuzz.mjs [times] [--new-seed]
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const STREAMS = 20_000;

const [given = '1', ...others] = process.argv.slice(2);
const times = Number(given);
if (!(times > 0)) {
  console.error(`${given} is not a number of times. Pass 1 for ${STREAMS} streams, 10 for ${10 * STREAMS}.`);
  process.exit(2);
}
const isNew = others.includes('--new-seed');
const reporters = others.filter((one) => one !== '--new-seed');
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, BEDROCK_FUZZ: String(Math.round(STREAMS * times)) };
// A seed of the caller's is kept; the name of each fuzzer shows it.
if (isNew) env.BEDROCK_FUZZ_SEED ||= String(Date.now() % 2 ** 31);

/** @param {string[]} words */
function vitest(...words) {
  const { status } = spawnSync('npx', ['vitest', 'run', ...words, ...reporters], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env,
  });
  if (status !== 0) process.exitCode = status ?? 1;
}

vitest('--project', 'fuzz');
if (isNew) {
  const properties = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts') && /property\.js'/.test(readFileSync(name, 'utf8')));
  console.log(`Properties with BEDROCK_FUZZ_SEED=${env.BEDROCK_FUZZ_SEED}`);
  vitest('--project', '!fuzz', ...properties);
}
