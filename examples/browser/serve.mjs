// Serves the playground of the package, with a local Bedrock behind it; with --aws nothing is set, and you connect in the page.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';

const manifest = createRequire(import.meta.url).resolve('bedrock-anywhere/package.json');
const folder = join(dirname(manifest), 'dist', 'playground');

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/**
 * The connection that the page begins with. It holds no secret, since everyone who opens the page can read it.
 *
 * @typedef {{ kind: 'guest', region: string, identityPoolId: string, guestRoleArn: string, endpoint?: string }
 *   | { kind: 'api-key' | 'keys', region: string, endpoint?: string }
 *   | { kind: 'gateway', region: string, endpoint: string }} Connection
 */

/**
 * Serves the page on a port of this machine. Any server of static files can do this: the page and `settings.json` are files.
 *
 * @param {{ port?: number, connection?: Connection | undefined }} options
 */
export async function servePage({ port = 0, connection }) {
  const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name))]));
  if (connection !== undefined) files.set('/settings.json', Buffer.from(JSON.stringify({ connection })));
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    const file = files.get(path);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': `${TYPES[extname(path)] ?? 'text/plain'}; charset=utf-8`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(file);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://localhost:${address.port}/`, server };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const local = process.argv.includes('--aws') ? undefined : await startLocalBedrock({ tokensPerSecond: 40 });
  const { url } = await servePage({
    port: Number(process.env['PORT'] ?? 5173),
    connection: local && {
      kind: 'guest',
      region: local.region,
      endpoint: local.url,
      identityPoolId: local.identityPoolId,
      guestRoleArn: local.guestRoleArn,
    },
  });
  console.log(`Open ${url}${local === undefined ? '' : ` – it talks to a local Bedrock at ${local.url}`}`);
}
