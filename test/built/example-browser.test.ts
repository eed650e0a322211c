import type { Server } from 'node:http';
import { createApiKey } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servePage } from '../../examples/browser/serve.mjs';
import { launchChromium } from '../../scripts/chromium.mjs';

let local: LocalServer;
let browser: Browser;
let page: Page;
const servers: Server[] = [];

beforeAll(async () => {
  local = await startLocalBedrock({
    script: [
      { user: 'ping', text: 'pong pong pong' },
      { user: 'long', text: 'word '.repeat(5000) },
    ],
  });
  browser = await launchChromium();
});
afterEach(() => page.close());
afterAll(async () => {
  await browser?.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await local?.close();
});

/** The page, with what its server knows. */
async function open(connection: Parameters<typeof servePage>[0]['connection']): Promise<string> {
  const { url, server } = await servePage({ connection });
  servers.push(server);
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(url);
  return url;
}
const asGuest = () =>
  open({
    kind: 'guest',
    endpoint: local.url,
    region: local.region,
    identityPoolId: local.identityPoolId,
    guestRoleArn: local.guestRoleArn,
  });

async function ask(question: string): Promise<void> {
  await page.locator('.connection[data-state=ready]').waitFor();
  const message = page.getByRole('textbox', { name: 'Your message' });
  await message.fill(question);
  await message.press('Enter');
}
const answer = (nth: number) => page.locator('.answer').nth(nth);

describe('the example browser', () => {
  it('chats as a guest of an identity pool, and remembers what was said', async () => {
    await asGuest();
    for (let turn = 0; turn < 2; turn++) {
      await ask('ping');
      await expect.poll(() => answer(turn).getAttribute('data-state')).toBe('done');
      expect(await answer(turn).locator('.prose').textContent()).toBe('pong pong pong');
    }
    const sent = local.requests.filter(({ operation }) => operation === 'ConverseStream');
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    expect(sent[1]?.body).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
    });
  });

  it('stops an answer, which ends the call, and goes on', async () => {
    await asGuest();
    await page.route(/converse-stream/, (route) =>
      route.continue({ headers: { ...route.request().headers(), 'x-local-fault': 'stall=30' } }),
    );
    await ask('long');
    await expect.poll(() => answer(0).textContent()).toContain('word word');
    expect(local.liveConnections()).toBe(1);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => answer(0).getAttribute('data-state')).toBe('stopped');
    await expect.poll(() => local.liveConnections()).toBe(0);
    await page.unroute(/converse-stream/);
    await ask('ping');
    await expect.poll(() => answer(1).getAttribute('data-state')).toBe('done');
  });

  it('takes an API key, and does not keep it', async () => {
    const url = await open({ kind: 'api-key', endpoint: local.url, region: local.region });
    const key = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 600 });
    await page.getByLabel('API key').last().fill(key);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await ask('ping');
    await expect.poll(() => answer(0).getAttribute('data-state')).toBe('done');
    const kept = await page.evaluate(async () => {
      const names = await indexedDB.databases();
      return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, names]);
    });
    expect(kept).not.toContain(key);
    await page.goto(url);
    expect(await page.getByLabel('API key').last().inputValue()).toBe('');
  });
});
