import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { updateFile } from '../../src/cli/settings/update-file.js';

const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-update-'));

it('loses no change of processes that change a file at the same time', async () => {
  const file = join(folder, 'count');
  const script = join(folder, 'count.mjs');
  await build({
    stdin: {
      contents: `import { updateFile } from './update-file.ts';
        const add = () => updateFile(process.argv[2], (text = '0') => String(Number(text) + 1));
        await Promise.all(Array.from({ length: 20 }, add));`,
      resolveDir: fileURLToPath(new URL('../../src/cli/settings', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  const run = promisify(execFile);
  await Promise.all([1, 2, 3].map(() => run(process.execPath, [script, file])));
  expect(readFileSync(file, 'utf8')).toBe('60');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('changes nothing if the change fails, and leaves no lock', async () => {
  const file = join(folder, 'text');
  writeFileSync(file, 'old');
  const fail = updateFile(file, () => {
    throw new RangeError('no');
  });
  await expect(fail).rejects.toThrow(RangeError);
  await updateFile(file, (text) => `${text} and new`);
  expect(readFileSync(file, 'utf8')).toBe('old and new');
});

it('lets only one of many take over an abandoned lock', async () => {
  const file = join(folder, 'abandoned');
  writeFileSync(`${file}.lock`, '');
  utimesSync(`${file}.lock`, 1, 1);
  await Promise.all(
    Array.from({ length: 20 }, () => updateFile(file, (text = '0') => String(Number(text) + 1))),
  );
  expect(readFileSync(file, 'utf8')).toBe('20');
});

it('begins again if another process takes over the lock meanwhile', async () => {
  const file = join(folder, 'stolen');
  let calls = 0;
  await updateFile(file, (text = '') => {
    calls += 1;
    if (calls > 1) return `${text}mine`;
    // What happens to a process that was asleep for as long as abandons its lock.
    rmSync(`${file}.lock`);
    writeFileSync(`${file}.lock`, '');
    utimesSync(`${file}.lock`, 1, 1);
    writeFileSync(file, 'theirs, ');
    return 'lost';
  });
  expect([readFileSync(file, 'utf8'), calls]).toEqual(['theirs, mine', 2]);
});
