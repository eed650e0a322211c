// Serves the page, with a local Bedrock to talk to; with --aws the page goes to AWS.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Serves the page on a port of this machine.
 *
 * @param {{ port?: number, settings?: { endpoint: string, region: string, identityPoolId?: string, guestRoleArn?: string } | undefined }} options
 */
export async function servePage({ port = 0, settings }) {
  const { outputFiles } = await build({
    entryPoints: [`${folder}chat.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  /** @type {Record<string, [type: string, body: string | Uint8Array]>} */
  const files = {
    '/': ['text/html', readFileSync(`${folder}index.html`)],
    '/style.css': ['text/css', readFileSync(`${folder}style.css`)],
    '/chat.js': ['text/javascript', outputFiles[0]?.contents ?? ''],
    ...(settings !== undefined && { '/settings.json': ['application/json', JSON.stringify(settings)] }),
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8`, 'cache-control': 'no-store' });
    response.end(file[1]);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://localhost:${address.port}/`, server };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const local = process.argv.includes('--aws') ? undefined : await startLocalBedrock({ tokensPerSecond: 40 });
  const settings = local && {
    endpoint: local.url,
    region: local.region,
    identityPoolId: local.identityPoolId,
    guestRoleArn: local.guestRoleArn,
  };
  const { url } = await servePage({ port: Number(process.env['PORT'] ?? 5173), settings });
  console.log(`Open ${url}${local === undefined ? '' : ` – it talks to a local Bedrock at ${local.url}`}`);
}
