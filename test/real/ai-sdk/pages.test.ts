import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.mjs';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { serveSite } from '../../built/pages.js';
import { App } from '../app.js';
import { startBedrock } from '../clients/bedrock.js';

/** A program with the packages of a client and the built package, as the bundler of a page or worker writes it. */
async function bundleProgram(client: string, program: string, conditions?: string[]): Promise<string> {
  using app = new App(clientOf(client).folder);
  app.link();
  const source = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: readFileSync(source, 'utf8'), resolveDir: app.folder, sourcefile: program },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    ...(conditions && { conditions }),
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** What the page offers. */
interface Chat {
  ask(text: string): void;
  stop(): void;
  read(): { status: string; error?: string; texts: [role: string, text: string][] };
}

describe('the AI SDK with bedrock-anywhere/ai-sdk', () => {
  it('answers a chat in a page of Chromium, as a guest of a Cognito pool, and stops when it is told to', async () => {
    const bedrock = await startBedrock({
      script: [
        { user: 'ping', text: 'pong, and so on' },
        { user: 'long', text: 'word '.repeat(500) },
      ],
      faults: ['', 'stall=9'],
    });
    const site = await serveSite({
      '/': [
        'text/html',
        '<!doctype html><title>chat</title><body></body><script type="module" src="/page.js"></script>',
      ],
      '/page.js': ['text/javascript', await bundleProgram('ai-react', 'page.mjs')],
    });
    const browser = await launchChromium();
    onTestFinished(async () => {
      await browser.close();
      site.close();
    });
    const page = await browser.newPage();
    const { url, region, identityPoolId, guestRoleArn } = bedrock;
    const query = new URLSearchParams({ endpoint: url, region, pool: identityPoolId, role: guestRoleArn });
    await page.goto(`${site.origin}/?${query}`);
    const read = () => page.evaluate(() => (globalThis as unknown as { chat?: Chat }).chat?.read());
    await vi.waitFor(async () => expect(await read()).toMatchObject({ status: 'ready' }), 60_000);
    await page.evaluate(() => (globalThis as unknown as { chat: Chat }).chat.ask('ping'));
    await vi.waitFor(
      async () =>
        expect(await read()).toEqual({
          status: 'ready',
          texts: [
            ['user', 'ping'],
            ['assistant', 'pong, and so on'],
          ],
        }),
      60_000,
    );
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual([
      'GetId',
      'GetOpenIdToken',
      'AssumeRoleWithWebIdentity',
      'ConverseStream',
    ]);
    await page.evaluate(() => (globalThis as unknown as { chat: Chat }).chat.ask('long'));
    await vi.waitFor(async () => expect((await read())?.texts[3]?.[1]).toMatch(/^word word/), 60_000);
    await page.evaluate(() => (globalThis as unknown as { chat: Chat }).chat.stop());
    await vi.waitFor(() => expect(bedrock.liveConnections()).toBe(0), 60_000);
    expect(await read()).toMatchObject({ status: 'ready' });
  });

  it('streams text from a Worker in workerd', async () => {
    const bedrock = await startBedrock({ script: [{ user: 'ping', text: 'pong, and so on' }] });
    const worker = new Miniflare({
      modules: true,
      script: await bundleProgram('ai-7', 'worker.mjs', ['workerd', 'worker', 'browser']),
      compatibilityDate: '2026-04-01',
      bindings: { endpoint: bedrock.url, region: bedrock.region, apiKey: bedrock.apiKey },
    });
    onTestFinished(() => worker.dispose());
    const response = await worker.dispatchFetch('http://worker.test/', {
      method: 'POST',
      body: JSON.stringify({ prompt: 'ping' }),
    });
    expect(await response.text()).toBe('pong, and so on');
    expect(bedrock.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['ConverseStream', 200],
    ]);
  });
});
