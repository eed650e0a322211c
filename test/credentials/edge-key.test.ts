import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiKeyExpiration } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { build } from 'esbuild';
import { Miniflare, Response as WorkerResponse } from 'miniflare';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';

const token = 'the-token-of-the-only-caller-there-is';
const folder = fileURLToPath(new URL('../../examples/edge-key/', import.meta.url));

/** One file of the example, with all it needs. */
async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [folder + file],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

describe('the example edge-key', () => {
  let local: LocalServer;
  let worker: Miniflare;
  let browser: Browser;
  let origin: string;
  let server: string;
  let page: string;

  beforeAll(async () => {
    local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
    [server, page] = await Promise.all([bundle('server.ts'), bundle('page.ts')]);
    const html = readFileSync(`${folder}index.html`, 'utf8');
    const files: Record<string, [type: string, text: string]> = {
      '/': ['text/html', html.replace('<html', `<html data-endpoint="${local.url}"`)],
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
