/**
 * The examples that need no framework, each from an empty folder with the packed package, as examples/README.md says. `next`,
 * `wrangler` and `test/openclaw/run` do the same for the others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { apiKeyExpiration, createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { ROOT } from '../page-blocks.js';
import { EmptyFolder } from './empty-folder.js';
import { Program } from './program.js';
import { ACCESS_TOKEN } from './streaming.js';

const { devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  devDependencies: { esbuild: string };
};
const ESBUILD = `esbuild@${devDependencies.esbuild}`;

let app: EmptyFolder;
beforeEach(() => {
  app = new EmptyFolder();
});
afterEach(() => app[Symbol.dispose]());

it('node: a conversation with the local Bedrock', async () => {
  app.copyExample('node', '.');
  app.install(inject('tarball'));
  await using chat = new Program(process.execPath, ['chat.mjs', 'Will it rain in Bern?'], app.folder);
  await chat.complete();
  for (const part of [
    'Local Bedrock at http://127.0.0.1:',
    'Will it rain in Bern?',
    'get_weather',
    'end_turn',
  ])
    expect(chat.log).toContain(part);
});

it('browser: a page that chats with the local Bedrock', async () => {
  app.copyExample('browser', '.');
  app.install(inject('tarball'));
  await using server = new Program(process.execPath, ['serve.mjs'], app.folder, { PORT: '0' });
  const url = await server.waitFor(/Open (http:\S+)/);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(url);
    await page.locator('.connection[data-state=ready]').waitFor();
    const message = page.getByRole('textbox', { name: 'Your message' });
    await message.fill('Why is the sky blue?');
    await message.press('Enter');
    await page.locator('.answer[data-state=done]').waitFor();
    expect(await page.textContent('.answer .prose')).toContain('Hello from the local Bedrock');
  } finally {
    await browser.close();
  }
});

describe('edge-key', () => {
  let local: LocalServer;
  beforeEach(async () => {
    local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
  });
  afterEach(() => local.close());

  it('a server that gives its page a key, and the page in a bundle', async () => {
    app.copyExample('edge-key', '.');
    app.install(inject('tarball'), ESBUILD);
    const bundle = [
      '--bundle',
      '--format=esm',
      '--platform=browser',
      '--outdir=out',
      '--out-extension:.js=.mjs',
    ];
    const esbuild = join(app.folder, 'node_modules/esbuild/bin/esbuild');
    await using build = new Program(esbuild, ['server.ts', 'page.ts', ...bundle], app.folder);
    await build.complete();
    expect(build.log).not.toContain('warning');
    const file = pathToFileURL(join(app.folder, 'out/server.mjs')).href;
    const { default: server } = (await import(/* @vite-ignore */ file)) as {
      default: { fetch(request: Request, env: Record<string, string>): Promise<Response> };
    };
    const env = {
      ACCESS_TOKENS: ACCESS_TOKEN,
      AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
      AWS_REGION: local.region,
    };
    const headers = { authorization: `Bearer ${ACCESS_TOKEN}` };
    const request = new Request('https://app.example/bedrock-key', { method: 'POST', headers });
    const key = await (await server.fetch(request, env)).text();
    expect(apiKeyExpiration(key)).toBeInstanceOf(Date);
    const bedrock = createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: fromBearerToken(key),
    });
    const { text } = await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' });
    expect(text).toBe('pong');
  });
});
