// Packages that weigh hundreds of megabytes, which tests of their own need and nobody else: they are installed into a folder of
// the user's cache, one for each set of versions.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const { XDG_CACHE_HOME = '' } = process.env;
const root = join(
  isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache'),
  'bedrock-anywhere',
);

/**
 * A folder of the cache.
 *
 * @param {string} name what it holds, with versions
 */
export function cacheFolder(name) {
  return join(root, name);
}

/**
 * Installs packages into a folder of the cache; does nothing if the folder exists. When two processes install at once, the
 * folder of the first that finishes stays. No script of a package is run.
 *
 * @param {string} folder as `cacheFolder()` gives it
 * @param {Readonly<Record<string, string>>} dependencies exact versions by name
 */
export function installInCache(folder, dependencies) {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    install(unfinished, dependencies);
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} dependencies
 */
function install(folder, dependencies) {
  const packages = Object.entries(dependencies).map((parts) => parts.join(' '));
  console.log(`Installing ${packages.join(', ')} into ${root}.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // Some of them need a newer Node than the one that installs them, and are run by that: npm's warning would mislead.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], {
    cwd: folder,
    stdio: 'inherit',
    // On Windows the commands of npm are .cmd files, which only a shell starts.
    shell: process.platform === 'win32',
    timeout: 540_000,
  });
  if (status !== 0) throw new Error(`npm could not install ${packages.join(', ')}: see above.`);
}
