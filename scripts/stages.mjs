// Runs the stages of a lane one after the other and prints how long each took.
// Usage: node scripts/stages.mjs <lane>
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests } from './count-tests.mjs';

/** @param {string[]} projects Of vitest.config.ts. */
const vitest = (...projects) => `vitest run ${projects.map((name) => `--project ${name}`).join(' ')} REPORT`;

/** @param {string[]} projects Of test/real/vitest.config.ts. */
const real = (...projects) =>
  vitest(...projects).replace('vitest run', 'vitest run --config test/real/vitest.config.ts');

/** The clients of Bedrock that most people use; `npm run verify:clients` runs all of them. */
const CLIENTS = ['aws', 'ai-sdk-7', 'langchain', 'boto3', 'opentelemetry'].map(
  (name) => `clients/${name}.test`,
);

/**
 * A command by its name. A new stage is one line here, and its name in a lane. REPORT makes vitest write a report, whose
 * tests are counted; any other command counts as one failure if it fails.
 *
 * @type {Record<string, string>}
 */
const STAGES = {
  install: 'npm ci --no-audit --no-fund',
  redis: 'node scripts/ensure-redis.mjs && node scripts/clients/install.mjs rate-limiter-flexible',
  firefox: 'node scripts/ensure-firefox.mjs',
  chromium: 'node scripts/ensure-browser.mjs',
  static: 'npm run check:static',
  build: 'npm run build',
  bundles: 'npm run build -- --no-dts',
  fast: vitest('unit', 'alone', 'web'),
  slow: vitest('slow', 'slow-alone'),
  exhaustive: vitest('exhaustive'),
  fuzz: 'node scripts/fuzz.mjs 1 REPORT',
  built: vitest('built'),
  runtimes: vitest('runtimes'),
  test: 'npm test',
  browsers: vitest('browsers'),
  pages: vitest('pages'),
  bench: vitest('bench'),
  declarations: 'npm run check:declarations',
  next: `node scripts/next/install.mjs && ${real('next', 'next-ai', 'next-start')}`,
  examples: real('examples'),
  wrangler: `node scripts/wrangler/install.mjs && ${real('wrangler')}`,
  clients: `node scripts/clients/install.mjs aws ai-7 langchain opentelemetry react-18 react-19 && ${real('clients', 'react')} ${CLIENTS.join(' ')} react/`,
  'ai-sdk': `node scripts/clients/install.mjs ai-7 && ${real('ai-sdk')} ai-sdk/compare ai-sdk/own`,
  'gateway-clients': `node scripts/clients/install.mjs openai-6 openai-7 anthropic ai-6-others ai-7-others && ${real('clients')} clients/gateway.test`,
  agents: `node scripts/agents/install.mjs claude-code-and-codex && ${real('agents')} agents/gateway.test`,
  openclaw: 'npm run test:openclaw -- REPORT',
};

/** @type {Record<string, string[]>} */
const LANES = {
  fast: ['fast'],
  test: ['chromium', 'bundles', 'fast', 'slow', 'built', 'runtimes'],
  check: ['static', 'chromium', 'fast', 'slow', 'built', 'runtimes'],
  browsers: ['chromium', 'build', 'browsers'],
  bench: ['build', 'bench'],
  ci: [
    'install',
    'redis',
    'firefox',
    'static',
    'test',
    'build',
    'exhaustive',
    'fuzz',
    'browsers',
    'pages',
    'bench',
    'declarations',
    'next',
    'examples',
    'wrangler',
    'clients',
    'ai-sdk',
    'gateway-clients',
    'agents',
    'openclaw',
  ],
};

/** If one of these fails, no later stage can pass. */
const NEEDED = new Set(['install', 'build', 'bundles']);

const [name = ''] = process.argv.slice(2);
const lane = LANES[name];
if (lane === undefined || process.argv.length > 3) {
  console.error(
    lane === undefined
      ? `There is no lane ${JSON.stringify(name)}. Choose from ${Object.keys(LANES).join(', ')}.`
      : `A lane accepts no arguments. To run some of the tests: npx vitest run ${process.argv.slice(3).join(' ')}`,
  );
  process.exit(2);
}

/** A lane may run inside another: the outer one sets the folder of the reports, and counts. */
const outer = process.env['STAGE_REPORTS'];
const reports = outer ?? mkdtempSync(join(tmpdir(), 'bedrock-anywhere-stages-'));
/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
let isStopped = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    isStopped = true;
    running?.kill(signal);
  });
}

/** @type {{ stage: string, seconds: number, passed: boolean }[]} */
const done = [];
const began = performance.now();
for (const stage of lane) {
  const from = performance.now();
  const before = countTests(reports).failed.length;
  console.log(`\n▶ ${stage}: ${STAGES[stage]}`);
  const passed = await run(stage);
  done.push({ stage, seconds: (performance.now() - from) / 1000, passed });
  console.log(resultOf(/** @type {typeof done[0]} */ (done.at(-1))));
  // A stage that failed without a failed test, such as lint or types, counts as one failure.
  if (!passed && countTests(reports).failed.length === before)
    writeFileSync(join(reports, `${stage}.failed`), '');
  if (isStopped || (!passed && NEEDED.has(stage))) break;
}

const seconds = (performance.now() - began) / 1000;
console.log(`\nStages of ${name}\n${done.map(resultOf).join('\n')}\n  ${timeOf(seconds)}  in all`);
const { passed, failed } = countTests(reports);
if (outer === undefined) {
  rmSync(reports, { recursive: true, force: true });
  // Last, as only the end of a long log may be kept.
  if (failed.length > 0) console.log(`\nFailed\n${failed.map((one) => `✖ ${one}`).join('\n')}`);
  console.log(`\n${passed} passed, ${failed.length} failed`);
}
process.exitCode = done.every((one) => one.passed) && !isStopped ? 0 : 1;

/**
 * @param {string} stage
 * @returns {Promise<boolean>}
 */
function run(stage) {
  const report = `--reporter=default --reporter=json --outputFile.json=${join(reports, `${stage}.json`)}`;
  const command = (STAGES[stage] ?? '').replace('REPORT', report);
  return new Promise((resolve) => {
    running = spawn(command, { shell: true, stdio: 'inherit', env: environment() });
    running.on('error', () => resolve(false));
    running.on('close', (code) => resolve(code === 0));
  });
}

/** With node_modules/.bin in the PATH, as in a script of package.json. */
function environment() {
  const bin = join(process.cwd(), 'node_modules', '.bin');
  const path = process.platform === 'win32' ? ';' : ':';
  return { ...process.env, STAGE_REPORTS: reports, PATH: `${bin}${path}${process.env['PATH']}` };
}

/** @param {{ stage: string, seconds: number, passed: boolean }} result */
function resultOf({ stage, seconds, passed }) {
  return `${passed ? '✔' : '✖'} ${timeOf(seconds)}  ${stage}`;
}

/** @param {number} seconds */
function timeOf(seconds) {
  return `${seconds.toFixed(1)} s`.padStart(8);
}
