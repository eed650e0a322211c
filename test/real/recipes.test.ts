/** The routes of docs/recipes.md in the frameworks that they are for. */
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { blocksOf } from '../page-blocks.js';
import { EmptyFolder } from './empty-folder.js';
import { Program } from './program.js';

const FRAMEWORKS = {
  express: {
    packages: ['express@5.3.0'],
    listen: "app.listen(0, '127.0.0.1', function () { console.log('port', this.address().port); });",
  },
  fastify: {
    packages: ['fastify@5.12.8'],
    listen: "console.log('port', new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);",
  },
  hono: {
    packages: ['hono@4.13.19', '@hono/node-server@2.1.9'],
    listen: `const { serve } = await import('@hono/node-server');
      serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log('port', port));`,
  },
};

let app: EmptyFolder;
let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({
    script: [
      { user: 'ping', text: 'pong' },
      { user: 'go on', text: 'word '.repeat(100_000) },
    ],
  });
  app = new EmptyFolder();
  app.install(inject('tarball'), ...Object.values(FRAMEWORKS).flatMap(({ packages }) => packages));
});
afterAll(async () => {
  await local?.close();
  app?.[Symbol.dispose]();
});

describe.each(Object.entries(FRAMEWORKS))('the recipe for %s', (name, { listen }) => {
  let server: Program | undefined;
  let url: string;

  beforeAll(async () => {
    const block = blocksOf('docs/recipes.md').find(({ code }) => code.includes(`from '${name}'`));
    if (block === undefined) throw new Error(`docs/recipes.md has no route for ${name}.`);
    const { code } = await transform(block.code, { loader: 'ts', format: 'esm' });
    app.write(`${name}.mjs`, code);
    app.write(`${name}-server.mjs`, `import { app } from './${name}.mjs';\n${listen}`);
    server = new Program(process.execPath, [`${name}-server.mjs`], app.folder, {
      AWS_ENDPOINT_URL: local.url,
      AWS_REGION: local.region,
      AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
    });
    url = `http://127.0.0.1:${await server.waitFor(/^port (\d+)/m)}/chat`;
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const ask = (prompt: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt }),
      ...(signal !== undefined && { signal }),
    });

  it('passes an answer on', async () => {
    const response = await ask('ping');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const body = await response.text();
    expect(body).toContain('"delta":{"text":"pong"}');
    expect(body).toMatch(/event: metadata\ndata: .+\n\n$/);
  });

  it('ends the call to Bedrock when the visitor leaves, and goes on serving', async () => {
    const visitor = new AbortController();
    const response = await ask('go on', visitor.signal);
    await response.body?.getReader().read();
    expect(local.liveConnections()).toBe(1);
    visitor.abort();
    await expect.poll(() => local.liveConnections(), { timeout: 120_000 }).toBe(0);
    expect((await ask('ping')).status).toBe(200);
    expect(server?.log).not.toMatch(/uncaught|unhandled/i);
  });
});
