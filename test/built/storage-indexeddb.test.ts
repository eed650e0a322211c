import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InPage, startChromium, storageOf } from '../storage/chromium.js';

/** The global object of a page. */
declare const window: InPage & {
  database: IDBDatabase;
  app?: ReturnType<InPage['indexedDBStorage']>;
  enough: boolean;
  /** How many writes have begun. */
  begun: number;
};

describe('indexedDBStorage in Chromium', () => {
  let chromium: Awaited<ReturnType<typeof startChromium>>;
  let context: BrowserContext;
  let page: Page;
  let second: Page;
  beforeAll(async () => {
    chromium = await startChromium();
    context = await chromium.browser.newContext();
    [page, second] = [await chromium.openPage(context), await chromium.openPage(context)];
  });
  afterAll(() => chromium?.close());

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
    expect(await second.evaluate(remove, 'bedrock-anywhere')).toBe('deleted');
    expect(await storage.getItem('k')).toBeNull();
    await storage.setItem('k', 'new');
    expect(await storage.getItem('k')).toBe('new');
  });

  it('opens again when the browser closes the connection, at any moment', async () => {
    const storage = storageOf(page, 'indexedDB');
    const session = await context.newCDPSession(page);
    const writing = page.evaluate(async () => {
      const storage = window.indexedDBStorage();
      const calls: Promise<string | undefined>[] = [];
      while (!window.enough) {
        const call = storage.setItem(`k${calls.length}`, 'value');
        calls.push(call.then(() => undefined, String));
        window.begun = calls.length;
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      return (await Promise.all(calls)).filter((failure) => failure !== undefined);
    });
    for (let round = 0; round < 6; round++) {
      await storage.setItem('between', 'value');
      const begun = await page.evaluate(() => window.begun);
      await page.waitForFunction((before) => window.begun >= before + 5, begun);
      await session.send('Storage.clearDataForOrigin', {
        origin: chromium.origin,
        storageTypes: 'indexeddb',
      });
    }
    await page.evaluate(() => {
      window.enough = true;
    });
    expect(await writing).toEqual([]);
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
            window.database = request.result;
            resolve();
          };
        }),
    );
    const use = () =>
      page.evaluate(async () => {
        const storage = (window.app ??= window.indexedDBStorage({
          databaseName: 'app',
          storeName: 'models',
        }));
        const outcome = await storage.setItem('k', 'value').catch((error: Error) => error.message);
        return outcome ?? storage.getItem('k');
      });
    expect(await use()).toContain('another page keeps the database "app" open');
    await second.evaluate(() => window.database.close());
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
    expect(await second.evaluate(remove, 'app')).toBe('deleted');
  });

  it('goes on when another page is faster to change the database', async () => {
    const value = await page.evaluate(async () => {
      await window.indexedDBStorage({ databaseName: 'raced', storeName: 'first' }).setItem('k', 'value');
      const open = (name: string, version?: number) => {
        if (version === 2) {
          const faster = indexedDB.open(name, 7);
          faster.onsuccess = () => faster.result.close();
        }
        return indexedDB.open(name, version);
      };
      const storage = window.indexedDBStorage({
        databaseName: 'raced',
        storeName: 'second',
        indexedDB: { open } as IDBFactory,
      });
      await storage.setItem('k', 'value');
      return storage.getItem('k');
    });
    expect(value).toBe('value');
  });

  it('lets storages with stores of their own share a new database', async () => {
    const values = await page.evaluate(async () => {
      const names = ['a', 'b', 'c', 'd'];
      const storages = names.map((storeName) => window.indexedDBStorage({ databaseName: 'new', storeName }));
      await Promise.all(storages.map((storage, index) => storage.setItem('k', names[index] ?? '')));
      return Promise.all(storages.map((storage) => storage.getItem('k')));
    });
    expect(values).toEqual(['a', 'b', 'c', 'd']);
  });

  it('hands on that the disk is full', async () => {
    const small = await chromium.browser.newContext();
    const crowded = await chromium.openPage(small);
    const session = await small.newCDPSession(crowded);
    await session.send('Storage.overrideQuotaForOrigin', { origin: chromium.origin, quotaSize: 100_000 });
    const storage = storageOf(crowded, 'indexedDB');
    await storage.setItem('k', 'small');
    await expect(storage.setItem('k', 'v'.repeat(1024 * 1024))).rejects.toThrow('QuotaExceededError');
    expect(await storage.getItem('k')).toBe('small');
    await storage.setItem('k', 'smaller');
    expect(await storage.getItem('k')).toBe('smaller');
    await small.close();
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
      chromium.script,
    );
    expect(message).toMatch(/^IndexedDB could not be opened: .+ use another storage there/);
  });
});

/** Runs in a page: says whether another page stands in the way. */
function remove(database: string): Promise<string> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(database);
    request.onblocked = () => resolve('blocked');
    request.onsuccess = () => resolve('deleted');
  });
}
