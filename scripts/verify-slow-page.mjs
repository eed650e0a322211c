// Runs the playground's tests with Chromium's CPU slowed down: none of them may depend on how fast the page draws.
// Usage: node scripts/verify-slow-page.mjs [<times slower>]
import { spawnSync } from 'node:child_process';

const [slowdown = '12'] = process.argv.slice(2);
const files = ['', '-connections', '-gateway', '-safety'].map(
  (name) => `test/built/browser-playground${name}.test.ts`,
);
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'browsers', ...files], {
  stdio: 'inherit',
  env: { ...process.env, PAGE_SLOWDOWN: slowdown },
});
process.exitCode = status ?? 1;
