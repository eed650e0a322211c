// No test may depend on how fast or how busy a machine is: runs all tests on an overloaded machine.
// Usage: node scripts/verify-load.mjs [<times> [<npm script>]]
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [times = '5', script = 'test'] = process.argv.slice(2);
const BURNERS = 2;

const burners = Array.from({ length: BURNERS }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
);
/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
process.on('exit', () => {
  for (const burner of burners) burner.kill('SIGKILL');
  // Its whole group: npm does not stop what it has started.
  if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => process.exit(1));

const npm = ['npm', 'run', script];
const runs = [
  ...Array.from({ length: Number(times) }, (_, i) => ({
    what: `${i + 1} of ${times}, next to ${BURNERS} processes that keep the CPU busy`,
    command: npm,
  })),
  // Only Linux has taskset.
  ...(process.platform === 'linux'
    ? [{ what: 'once on one core, which they keep busy, too', command: ['taskset', '-c', '0', ...npm] }]
    : []),
];
/** @type {string[]} */
const lines = [];
for (const {
  what,
  command: [file = '', ...args],
} of runs) {
  const from = performance.now();
  running = spawn(file, args, { stdio: 'inherit', detached: true });
  const [status] = await once(running, 'exit');
  running = undefined;
  const line = `${status === 0 ? '✔' : '✖'} ${((performance.now() - from) / 1000).toFixed(0)} s  ${what}`;
  console.log(line);
  if (status !== 0) process.exitCode = 1;
  lines.push(line);
}
console.log(`\nnpm run ${script}\n${lines.join('\n')}`);
// The burners would keep it alive.
process.exit();
