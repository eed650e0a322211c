// Some tests of storages run against a real Redis; npm carries none.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of redis-server on this machine, undefined where there is none. `REDIS_SERVER_PATH` alone counts where it is
 * set.
 *
 * @returns {string | undefined}
 */
export function findRedis() {
  const { REDIS_SERVER_PATH, PATH = '' } = process.env;
  if (REDIS_SERVER_PATH) return existsSync(REDIS_SERVER_PATH) ? REDIS_SERVER_PATH : undefined;
  const folders = ['/usr/bin', ...PATH.split(delimiter).filter(Boolean)];
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));
}

/** Debian's own package needs root; a person's machine is not changed without asking. */
function mayInstall() {
  return !process.env.REDIS_SERVER_PATH && existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** Whether it worked shows in the next look for Redis; apt-get itself says what went wrong. */
function install() {
  console.log('No redis-server found: installing the Debian package redis-server for the tests of storages.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']]) {
    spawnSync('apt-get', ['-qq', ...step], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (findRedis() === undefined && mayInstall()) install();
  if (findRedis() === undefined) {
    console.error(
      process.env.REDIS_SERVER_PATH
        ? `REDIS_SERVER_PATH names no file: ${process.env.REDIS_SERVER_PATH}`
        : 'The tests with Redis need redis-server: install it, or set REDIS_SERVER_PATH to its executable.',
    );
    process.exitCode = 1;
  }
}
