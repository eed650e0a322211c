// Compiles a user's project against the packed package: with several versions of TypeScript, for Node without the DOM library
// and for browsers without Node's types, with every module resolution, with `skipLibCheck` off. Arguments select
// versions: `npm run check:declarations -- 7.0.2`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILERS, installCompiler } from './declarations/compilers.mjs';
import { judge } from './declarations/judge.mjs';
import { configurations, makeProject } from './declarations/project.mjs';

const [, , ...wanted] = process.argv;
const versions = wanted.length === 0 ? COMPILERS : COMPILERS.filter((version) => wanted.includes(version));
if (versions.length < wanted.length)
  throw new RangeError(`Unknown version. Choose from TypeScript ${COMPILERS.join(', ')}.`);
const started = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-declarations-'));
try {
  const { subpaths, names } = await makeProject(folder);
  console.log(`The packed package, its ${subpaths} subpaths and their ${names} names, with:`);
  const tasks = versions.flatMap((version) => {
    const compiler = installCompiler(version);
    return configurations().map((configuration) => ({ version, compiler, ...configuration }));
  });
  const runs = await runAll(tasks);
  const failed = runs.filter((passed) => !passed).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    failed === 0
      ? `The declarations compile: ${runs.length} of ${runs.length} (${seconds} s).`
      : `The declarations do not compile: ${failed} of ${runs.length} failed (${seconds} s).`,
  );
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * As many at a time as there are cores.
 *
 * @param {Task[]} tasks
 *
 * @typedef {ReturnType<typeof configurations>[number] & { version: string, compiler: string }} Task
 */
async function runAll(tasks) {
  const queue = tasks.values();
  /** @type {boolean[]} */
  const results = [];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const task of queue) results.push(await compile(task));
    }),
  );
  return results;
}

/** @param {Task} task */
async function compile({ version, compiler, name, file, mayFail }) {
  const child = spawn(process.execPath, [compiler, '-p', file, '--pretty', 'false'], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
    });
  const [status] = await once(child, 'close');
  const { problems, excused } = judge(output, status, mayFail);
  const others = excused.length > 0 ? ` (not ours: ${excused.join(', ')})` : '';
  console.log(`  ${problems.length === 0 ? 'ok    ' : 'FAILED'} TypeScript ${version}, ${name}${others}`);
  for (const problem of problems) console.log(`         ${problem.replaceAll('\n', '\n         ')}`);
  return problems.length === 0;
}
