import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type ClientOptions, type ConverseStreamRequest, stream } from 'bedrock-anywhere';

/** A site: a page with a script, and a route that passes answers on. */
export interface Site {
  origin: string;
  close(): void;
}

/** @param options How the route calls Bedrock. */
export async function startSite(html: string, script: string, options: ClientOptions): Promise<Site> {
  const server = createServer(async (request, response) => {
    const path = request.url?.replace(/\?.*/, '');
    if (path === '/')
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          `<!doctype html><title>A page</title><div id="root">${html}</div><script type="module" src="/page.js"></script>`,
        );
    if (path === '/page.js')
      return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    if (path !== '/api/chat') return void response.writeHead(404).end();
    const body = JSON.parse(await new Response(Readable.toWeb(request) as BodyInit).text());
    const asked: ConverseStreamRequest = { modelId: 'us.amazon.nova-lite-v1:0', ...body };
    const answer = await stream(asked, options).toResponse();
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    const read = Readable.fromWeb(answer.body as NodeReadableStream);
    response.on('close', () => read.destroy());
    read.on('error', () => response.destroy()).pipe(response);
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
