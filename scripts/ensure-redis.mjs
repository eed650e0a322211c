// Some tests of storages run against a real Redis; npm carries none.
import { fileURLToPath } from 'node:url';
import { ensure, find } from './debian.mjs';

/** @type {import('./debian.mjs').Program} */
const REDIS = {
  names: ['redis-server'],
  variable: 'REDIS_SERVER_PATH',
  debian: 'redis-server',
  title: 'redis-server',
};

/**
 * The path of redis-server on this machine, undefined where there is none. `REDIS_SERVER_PATH` alone counts where it is
 * set.
 *
 * @returns {string | undefined}
 */
export const findRedis = () => find(REDIS);

if (process.argv[1] === fileURLToPath(import.meta.url)) ensure(REDIS);
