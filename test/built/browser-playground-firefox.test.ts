import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { servePage } from '../../examples/browser/serve.mjs';
import { lacksFirefox, launchFirefox } from './firefox.js';
import { asGuest } from './playground-page.js';

const title = lacksFirefox
  ? 'the playground in Firefox, which is not installed'
  : 'the playground in Firefox';

describe.skipIf(lacksFirefox)(title, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchFirefox();
  });
  afterAll(() => browser?.close());

  async function open(connection?: Parameters<typeof servePage>[0]['connection']): Promise<Page> {
    const { url, server } = await servePage({ connection });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    onTestFinished(async () => {
      await page.close();
      server.closeAllConnections();
      server.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(url);
    await page.waitForSelector('.connection[data-state=ready]', { timeout: 120_000 });
    return page;
  }
  async function ask(page: Page, question: string): Promise<void> {
    await page.type('#message', question);
    await page.keyboard.press('Enter');
  }
  const done = (page: Page, state = 'done') =>
    page.waitForSelector(`.answer[data-state=${state}]`, { timeout: 120_000 });
  const textOf = (page: Page, selector: string) =>
    page.$eval(selector, (element) => element.textContent ?? '');

  it('answers without any set-up', async () => {
    const page = await open();
    await (await page.waitForSelector('.suggestion'))?.click();
    await done(page);
    expect(await textOf(page, '.answer table')).toContain('Model menu');
    expect(await textOf(page, '.tok-keyword')).toBe('import');
  });

  it('stops an answer as a guest of an identity pool, and tries again', async () => {
    const local = await startLocalBedrock({
      script: [
        // Far more than the page can read before it is stopped: a fault could meet one of the lists instead.
        { user: 'ping', text: 'pong '.repeat(200_000), once: true },
        { user: 'ping', text: 'pong '.repeat(500) },
      ],
    });
    onTestFinished(() => local.close());
    const page = await open(asGuest(local));
    await ask(page, 'ping');
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent?.includes('pong pong'));
    await page.keyboard.press('Escape');
    await done(page, 'stopped');
    await expect.poll(() => local.liveConnections()).toBe(0);
    await page.$$eval('.answer .actions button', (buttons) => buttons.at(-1)?.click());
    await done(page);
    expect((await textOf(page, '.answer .prose')).trim()).toBe('pong '.repeat(500).trim());
  });

  it('shows the conversation again after a reload', async () => {
    const page = await open();
    await ask(page, 'Plan a weekend in Bern.');
    await done(page);
    await page.reload();
    await page.waitForSelector('.answer', { timeout: 120_000 });
    expect(await textOf(page, '.answer')).toContain('Three days');
  });
});
