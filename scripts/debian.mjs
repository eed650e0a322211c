// Programs that the tests use and npm does not carry: found where they are, installed where that changes nobody's machine.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A program that tests need.
 *
 * @typedef {object} Program
 * @property {string[]} names What its executable may be called.
 * @property {string} variable Variable of the environment that names its path; where it is set, it alone counts.
 * @property {string} debian Debian's package of it.
 * @property {string} title What people call it.
 * @property {string[]} [elsewhere] Paths beside those of PATH.
 */

/**
 * The path of a program on this machine, undefined where there is none.
 *
 * @param {Program} program
 * @returns {string | undefined}
 */
export function find({ names, variable, elsewhere = [] }) {
  const set = process.env[variable];
  if (set) return existsSync(set) ? set : undefined;
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)];
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...paths, ...elsewhere].find((path) => existsSync(path));
}

/**
 * Installs a program where it is missing, as root on Debian; elsewhere says what to do. Whether it worked shows in the
 * exit code; apt-get itself says what went wrong.
 *
 * @param {Program} program
 */
export function ensure(program) {
  const { variable, debian, title } = program;
  const set = process.env[variable];
  // A person's machine is not changed without asking.
  const mayInstall = !set && existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (find(program) === undefined && mayInstall) {
    console.log(`No ${title} found: installing the Debian package ${debian} for the tests.`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const step of [['update'], ['install', '-y', '--no-install-recommends', debian]]) {
      spawnSync('apt-get', ['-qq', ...step], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }
  if (find(program) !== undefined) return;
  console.error(
    set
      ? `${variable} names no file: ${set}`
      : `Some tests need ${title}: install it, or set ${variable} to its executable.`,
  );
  process.exitCode = 1;
}
