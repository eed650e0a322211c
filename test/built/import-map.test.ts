import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { blocksOf, ROOT } from '../page-blocks.js';

let local: LocalServer;
let server: Server;
let browser: Browser;
let url: string;

const html = blocksOf('docs/recipes.md').find(({ code }) => code.includes('type="importmap"'))?.code ?? '';

beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
  const { url: endpoint, region, credentials } = local;
  const options = JSON.stringify({ endpoint, region, credentials });
  const files: Record<string, [type: string, text: string]> = {
    '/': ['text/html', `<!doctype html>${html}<output></output>`],
    '/chat.js': [
      'text/javascript',
      `import { createBedrock } from 'bedrock-anywhere';
      import { createCatalog } from 'bedrock-anywhere/catalog';
      const bedrock = createBedrock({ ...${options}, catalog: createCatalog() });
      const { text, cost } = await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' });
      document.querySelector('output').textContent = text + ' ' + (cost.total > 0);`,
    ],
  };
  server = createServer(({ url: path = '' }, response) => {
    const [, name] = /^\/bedrock-anywhere\/([\w-]+\.js)$/.exec(path) ?? [];
    const [type, text] =
      name === undefined
        ? (files[path] ?? ['text/plain', ''])
        : ['text/javascript', readFileSync(`${ROOT}dist/${name}`, 'utf8')];
    response.writeHead(text === '' ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await local?.close();
});

it('a page without a bundler loads the package with the import map of docs/recipes.md', async () => {
  expect(html).toContain('"bedrock-anywhere"');
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  await page.goto(url);
  await page.waitForFunction("document.querySelector('output').textContent !== ''").catch(() => {
    throw new Error(`The page showed nothing: ${problems.join('; ')}`);
  });
  expect(await page.textContent('output')).toBe('pong true');
});
