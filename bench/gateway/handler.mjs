/**
 * A fetch handler that parses the request, sends it on with Node's own fetch, and returns the response. It shows what Node's HTTP
 * server, `Request`, `Response` and fetch cost without any gateway. It runs in its own process, which sends its port to its parent.
 */
import { serveGateway } from '../../dist/node/gateway-node.js';

const [upstream] = process.argv.slice(2);
const handler = {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const body = await request.json();
    const answer = await fetch(`http://127.0.0.1:${upstream}${pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: request.signal,
    });
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'application/json' };
    return body.stream
      ? new Response(answer.body, { headers })
      : new Response(JSON.stringify(await answer.json()), { headers });
  },
  async close() {},
};
const { url } = await serveGateway(handler, { port: 0 });
process.send(Number(new URL(url).port));
process.on('disconnect', () => process.exit());
