import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { EdgeVM } from '@edge-runtime/vm';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Miniflare } from 'miniflare';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { bundle } from './bundle.js';

let handler: string;
beforeAll(async () => {
  handler = await bundle(
    "import { createLocalBedrock } from 'bedrock-anywhere/local'; globalThis.createLocalBedrock = createLocalBedrock;",
  );
});

/** A turn of the core against whatever answers at AWS's own address. */
const ASK = `async (bedrock) => {
  const modelId = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
  const messages = [{ role: 'user', content: [{ text: 'ping' }] }];
  const { message } = await bedrock.stream({ modelId, messages }).result();
  const { models } = await bedrock.discover();
  for await (const event of bedrock.stream({ modelId, messages })) if (event.type === 'contentBlockDelta') break;
  return { text: message.content[0].text, models: models.length > 2 };
}`;

describe('the built local Bedrock', () => {
  it('names no module of Node and none of AWS', () => {
    expect(handler).toContain('InvalidSignatureException');
    expect(handler).not.toMatch(/["'`]node:|require\(|@aws-sdk|@smithy|\bmsw\b/);
  });

  it("answers the core in Vercel's edge VM, with its fetch handler in place of fetch", async () => {
    const vm = new EdgeVM();
    vm.evaluate(handler);
    vm.evaluate(
      await bundle(
        "import { createBedrock } from 'bedrock-anywhere'; globalThis.createBedrock = createBedrock;",
      ),
    );
    const json = await (vm.evaluate(`(async () => {
      const local = createLocalBedrock({ script: [{ text: 'pong pong' }] });
      const fetch = (input, init) => local.fetch(new Request(input, init));
      const bedrock = createBedrock({ credentials: local.credentials, region: local.region, fetch });
      const answer = await (${ASK})(bedrock);
      return JSON.stringify({ ...answer, live: local.liveConnections() });
    })()`) as Promise<string>);
    expect(JSON.parse(json)).toEqual({ text: 'pong pong', models: true, live: 0 });
  });

  it('serves the AWS client from workerd', async () => {
    const worker = `${handler};
      let local;
      export default {
        async fetch(request) {
          local ??= createLocalBedrock({ script: [{ text: 'pong pong' }] });
          return new URL(request.url).pathname === '/keys' ? Response.json(local) : local.fetch(request);
        },
      };`;
    const miniflare = new Miniflare({ modules: true, script: worker, compatibilityDate: '2025-09-01' });
    try {
      const url = (await miniflare.ready).origin;
      const { credentials, region } = (await (await fetch(`${url}/keys`)).json()) as {
        credentials: { accessKeyId: string; secretAccessKey: string };
        region: string;
      };
      const client = new BedrockRuntimeClient({
        endpoint: url,
        region,
        credentials,
        maxAttempts: 1,
        requestHandler: new NodeHttpHandler(),
      });
      const { stream } = await client.send(
        new ConverseStreamCommand({
          modelId: 'amazon.nova-lite-v1:0',
          messages: [{ role: 'user', content: [{ text: 'ping' }] }],
        }),
      );
      let text = '';
      for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? '';
      expect(text).toBe('pong pong');
      client.destroy();
    } finally {
      await miniflare.dispose();
    }
  });

  it("answers a page from a service worker, at AWS's own address", async () => {
    const worker = `${handler};
      const local = createLocalBedrock({ script: [{ text: 'pong pong' }] });
      self.addEventListener('install', () => self.skipWaiting());
      self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
      self.addEventListener('fetch', (event) => {
        const { host, pathname } = new URL(event.request.url);
        if (host.endsWith('.amazonaws.com')) event.respondWith(local.fetch(event.request));
        else if (pathname === '/keys') event.respondWith(Response.json({ ...local, live: local.liveConnections() }));
      });`;
    const page = await bundle(`
      import { createBedrock } from 'bedrock-anywhere';
      globalThis.run = async () => {
        const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
        await navigator.serviceWorker.register('/worker.js');
        await controlled;
        const { credentials, region } = await (await fetch('/keys')).json();
        return (${ASK})(createBedrock({ credentials, region }));
      };
      globalThis.live = async () => (await (await fetch('/keys')).json()).live;
    `);
    const site = createServer((request, response) => {
      const type = request.url === '/worker.js' ? 'text/javascript' : 'text/html';
      response.writeHead(200, { 'content-type': type });
      response.end(request.url === '/worker.js' ? worker : '<!doctype html><title>local</title>');
    }).listen(0, '127.0.0.1');
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      await tab.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
      await tab.addScriptTag({ content: page });
      expect(await tab.evaluate('run()')).toEqual({ text: 'pong pong', models: true });
      await expect.poll(() => tab.evaluate('live()')).toBe(0);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
