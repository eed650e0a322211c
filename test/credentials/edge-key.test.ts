import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiKeyExpiration } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { type BuildOptions, build } from 'esbuild';
import { Miniflare, Response as WorkerResponse } from 'miniflare';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';

const token = 'the-token-of-the-only-caller-there-is';
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}examples/edge-key/`;

/** A program with all it needs: a file of the example, or code. */
async function bundle(from: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<string> {
  const { outputFiles } = await build({
    ...from,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** The example of docs/credentials.md for a page, unchanged, and a function that calls what it has created. */
function programOfDocs(): Pick<BuildOptions, 'stdin'> {
  const text = readFileSync(`${root}docs/credentials.md`, 'utf8');
  const [, code = ''] = /```ts\n((?:(?!```)[\s\S])*'\/bedrock-key'[\s\S]*?)```/.exec(text) ?? [];
  expect(code).toContain('const bedrock = createBedrock(');
  const ask = `globalThis.ask = (prompt) => bedrock.stream({ modelId: 'amazon.nova-lite-v1:0', prompt }).text();`;
  return { stdin: { contents: `${code}\n${ask}`, loader: 'ts', resolveDir: root } };
}

describe('the example edge-key', () => {
  let local: LocalServer;
  let worker: Miniflare;
  let browser: Browser;
  let origin: string;
  let page: string;

  beforeAll(async () => {
    // The region that docs/credentials.md names.
    local = await startLocalBedrock({
      region: 'eu-central-1',
      script: [{ user: 'ping', text: 'pong pong pong' }],
    });
    const [server, ofDocs] = await Promise.all([
      bundle({ entryPoints: [`${folder}server.ts`] }),
      bundle(programOfDocs()),
    ]);
    page = await bundle({ entryPoints: [`${folder}page.ts`] });
    const html = readFileSync(`${folder}index.html`, 'utf8');
    const files: Record<string, [type: string, text: string]> = {
      '/': [
        'text/html',
        html.replace('<html', `<html data-endpoint="${local.url}"`).replace('us-east-1', local.region),
      ],
      '/docs.html': ['text/html', '<!doctype html><script type="module" src="/docs.js"></script>'],
      '/docs.js': ['text/javascript', ofDocs],
      '/page.js': ['text/javascript', page],
    };
    worker = new Miniflare({
      modules: true,
      script: server,
      compatibilityDate: '2025-09-01',
      bindings: {
        ACCESS_TOKENS: token,
        AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
        AWS_REGION: local.region,
      },
      serviceBindings: {
        ASSETS: (request: { url: string }) => {
          const [type, text] = files[new URL(request.url).pathname] ?? [];
          return type === undefined
            ? new WorkerResponse('', { status: 404 })
            : new WorkerResponse(text, { headers: { 'content-type': type } });
        },
      },
    });
    origin = (await worker.ready).origin;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.dispose();
    await local?.close();
  });

  it('streams in a page with the key that its server makes for a token, once', async () => {
    const tab = await browser.newPage();
    let asked = 0;
    tab.on('request', (request) => {
      if (request.url().endsWith('/bedrock-key')) asked += 1;
    });
    await tab.goto(`${origin}/`);
    await tab.fill('input[name=token]', 'a guess');
    await tab.fill('input[name=prompt]', 'ping');
    await tab.click('button');
    await tab.waitForSelector('output[data-state=failed]');
    expect(await tab.textContent('output')).toMatch(/The server sent no key \(401\)/);
    await tab.fill('input[name=token]', token);
    for (let turn = 0; turn < 2; turn++) {
      await tab.fill('input[name=prompt]', 'ping');
      await tab.click('button');
      await tab.waitForSelector('output[data-state=done]');
      expect(await tab.textContent('output')).toBe('pong pong pong');
    }
    const sent = local.requests.filter(({ operation }) => operation === 'ConverseStream');
    expect(sent.map(({ status, headers }) => `${status} ${headers['authorization']}`)).toEqual([
      '200 Bearer …',
      '200 Bearer …',
    ]);
    expect(asked).toBe(2);
    expect(page + (await tab.content())).not.toContain(local.credentials.secretAccessKey);
  });

  it('gives a key to the page in the docs, and says there why it gives none', async () => {
    const tab = await browser.newPage();
    // The page calls AWS; the local Bedrock answers in its place.
    await tab.route('https://bedrock-runtime.eu-central-1.amazonaws.com/**', async (route) => {
      const url = route
        .request()
        .url()
        .replace(/^https:\/\/[^/]+/, local.url);
      await route.fulfill({ response: await route.fetch({ url }) });
    });
    await tab.goto(`${origin}/docs.html`);
    const askWith = (accessToken: string) =>
      tab.evaluate(async (given) => {
        Object.assign(globalThis, { accessToken: given });
        const { ask } = globalThis as unknown as { ask(prompt: string): Promise<string> };
        return ask('ping').catch(String);
      }, accessToken);
    expect(await askWith('a guess')).toMatch(
      /The server sent no key \(401\): Send the header `authorization: /,
    );
    expect(await askWith(token)).toBe('pong pong pong');
  });

  it('gives keys for a quarter of an hour to those who have a token, wherever they come from', async () => {
    const ask = (method: string, headers: Record<string, string>) =>
      worker.dispatchFetch(`${origin}/bedrock-key`, { method, headers });
    const authorization = `Bearer ${token}`;
    const before = Math.floor(Date.now() / 1000) * 1000;
    const response = await ask('POST', { authorization });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const expires = apiKeyExpiration(await response.text())?.getTime() ?? 0;
    expect(expires).toBeGreaterThanOrEqual(before + 900_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 900_000);
    expect((await ask('POST', { origin })).status).toBe(401);
    expect((await ask('POST', { origin, authorization: 'Bearer undefined' })).status).toBe(401);
    expect((await ask('GET', { authorization })).status).toBe(405);
  });
});
