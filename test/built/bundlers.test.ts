import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { Miniflare } from 'miniflare';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { installPackage } from '../everywhere/install.js';
import type { run } from './bundled/app.js';
import { BUNDLERS } from './bundlers.js';

const sources = fileURLToPath(new URL('./bundled', import.meta.url));
const HTML = '<!doctype html><title>bundled</title><script type="module" src="/page.js"></script>';
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

const EXPECTED = {
  modelId: 'amazon.nova-lite-v1:0',
  text: 'pong pong pong',
  isPriced: true,
  left: ['messageStart', 'contentBlockDelta'],
};

let folder: string;
let local: LocalServer;
let browser: Browser;

beforeAll(async () => {
  folder = await installPackage();
  for (const file of readdirSync(sources)) await copyFile(join(sources, file), join(folder, file));
  await writeFile(join(folder, 'index.html'), HTML);
  browser = await launchChromium();
});
beforeEach(async () => {
  await local?.close();
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
});
afterAll(async () => {
  await browser?.close();
  await local?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const setup = () => {
  const { url, region, identityPoolId, guestRoleArn } = local;
  return { url, region, identityPoolId, guestRoleArn };
};

/** All that a bundler wrote, as one text. */
function written(out: string): string {
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('js'))
    .map((file) => readFileSync(join(out, file), 'utf8'))
    .join('\n');
}

/** Serves what was built, at another origin than Bedrock's. */
async function serve(out: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const file = join(out, pathname === '/' ? 'index.html' : pathname);
    const type = TYPES[extname(file)];
    if (type === undefined || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function runInChromium(out: string): Promise<unknown> {
  const server = await serve(out);
  const page = await browser.newPage();
  try {
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    return await page.evaluate((given) => (globalThis as unknown as { run: typeof run }).run(given), setup());
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}

async function runInWorkerd(out: string): Promise<unknown> {
  const script = readFileSync(join(out, 'worker.js'), 'utf8');
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate: '2025-09-01' });
  try {
    const body = JSON.stringify(setup());
    const response = await miniflare.dispatchFetch('http://worker/', { method: 'POST', body });
    return await response.json();
  } finally {
    await miniflare.dispose();
  }
}

describe.each(Object.entries(BUNDLERS))('%s, with the packed package', (name, bundle) => {
  it.each([
    ['page', 'Chromium', runInChromium],
    ['worker', 'workerd', runInWorkerd],
  ] as const)(
    'builds a %s without a warning; it has no module of Node or AWS, and runs in %s',
    async (entry, _runtime, runs) => {
      const out = join(folder, 'built', name, entry);
      expect(await bundle({ folder, entry, out })).toEqual([]);
      const text = written(out);
      expect(text).toContain('AWS4-HMAC-SHA256');
      expect(text).not.toMatch(/["'`]node:|\brequire\(|@aws-sdk|@smithy/);
      if (!existsSync(join(out, 'index.html'))) await writeFile(join(out, 'index.html'), HTML);
      expect(await runs(out)).toEqual(EXPECTED);
      await expect.poll(() => local.liveConnections()).toBe(0);
      expect(local.requests.filter(({ operation }) => operation === 'ConverseStream')).toHaveLength(2);
    },
  );
});
