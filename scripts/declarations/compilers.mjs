// The TypeScript versions that users may have. Each has its own folder in node_modules/.cache, as only one can be the
// project's.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The oldest supported version, the last one written in JavaScript, and the newest: 7.0.2 was the registry's
 * `latest` on 2026-11-28. Its compiler is a native program, which npm installs as an optional dependency.
 */
export const COMPILERS = ['5.4.5', '5.9.3', '7.0.2'];

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
// On Windows npm's commands are .cmd files, which only a shell can start.
const shell = process.platform === 'win32';

/**
 * The file that Node runs as `tsc`. If two processes install at once, the first one that finishes wins.
 *
 * @param {string} version
 */
export function installCompiler(version) {
  const folder = join(cache, `typescript-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${randomUUID()}`;
    try {
      npmInstall(unfinished, [`typescript@${version}`]);
      renameSync(unfinished, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules/typescript/bin/tsc');
}

/**
 * Installs packages into their own folder, without running any of their scripts.
 *
 * @param {string} folder
 * @param {string[]} packages
 */
export function npmInstall(folder, packages) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const { status, error, stderr } = spawnSync('npm', ['install', ...options, ...packages], {
    cwd: folder,
    encoding: 'utf8',
    shell,
    timeout: 300_000,
  });
  if (status !== 0)
    throw new Error(`npm could not install ${packages.join(', ')}: ${error?.message ?? stderr}`);
}
