import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UseConverseResult } from 'bedrock-anywhere/react';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.mjs';
import { clientOf } from '../../../scripts/clients/install.mjs';
import type { LocalServer, LocalServerOptions } from '../../../src/local/node.js';
import { App } from '../app.js';
import { NOVA, startBedrock } from '../clients/bedrock.js';
import { startSite } from './site.js';

const PATIENCE = 60_000;
const LONG = 'word '.repeat(500);

/** What the page offers. */
interface Globals {
  chat: UseConverseResult;
  unmount(): void;
  read(): { commits: number; mistakes: string[]; html: string };
  frames: (() => void)[];
}

/** The programs of this folder, next to React and the built package. */
function makeApp(client: string): App {
  const app = new App(clientOf(client).folder);
  cpSync(fileURLToPath(new URL('programs', import.meta.url)), app.folder, { recursive: true });
  app.link();
  return app;
}

/** The page's script, as the bundler of a page writes it for developers: React is strict only there. */
async function bundlePage(client: string): Promise<string> {
  using app = makeApp(client);
  const { outputFiles } = await build({
    entryPoints: [join(app.folder, 'page.mjs')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // The linked package is to find the React of the page, as an installed one does.
    preserveSymlinks: true,
    define: { 'process.env.NODE_ENV': '"development"' },
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** The chat as a server renders it. */
function renderOnServer(client: string, initialMessages: string): string {
  using app = makeApp(client);
  const args = [
    '--preserve-symlinks',
    '--preserve-symlinks-main',
    join(app.folder, 'server.mjs'),
    initialMessages,
  ];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe.each(['react-18', 'react-19'])('useConverse() in strict mode of %s', (client) => {
  let script: string;
  beforeAll(async () => {
    script = await bundlePage(client);
  });

  interface Chat {
    bedrock: LocalServer;
    /** Calls functions of the hook, or of the page. */
    run(action: (globals: Globals) => unknown): Promise<unknown>;
    read(): Promise<ReturnType<Globals['read']>>;
    /** Waits until the page shows this. */
    shows(html: string | RegExp): Promise<void>;
    operations(): (string | undefined)[];
  }

  /** Opens the page with a local Bedrock. */
  async function openChat(
    options: LocalServerOptions,
    query: Record<string, string> = {},
    { html = '', prepare }: { html?: string; prepare?(page: Page): Promise<void> } = {},
  ): Promise<Chat> {
    const bedrock = await startBedrock(options);
    const { url, region, identityPoolId: pool, guestRoleArn, credentials } = bedrock;
    const site = await startSite(html, script, { endpoint: url, region, credentials, maxAttempts: 1 });
    const page = await browser.newPage();
    onTestFinished(async () => {
      await page.close();
      site.close();
    });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    onTestFinished(() => expect(complaints).toEqual([]));
    await prepare?.(page);
    const all = { endpoint: url, region, pool, role: guestRoleArn, modelId: NOVA, ...query };
    await page.goto(`${site.origin}/?${new URLSearchParams(all)}`);
    await page.waitForFunction(() => 'chat' in globalThis, undefined, { timeout: PATIENCE });
    const read = () => page.evaluate(() => (globalThis as unknown as Globals).read());
    return {
      bedrock,
      read,
      run: (action) => page.evaluate(`(${action})(globalThis)`),
      shows: (expected) =>
        vi.waitFor(async () => {
          const { html, mistakes } = await read();
          expect(mistakes).toEqual([]);
          if (typeof expected === 'string') expect(html).toBe(expected);
          else expect(html).toMatch(expected);
        }, PATIENCE),
      operations: () => bedrock.requests.map(({ operation }) => operation),
    };
  }

  it('sends one request, as a guest of a Cognito pool, and shows the answer', async () => {
    const { run, shows, operations } = await openChat({ script: [{ user: 'ping', text: 'pong' }] });
    await shows('<main data-status="ready"></main>');
    await run(({ chat }) => chat.send('ping'));
    await shows(
      '<main data-status="ready"><p data-kind="prompt">ping</p><p data-kind="answer">pong</p></main>',
    );
    expect(operations()).toEqual(['GetId', 'GetOpenIdToken', 'AssumeRoleWithWebIdentity', 'ConverseStream']);
  });

  it('sends one request for an effect that React runs twice', async () => {
    const { shows, operations } = await openChat(
      { script: [{ user: 'ping', text: 'pong' }] },
      { greeting: 'ping', route: '1' },
    );
    await shows(
      '<main data-status="ready"><p data-kind="prompt">ping</p><p data-kind="answer">pong</p></main>',
    );
    expect(operations()).toEqual(['ConverseStream']);
  });

  it('reads a route, shows its failure, and retries', async () => {
    const { run, shows } = await openChat(
      { script: [{ user: 'ping', text: 'pong' }], faults: ['status=429'] },
      { route: '1' },
    );
    await run(({ chat }) => chat.send('ping'));
    await shows(
      '<main data-status="error"><p data-kind="prompt">ping</p><strong>ERR_THROTTLED</strong></main>',
    );
    await run(({ chat }) => chat.retry());
    await shows(
      '<main data-status="ready"><p data-kind="prompt">ping</p><p data-kind="answer">pong</p></main>',
    );
  });

  it("runs the page's tools", async () => {
    const { run, shows } = await openChat(
      {
        script: [
          { user: 'Where', toolUse: { name: 'get_title' } },
          { toolResult: 'A page', text: 'Here.' },
        ],
      },
      { tools: '1' },
    );
    await run(({ chat }) => chat.send('Where am I?'));
    await shows(
      '<main data-status="ready"><p data-kind="prompt">Where am I?</p><p data-kind="answer">get_title</p>' +
        '<p data-kind="toolResults">A page</p><p data-kind="answer">Here.</p></main>',
    );
  });

  it.each([
    ['Bedrock', {}],
    ['a route', { route: '1' }],
  ])(
    'keeps what had arrived from %s at a stop, closes the connection, and sends an edited prompt',
    async (_way, query) => {
      const { bedrock, run, shows } = await openChat(
        {
          script: [
            { user: 'long', text: LONG },
            { user: 'ping', text: 'pong' },
          ],
          faults: ['stall=9'],
        },
        query,
      );
      await run(({ chat }) => void chat.send('long'));
      await shows(/data-status="streaming".*>word word/);
      await run(({ chat }) => chat.stop());
      await vi.waitFor(() => expect(bedrock.liveConnections()).toBe(0), PATIENCE);
      await shows(
        /^<main data-status="ready"><p data-kind="prompt">long<\/p><p data-kind="answer">word word/,
      );
      await run(({ chat }) => chat.edit(chat.messages[0]?.id ?? '', 'ping'));
      await shows(
        '<main data-status="ready"><p data-kind="prompt">ping</p><p data-kind="answer">pong</p></main>',
      );
    },
  );

  it('closes the connection when the component unmounts', async () => {
    const { bedrock, run, shows, read } = await openChat(
      { script: [{ text: LONG }], faults: ['stall=9'] },
      { route: '1' },
    );
    await run(({ chat }) => void chat.send('long'));
    await shows(/data-status="streaming".*>word word/);
    expect(bedrock.liveConnections()).toBe(1);
    await run(({ unmount }) => unmount());
    await vi.waitFor(() => expect(bedrock.liveConnections()).toBe(0), PATIENCE);
    expect((await read()).html).toBe('');
  });

  it('renders once per frame while an answer arrives', async () => {
    const { run, shows, read } = await openChat(
      { script: [{ text: LONG }], faults: ['stall=100'] },
      { route: '1' },
      {
        prepare: async (page) => {
          await page.addInitScript(() => {
            const globals = globalThis as unknown as Omit<typeof globalThis, 'frames'> & Globals;
            globals.frames = [];
            globals.requestAnimationFrame = (draw) => globals.frames.push(() => draw(0));
          });
        },
      },
    );
    await run(({ chat }) => void chat.send('long'));
    await shows(/data-status="submitted"/);
    const before = (await read()).commits;
    let drawn = 0;
    let text = '';
    while (!/(word ){50}/.test(text)) {
      drawn += Number(
        await run(({ frames }) => {
          const due = frames.splice(0);
          for (const draw of due) draw();
          return due.length;
        }),
      );
      const { commits, html } = await read();
      expect(commits - before).toBeLessThanOrEqual(drawn);
      text = html;
    }
    await run(({ chat }) => chat.stop());
    await shows(/data-status="ready"/);
    expect((await read()).commits - before).toBeLessThanOrEqual(drawn + 1);
  });

  it('takes over what a server has rendered', async () => {
    const initial = JSON.stringify([
      { role: 'user', content: 'ping' },
      { role: 'assistant', content: [{ text: 'pong' }] },
    ]);
    const html = renderOnServer(client, initial);
    expect(html).toBe(
      '<main data-status="ready"><p data-kind="prompt">ping</p><p data-kind="answer">pong</p></main>',
    );
    const { run, shows } = await openChat(
      { script: [{ user: 'more', text: 'and on' }] },
      { initial, route: '1' },
      { html },
    );
    await shows(html);
    await run(({ chat }) => chat.send('more'));
    await shows(/<p data-kind="prompt">more<\/p><p data-kind="answer">and on<\/p><\/main>$/);
  });
});
