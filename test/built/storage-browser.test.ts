import { afterAll, beforeAll, describe } from 'vitest';
import { startChromium, storageOf } from '../storage/chromium.js';
import { conforms } from '../storage/conformance.js';

let chromium: Awaited<ReturnType<typeof startChromium>>;
beforeAll(async () => {
  chromium = await startChromium();
});
afterAll(() => chromium?.close());

describe.each([
  ['indexedDBStorage, in two pages', 'indexedDB', {}],
  ['localStorage, in two pages', 'localStorage', {}],
  ['sessionStorage', 'sessionStorage', { shared: 'each page has one of its own' }],
])('Chromium', (title, name, lacks) => {
  conforms(title, {
    async open() {
      const context = await chromium.browser.newContext();
      const [page, second] = [await chromium.openPage(context), await chromium.openPage(context)];
      return {
        storage: storageOf(page, name),
        ...('shared' in lacks ? {} : { other: storageOf(second, name) }),
        close: () => context.close(),
      };
    },
    lacks,
  });
});
