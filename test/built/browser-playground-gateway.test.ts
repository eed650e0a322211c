import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { createGateway, type Gateway } from 'bedrock-anywhere/gateway';
import { serveGateway } from 'bedrock-anywhere/gateway/node';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { servePage } from '../../examples/browser/serve.mjs';
import { launchChromium } from '../../scripts/chromium.mjs';
import { openPlayground, type PlaygroundPage } from './playground-page.js';

const KEY = 'bag-0123456789abcdef';
const MODEL = 'amazon.nova-lite-v1:0';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A gateway, and the playground at another origin, which begins with it. */
async function serveBoth(allows: (page: string) => string[]) {
  const local = await startLocalBedrock({
    script: [{ user: 'ping', text: 'pong pong pong' }],
  });
  let gateway: Gateway | undefined;
  const server = await serveGateway(
    {
      fetch: async (request, details) => gateway?.fetch(request, details) ?? Response.error(),
      close: async () => gateway?.close(),
    },
    { port: 0 },
  );
  const site = await servePage({
    connection: { kind: 'gateway', region: local.region, endpoint: server.url },
  });
  const methods: string[] = [];
  gateway = createGateway({
    bedrock: createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: fromBearerToken(local.apiKey),
    }),
    authorize: ({ method }, { key }) => {
      methods.push(method);
      return key === KEY ? { name: 'page' } : undefined;
    },
    models: { allow: [MODEL] },
    allowedOrigins: allows(new URL(site.url).origin),
  });
  onTestFinished(async () => {
    site.server.closeAllConnections();
    site.server.close();
    await server.close();
    await local.close();
  });
  return { local, server, url: site.url, methods };
}

async function connect(shown: PlaygroundPage, key: string): Promise<void> {
  await shown.page.getByLabel('Key of the gateway').fill(key);
  await shown.button('Connect').click();
}

describe('the playground, with a gateway of another origin', () => {
  it.each([
    ['that lists its origin', (page: string) => ['https://other.example', page]],
    ['that allows all', () => ['*']],
  ])('%s, answers', async (_which, allows) => {
    const { local, server, url } = await serveBoth(allows);
    expect(new URL(url).origin).not.toBe(new URL(server.url).origin);
    const shown = await openPlayground(browser, { url });
    await connect(shown, KEY);
    await shown.ask('ping');
    await shown.isDone();
    expect(await shown.answer().textContent()).toContain('pong pong pong');
    const { operation, modelId } = local.requests.at(-1) ?? {};
    expect([operation, modelId]).toEqual(['ConverseStream', MODEL]);
    expect(new Set(shown.foreign.map((address) => new URL(address).origin))).toEqual(new Set([server.url]));
  });

  it('shows what the gateway says about a key that is wrong', async () => {
    const { url, local } = await serveBoth((page) => [page]);
    const shown = await openPlayground(browser, { url });
    await connect(shown, 'bag-wrong');
    await expect
      .poll(() => shown.page.locator('.failure').textContent())
      .toContain('The API key is not one of this gateway.');
    expect(local.requests).toEqual([]);
  });

  it('that does not list its origin, gets no answer', async () => {
    const { url, local, methods } = await serveBoth(() => ['https://other.example']);
    const shown = await openPlayground(browser, { url, expected: /CORS policy/ });
    await connect(shown, KEY);
    await shown.page.locator('.failure').waitFor();
    // Chromium did not even send the request with the key.
    expect([methods, local.requests]).toEqual([[], []]);
  });
});
