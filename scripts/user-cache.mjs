// Packages of hundreds of megabytes that only some tests need: they are installed into a folder of the user's cache, one for
// each set of versions.
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
 * @param {string} name what it contains, with versions
 */
export function cacheFolder(name) {
  return join(root, name);
}

/**
 * Installs packages into a folder of the cache; does nothing if they are there. If two processes install at once, the
 * first one that finishes wins. No package script is run.
 *
 * @param {string} folder as returned by `cacheFolder()`
 * @param {Readonly<Record<string, string>>} dependencies exact versions by name
 */
export function installInCache(folder, dependencies) {
  // Tests that were run without them may have left a folder of theirs in it.
  const isInstalled = () => existsSync(join(folder, 'node_modules'));
  if (isInstalled()) return;
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    install(unfinished, dependencies);
    if (!isInstalled()) rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } catch (error) {
    if (!isInstalled()) throw error;
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
  // Some need a newer Node than this one, and run on that, so npm's warning would be misleading.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], {
    cwd: folder,
    stdio: 'inherit',
    // On Windows npm's commands are .cmd files, which only a shell can start.
    shell: process.platform === 'win32',
    timeout: 540_000,
  });
  if (status !== 0) throw new Error(`npm could not install ${packages.join(', ')}: see above.`);
}
