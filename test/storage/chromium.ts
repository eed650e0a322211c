import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StorageLike } from 'bedrock-anywhere';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.mjs';
import type { indexedDBStorage } from '../../src/storage/indexeddb.js';
import { bundle } from './peer.js';
import { remoteStorage } from './remote.js';

/** What a page of `startChromium()` has on its global object. */
export interface InPage {
  indexedDBStorage: typeof indexedDBStorage;
  ask(name: string, request: string): Promise<string>;
}
declare const window: InPage;

/** A browser, and an origin whose pages carry the storages. */
export async function startChromium() {
  const script = await bundle(
    `import { indexedDBStorage } from '../../src/storage/indexeddb.ts';
     import { answer } from './remote.ts';
     globalThis.indexedDBStorage = indexedDBStorage;
     let ours;
     const storages = () => ({ indexedDB: (ours ??= indexedDBStorage()), localStorage, sessionStorage });
     globalThis.ask = (name, request) => answer(storages()[name], request);`,
    { platform: 'browser', format: 'iife' },
  );
  const browser = await launchChromium();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>storage</title><script>${script}</script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    browser,
    origin,
    script,
    async openPage(context: BrowserContext): Promise<Page> {
      const page = await context.newPage();
      await page.goto(`${origin}/page`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** `indexedDB` for ours, `localStorage` or `sessionStorage` of a page. */
export function storageOf(page: Page, name: string): StorageLike {
  return remoteStorage((request) =>
    page.evaluate(([of, json]) => window.ask(of, json), [name, request] as const),
  );
}
