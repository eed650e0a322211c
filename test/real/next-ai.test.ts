import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { clientOf, findNodeFor } from '../../scripts/clients/install.mjs';
import { nextCommand, nextFolders } from '../../scripts/next/install.mjs';
import { App } from './app.js';
import { configureNext, environmentOf } from './next-app.js';
import { Program } from './program.js';

/** The files of the app. */
const FILES = {
  'page.tsx': 'app/page.tsx',
  'layout.tsx': 'app/layout.tsx',
  'route.ts': 'app/api/node/route.ts',
  'edge-route.ts': 'app/api/edge/route.ts',
};

/** The client that it uses, with its exact versions. */
const PACKAGES = Object.entries(clientOf('ai-react').packages)
  .filter(([name]) => !name.startsWith('react'))
  .map(([name, version]) => `${name}@${version}`);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each(Object.entries(nextFolders))('the AI SDK in Next.js %s', (_version, folder) => {
  let app: App | undefined;
  let bedrock: LocalServer;
  let next: Program | undefined;
  let url: string;

  beforeAll(async () => {
    bedrock = await startLocalBedrock({
      tokensPerSecond: 50,
      script: [
        { toolResult: 'sunny', text: 'It is sunny in Bern.' },
        { user: 'weather', text: 'I look.', toolUse: { name: 'weather', input: { city: 'Bern' } } },
        { user: 'go on', text: 'word '.repeat(100_000) },
        { user: 'break', error: { name: 'modelStreamErrorException', afterEvents: 3 } },
        { user: 'deny', error: 'AccessDeniedException' },
      ],
    });
    app = new App(folder);
    for (const [from, to] of Object.entries(FILES))
      app.copy(fileURLToPath(new URL(`ai-sdk/programs/next/${from}`, import.meta.url)), to);
    configureNext(app, folder);
    app.install(inject('tarball'), ...PACKAGES);
    const args = [nextCommand(folder), 'dev', '--hostname', '127.0.0.1', '--port', '0'];
    next = new Program(await findNodeFor('ai-react'), args, app.folder, environmentOf(bedrock));
    url = await next.waitFor(/Local: +(http:\S+)/);
  });
  afterAll(async () => {
    await next?.[Symbol.asyncDispose]();
    app?.[Symbol.dispose]();
    await bedrock?.close();
  });

  describe.each(['node', 'edge'])('a route in the runtime %s, with useChat()', (runtime) => {
    async function open() {
      const page = await browser.newPage();
      // The page is compiled when it is first requested.
      page.setDefaultTimeout(300_000);
      await page.goto(`${url}/?/api/${runtime}`);
      await expect.poll(() => page.textContent('output'), { timeout: 120_000 }).toBe('ready');
      return page;
    }

    async function send(page: Page, text: string): Promise<void> {
      await page.fill('input', text);
      await page.click('text=Send');
    }

    const last = (page: Page) => page.textContent('p:last-of-type');
    /** A route is compiled when it is first requested. */
    const patience = { timeout: 120_000 };

    it('runs a tool and answers', async () => {
      const page = await open();
      await send(page, 'How is the weather?');
      await expect.poll(() => last(page), patience).toBe('I look.output-availableIt is sunny in Bern.');
      await expect.poll(() => page.textContent('output')).toBe('ready');
      await page.close();
    });

    it('shows text while the answer goes on, and ends the call to Bedrock when it is stopped', async () => {
      const others = bedrock.liveConnections();
      const page = await open();
      await send(page, 'go on');
      await expect.poll(() => last(page), patience).toMatch(/^word word word/);
      expect(bedrock.liveConnections()).toBe(others + 1);
      await page.click('text=Stop');
      await expect.poll(() => bedrock.liveConnections(), patience).toBe(others);
      await page.close();
    });

    it.each([
      ['a call that is denied', 'deny', /AI_APICallError: User is not authorized to perform this action\./],
      ['a stream that breaks off', 'break', /AI_APICallError: The system encountered an unexpected error/],
    ])('shows %s as an error', async (_what, text, message) => {
      const page = await open();
      await send(page, text);
      await expect.poll(() => page.textContent('em'), patience).toMatch(message);
      expect(await page.textContent('output')).toBe('error');
      await page.close();
    });
  });
});
