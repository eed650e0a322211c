import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import type { Setup } from './pi-scenario.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** As an app's bundler makes it; the paths of tsconfig.json would lead to the sources. */
const forBrowsers: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  tsconfigRaw: {},
  logLevel: 'silent',
};

/** Runs the scenario in the page. */
type Run = (setup: Setup) => Promise<unknown>;

const PAGE = '<!doctype html><title>pi</title><script type="module" src="/page.js"></script>';

let files: Map<string, Uint8Array>;
let local: Awaited<ReturnType<typeof startLocalBedrock>>;
let pages: Server;

beforeAll(async () => {
  const { outputFiles } = await build({
    ...forBrowsers,
    entryPoints: { page: `${here}pi-scenario.ts` },
    outdir: here,
    write: false,
    // pi-ai's other providers load when they are first used: in files of their own they cost a page nothing.
    splitting: true,
    // Mistral's client names it and does without; its file is never loaded here.
    external: ['@opentelemetry/api'],
  });
  files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  local = await startLocalBedrock({
    script: [
      { user: 'ping', reasoning: { text: 'Easy.' }, text: 'pong' },
      { user: 'long', text: 'word '.repeat(50_000) },
    ],
  });
  pages = createServer(({ url = '/' }, response) => {
    const file = files.get(url.slice(1));
    const type = file === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'content-type': type }).end(file ?? PAGE);
  }).listen(0, '127.0.0.1');
});
afterAll(async () => {
  pages.close();
  await local.close();
});

describe('pi-ai with our provider, built for browsers', () => {
  it('streams in Chromium, across origins, with credentials of Cognito', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}/`);
      const { url, region, identityPoolId, guestRoleArn } = local;
      const setup: Setup = { url, region, identityPoolId, guestRoleArn };
      await page.waitForFunction('globalThis.run !== undefined');
      const result = await page.evaluate(
        (given) => (globalThis as unknown as { run: Run }).run(given),
        setup,
      );
      expect(result).toEqual({
        types: [
          'start',
          'thinking_start',
          'thinking_delta',
          'thinking_end',
          'text_start',
          'text_delta',
          'text_end',
          'done',
        ],
        content: [
          { type: 'thinking', thinking: 'Easy.', thinkingSignature: expect.any(String) },
          { type: 'text', text: 'pong' },
        ],
        stopReason: 'stop',
        paid: true,
        left: 'aborted',
        failure: 'ERR_INPUT',
      });
      await expect.poll(() => local.liveConnections()).toBe(0);
    } finally {
      await browser.close();
    }
    const statuses = local.requests.filter(({ operation }) => operation === 'ConverseStream');
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 400]);
  });

  it('needs nothing of pi and nothing of AWS', async () => {
    const { metafile } = await build({
      ...forBrowsers,
      stdin: { contents: "export * from 'bedrock-anywhere/pi';", resolveDir: here, sourcefile: 'app.js' },
      minify: true,
      metafile: true,
      write: false,
    });
    const files = Object.keys(metafile?.inputs ?? {});
    expect(files.filter((file) => !/\bdist\/|app\.js$/.test(file))).toEqual([]);
    const [output] = Object.values(metafile?.outputs ?? {});
    const own = Object.entries(output?.inputs ?? {}).find(([file]) => file.endsWith('dist/pi.js'));
    expect(own?.[1].bytesInOutput).toBeLessThan(33_000);
  });
});
