import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { bundle } from './bundle.js';
import { type Site, serveSite } from './pages.js';
import type { Order, Report } from './worker-program.js';

let local: LocalServer;
let site: Site;
let browser: Browser;

beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
  const script = await bundle("import { serve } from './worker-program.ts'; serve();", 'esm');
  site = await serveSite({
    '/': ['text/html', '<!doctype html><title>workers</title>'],
    '/worker.js': ['text/javascript', script],
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await local?.close();
});

/** What the page keeps of its worker. */
interface Global {
  worker: Worker | ServiceWorker;
}

/** Workers by their kind: how a page gets one, and what the global object in it is. */
const KINDS: [kind: string, scope: string, start: () => Promise<void>][] = [
  [
    'a web worker',
    'DedicatedWorkerGlobalScope',
    async () => {
      (globalThis as unknown as Global).worker = new Worker('/worker.js', { type: 'module' });
    },
  ],
  [
    'a service worker',
    'ServiceWorkerGlobalScope',
    async () => {
      await navigator.serviceWorker.register('/worker.js', { type: 'module' });
      const { active } = await navigator.serviceWorker.ready;
      if (active !== null) (globalThis as unknown as Global).worker = active;
    },
  ],
];

const ask = (page: Page, order: Order): Promise<Report> =>
  page.evaluate((given) => {
    const { port1, port2 } = new MessageChannel();
    return new Promise<Report>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data as Report);
      (globalThis as unknown as Global).worker.postMessage(given, [port2]);
    });
  }, order);

describe.each(KINDS)('in %s of Chromium', (_kind, scope, start) => {
  let page: Page;
  beforeAll(async () => {
    page = await (await browser.newContext()).newPage();
    await page.goto(site.origin);
    await page.evaluate(start);
  });

  it.each([
    ['SigV4', () => local.credentials],
    ['an API key', () => ({ token: local.apiKey })],
  ])('an answer streams, with %s', async (_way, credentials) => {
    const report = await ask(page, { do: 'read', endpoint: local.url, credentials: credentials() });
    expect(report).toEqual({ scope, text: 'pong pong pong' });
  });

  it('leaving the loop closes the connection, while the worker lives on', async () => {
    const held = await ask(page, { do: 'hold', endpoint: local.url, credentials: local.credentials });
    expect(held.text).toMatch(/^pong/);
    expect(local.liveConnections()).toBe(1);
    expect(await ask(page, { do: 'leave' })).toMatchObject({ text: 'left' });
    await expect.poll(() => local.liveConnections()).toBe(0);
    const { credentials, url: endpoint } = local;
    expect(await ask(page, { do: 'read', endpoint, credentials })).toMatchObject({ text: 'pong pong pong' });
  });

  it.each([
    ['AKIA…', { accessKeyId: 'AKIAFOREVER', secretAccessKey: 'S3CRET' }],
    ['ABSK…', { token: 'ABSKS3CRET' }],
  ])('keys that never end are refused: %s', async (_key, credentials) => {
    const { code, message } = await ask(page, { do: 'call AWS', credentials });
    expect(code).toBe('ERR_CREDENTIALS');
    expect(message).toMatch(/long-lived .* was given in a browser/);
    expect(message).not.toContain('S3CRET');
  });

  it('keys that end are used', async () => {
    const credentials = { accessKeyId: 'ASIAENDS', secretAccessKey: 'S3CRET', sessionToken: 'T0KEN' };
    expect(await ask(page, { do: 'call AWS', credentials })).toMatchObject({
      code: 'ERR_NETWORK',
      message: expect.stringContaining('It was tried.'),
    });
  });
});
