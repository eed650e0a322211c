// Installs wrangler, and the Node that it needs, for `npm run test:wrangler`. They weigh 230 MB and 190 MB.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNpmRuntime, whyNot } from '../runtimes.mjs';
import { cacheFolder, installInCache } from '../user-cache.mjs';

const WRANGLER = '4.164.0';

/** The folder of wrangler, once it is installed: Workers in it find it. */
export const wranglerFolder = cacheFolder(`wrangler-${WRANGLER}`);
export const wranglerCommand = join(wranglerFolder, 'node_modules/wrangler/bin/wrangler.js');

/** A Node that wrangler runs on: this one, or from npm a newer one. */
export async function findNode() {
  // `engines` of its package.json: node >= 22.12.0.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  const node = await findNpmRuntime('node24');
  if (node === undefined) throw new Error(`wrangler needs Node 22.12 or newer, and ${whyNot('node24')}.`);
  return node;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await findNode();
  installInCache(wranglerFolder, { wrangler: WRANGLER });
}
