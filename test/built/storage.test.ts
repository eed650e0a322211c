import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Miniflare } from 'miniflare';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/ensure-browser.mjs';
import type { indexedDBStorage } from '../../src/storage/indexeddb.js';
import { conforms } from '../storage/conformance.js';
import { bundle } from '../storage/peer.js';
import { remoteStorage } from '../storage/remote.js';

/** What the bundle leaves on the global object of a page. */
interface InPage {
  indexedDBStorage: typeof indexedDBStorage;
  ask(name: string, request: string): Promise<string>;
}
declare const globalThis: InPage & typeof global & { indexedDB: IDBFactory };

let server: Server;
let browser: Browser;
let script: string;
let origin: string;

beforeAll(async () => {
  script = await bundle(
    `import { indexedDBStorage } from '../../src/storage/indexeddb.ts';
     import { answer } from './remote.ts';
     globalThis.indexedDBStorage = indexedDBStorage;
     const storages = () => ({ indexedDB: (kept ??= indexedDBStorage()), localStorage, sessionStorage });
     let kept;
     globalThis.ask = (name, request) => answer(storages()[name], request);`,
    { platform: 'browser', format: 'iife' },
  );
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>storage</title><script>${script}</script>`);
  }).listen(0, '127.0.0.1');
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('No browser: run npm test, or set CHROME_PATH.');
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

/** A storage of a page, by its name in the bundle. */
const storageOf = (page: Page, name: string) =>
  remoteStorage((request) =>
    page.evaluate(([of, json]) => globalThis.ask(of, json), [name, request] as const),
  );

describe.each([
  ['indexedDBStorage in two pages of Chromium', 'indexedDB', {}],
  ['localStorage in two pages of Chromium', 'localStorage', {}],
  ['sessionStorage in Chromium', 'sessionStorage', { shared: 'each page has one of its own' }],
])('', (title, name, lacks) => {
  conforms(title, {
    async open() {
      const context = await browser.newContext();
      const [page, second] = [await openPage(context), await openPage(context)];
      return {
        storage: storageOf(page, name),
        ...('shared' in lacks ? {} : { other: storageOf(second, name) }),
        close: () => context.close(),
      };
    },
    lacks,
  });
});

describe('indexedDBStorage', () => {
  let context: BrowserContext;
  let page: Page;
  let second: Page;
  beforeAll(async () => {
    context = await browser.newContext();
    [page, second] = [await openPage(context), await openPage(context)];
  });
  afterAll(() => context.close());

  it('makes way for another version of the database, and goes on', async () => {
    const storage = storageOf(page, 'indexedDB');
    await storage.setItem('k', 'kept');
    const outcome = await second.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const request = indexedDB.open('bedrock-anywhere', 7);
          request.onblocked = () => resolve('blocked');
          request.onupgradeneeded = () => request.result.createObjectStore('of someone else');
          request.onsuccess = () => {
            request.result.close();
            resolve('open');
          };
        }),
    );
    expect(outcome).toBe('open');
    expect(await storage.getItem('k')).toBe('kept');
  });

  it('makes way for the end of the database, and begins anew', async () => {
    const storage = storageOf(page, 'indexedDB');
    await storage.setItem('k', 'value');
    const outcome = await second.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const request = indexedDB.deleteDatabase('bedrock-anywhere');
          request.onblocked = () => resolve('blocked');
          request.onsuccess = () => resolve('deleted');
        }),
    );
    expect(outcome).toBe('deleted');
    expect(await storage.getItem('k')).toBeNull();
    await storage.setItem('k', 'new');
    expect(await storage.getItem('k')).toBe('new');
  });

  it('opens again when the browser closed the connection', async () => {
    const storage = storageOf(page, 'indexedDB');
    await storage.setItem('k', 'value');
    const session = await context.newCDPSession(page);
    const calls = Array.from({ length: 50 }, (_, index) => storage.setItem(`k${index}`, 'value'));
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await Promise.all(calls);
    expect(await storage.getItem('k')).toBeNull();
    await storage.setItem('k', 'new');
    expect(await storage.getItem('k')).toBe('new');
  });

  it('adds its store to a database that another page keeps open, once that makes way', async () => {
    await second.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('app', 3);
          request.onupgradeneeded = () => request.result.createObjectStore('of the app');
          request.onsuccess = () => {
            Object.assign(globalThis, { database: request.result });
            resolve();
          };
        }),
    );
    const use = () =>
      page.evaluate(async () => {
        const storage = globalThis.indexedDBStorage({ databaseName: 'app', storeName: 'models' });
        const outcome = await storage.setItem('k', 'value').catch((error: Error) => error.message);
        return outcome ?? storage.getItem('k');
      });
    expect(await use()).toContain('another page keeps the database "app" open');
    await second.evaluate(() => (globalThis as unknown as { database: IDBDatabase }).database.close());
    await expect.poll(use).toBe('value');
    const stores = await second.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const request = indexedDB.open('app');
          request.onsuccess = () => {
            resolve([...request.result.objectStoreNames]);
            request.result.close();
          };
        }),
    );
    expect(stores).toEqual(['models', 'of the app']);
  });

  it('lets storages with stores of their own share a new database', async () => {
    const values = await page.evaluate(async () => {
      const names = ['a', 'b', 'c', 'd'];
      const storages = names.map((storeName) =>
        globalThis.indexedDBStorage({ databaseName: 'new', storeName }),
      );
      await Promise.all(storages.map((storage, index) => storage.setItem('k', names[index] ?? '')));
      return Promise.all(storages.map((storage) => storage.getItem('k')));
    });
    expect(values).toEqual(['a', 'b', 'c', 'd']);
  });

  it('hands on that the disk is full', async () => {
    const storage = storageOf(page, 'indexedDB');
    const session = await context.newCDPSession(page);
    await storage.setItem('k', 'small');
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await expect(storage.setItem('k', 'v'.repeat(1024 * 1024))).rejects.toThrow('QuotaExceededError');
    expect(await storage.getItem('k')).toBe('small');
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await storage.setItem('k', 'v'.repeat(1024 * 1024));
  });

  it('says why where the browser refuses', async () => {
    const message = await page.evaluate(
      (code) =>
        new Promise<unknown>((resolve) => {
          const frame = document.createElement('iframe');
          frame.sandbox.add('allow-scripts');
          frame.srcdoc = `<script>${code}; indexedDBStorage().getItem('k').catch((error) => parent.postMessage(error.message, '*'))</script>`;
          addEventListener('message', ({ data }) => resolve(data), { once: true });
          document.body.append(frame);
        }),
      script,
    );
    expect(message).toMatch(/^IndexedDB could not be opened: .+ use another storage there/);
  });
});

conforms('workersKvStorage in two Workers of workerd', {
  async open() {
    const worker = await bundle(
      `import { workersKvStorage } from '../../src/storage/workers-kv.ts';
       import { answer } from './remote.ts';
       export default {
         async fetch(request, env) {
           const { searchParams } = new URL(request.url);
           const expirationTtlSeconds = Number(searchParams.get('ttl') ?? 0) || undefined;
           return new Response(await answer(workersKvStorage(env.MODELS, { expirationTtlSeconds }), await request.text()));
         },
       };`,
      { platform: 'neutral', format: 'esm' },
    );
    const options = {
      modules: true,
      script: worker,
      compatibilityDate: '2025-09-01',
      kvNamespaces: { MODELS: 'models' },
    };
    const miniflare = new Miniflare({
      workers: [
        { name: 'one', ...options },
        { name: 'other', ...options },
      ],
    });
    await miniflare.ready;
    const storageIn = async (name: string) => {
      const { fetch } = await miniflare.getWorker(name);
      return remoteStorage(async (body) => (await fetch('http://worker/', { method: 'POST', body })).text());
    };
    return {
      storage: await storageIn('one'),
      other: await storageIn('other'),
      close: () => miniflare.dispose(),
    };
  },
  lacks: { 'lone surrogates': 'KV keeps UTF-8' },
});
