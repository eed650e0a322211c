import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of a site: its type, its text, and headers beside the type. */
export type SiteFile = readonly [type: string, text: string, headers?: Record<string, string>];

/** A site of another origin than the local Bedrock's: by name, where that is by number. */
export interface Site {
  origin: string;
  close(): void;
}

/** Serves files by their paths; '/favicon.ico' and what else is not there is a 404. */
export async function serveSite(files: Readonly<Record<string, SiteFile>>): Promise<Site> {
  const server = createServer((request, response) => {
    const file = files[request.url?.replace(/\?.*/, '') ?? ''];
    if (file === undefined) return void response.writeHead(404).end();
    const [type, text, headers] = file;
    response.writeHead(200, { 'content-type': type, ...headers }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page that runs `/script.js`. */
export const PAGE = [
  'text/html',
  '<!doctype html><title>page</title><script src="/script.js"></script>',
] as const;
