// Installs the versions of Next.js that `npm run test:next` and `npm run verify:next-start` run. They weigh 350 MB each.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../user-cache.mjs';

/** What `create-next-app` puts beside Next.js. Without its TypeScript, Next.js would install one by itself. */
const BESIDE = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  typescript: '5.9.3',
  '@types/node': '20.19.43',
  '@types/react': '19.3.3',
};

/** The folder of each version, once it is installed: apps in it find Next.js. */
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
