import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { bundle } from './bundle.js';
import { type Site, serveSite } from './pages.js';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

let local: LocalServer;
let site: Site;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
  const script = await bundle(
    `import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
     import { createGateway } from 'bedrock-anywhere/gateway';
     const gateway = createGateway({
       bedrock: createBedrock({
         endpoint: ${JSON.stringify(local.url)},
         region: 'us-east-1',
         credentials: fromBearerToken(${JSON.stringify(local.apiKey)}),
       }),
       authorize: (_request, { key }) => (key === 'k' ? { name: 'page' } : undefined),
       forwardHeaders: ['x-local-fault'],
     });
     addEventListener('activate', (event) => event.waitUntil(clients.claim()));
     addEventListener('fetch', (event) => {
       if (new URL(event.request.url).pathname.startsWith('/v1/'))
         event.respondWith(gateway.fetch(event.request));
     });`,
    'esm',
  );
  site = await serveSite({
    '/': ['text/html', '<!doctype html><title>gateway</title>'],
    '/worker.js': ['text/javascript', script],
  });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(site.origin);
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    const isControlled = new Promise<void>((resolve) => {
      serviceWorker.addEventListener('controllerchange', () => resolve());
    });
    await serviceWorker.register('/worker.js', { type: 'module' });
    await isControlled;
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await local?.close();
});

/** Sends a request from the page, whose service worker answers it. */
const send = (path: string, body: object, headers: Record<string, string> = {}) =>
  page.evaluate(
    async ([to, json, more]) => {
      const response = await fetch(to, {
        method: 'POST',
        headers: { authorization: 'Bearer k', 'content-type': 'application/json', ...more },
        body: json,
      });
      return { status: response.status, text: await response.text() };
    },
    [path, JSON.stringify({ model: MODEL, ...body }), headers] as const,
  );

const MESSAGES = [{ role: 'user', content: 'ping' }];

it.each([
  ['/v1/chat/completions', { messages: MESSAGES }, 'data: [DONE]\n\n'],
  ['/v1/messages', { messages: MESSAGES, max_tokens: 100 }, 'data: {"type":"message_stop"}\n\n'],
  ['/v1/responses', { input: 'ping' }, 'data: [DONE]\n\n'],
])('in a service worker of Chromium, %s is answered whole and as a stream', async (path, body, end) => {
  const whole = await send(path, body);
  expect([whole.status, whole.text]).toEqual([200, expect.stringContaining('pong pong pong')]);
  const streamed = await send(path, { ...body, stream: true });
  expect([streamed.status, streamed.text.endsWith(end)]).toEqual([200, true]);
});

it('in a service worker of Chromium, failures have the shape of the protocol', async () => {
  const refused = await send('/v1/messages', { messages: MESSAGES });
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    400,
    expect.objectContaining({
      type: 'error',
      error: expect.objectContaining({ type: 'invalid_request_error' }),
    }),
  ]);
  expect((await send('/v1/messages', {}, { authorization: 'Bearer wrong' })).status).toBe(401);
});

it('in a service worker of Chromium, a page that leaves closes the connection to Bedrock', async () => {
  await page.evaluate(
    async ([model, messages]) => {
      const response = await fetch('/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer k', 'x-local-fault': 'stall=3' },
        body: JSON.stringify({ model, messages, stream: true }),
      });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      Object.assign(globalThis, { reader });
    },
    [MODEL, MESSAGES] as const,
  );
  expect(local.liveConnections()).toBe(1);
  await page.evaluate(() =>
    (globalThis as unknown as { reader: ReadableStreamDefaultReader }).reader.cancel(),
  );
  await expect.poll(() => local.liveConnections()).toBe(0);
});
