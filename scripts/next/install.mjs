// Installs the versions of Next.js for `npm run test:next` and `npm run verify:next-start`, 350 MB each.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../user-cache.mjs';

/** What `create-next-app` installs with Next.js. Without TypeScript, Next.js would install it by itself. */
const BESIDE = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  typescript: '5.9.3',
  '@types/node': '20.19.43',
  '@types/react': '19.3.3',
};

/** The folder of each version, once installed: apps in it find Next.js. */
export const nextFolders = {
  '15.5.29': cacheFolder('next-15.5.29'),
  '16.4.6': cacheFolder('next-16.4.6'),
};

/**
 * The command of Next.js.
 *
 * @param {string} folder
 */
export function nextCommand(folder) {
  return join(folder, 'node_modules/next/dist/bin/next');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [version, folder] of Object.entries(nextFolders))
    installInCache(folder, { next: version, ...BESIDE });
}
