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
      { user: 'ping', reasoning: { text: 'That is easy.' }, text: 'pong pong pong' },
      { user: 'long', text: 'word '.repeat(5000) },
    ],
    noAccess: ['amazon.nova-pro-v1:0'],
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
async function open(settings: Parameters<typeof servePage>[0]['settings']): Promise<void> {
  const { url, server } = await servePage({ settings });
  servers.push(server);
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(url);
}
const withPool = () =>
  open({
    endpoint: local.url,
    region: local.region,
    identityPoolId: local.identityPoolId,
    guestRoleArn: local.guestRoleArn,
  });

async function ask(question: string): Promise<void> {
  await page.fill('textarea', question);
  await page.press('textarea', 'Enter');
}
const last = (selector: string) => page.locator(selector).last();

describe('the example browser', () => {
  it('chats as a guest of an identity pool, and remembers what was said', async () => {
    await withPool();
    await expect.poll(() => page.textContent('#status')).toMatch(/^Local Bedrock · \d+ models$/);
    for (let turn = 1; turn <= 2; turn++) {
      await ask('ping');
      const answer = page.locator('.answer[data-state]').nth(turn - 1);
      await answer.waitFor();
      expect(await answer.getAttribute('data-state'), (await answer.textContent()) ?? '').toBe('done');
      expect(await last('.answer').textContent()).toMatch(/pong pong pong\d+ tokens in, \d+ out$/);
      expect(await last('.answer details').textContent()).toBe('ReasoningThat is easy.');
    }
    const sent = local.requests.filter(({ operation }) => operation === 'ConverseStream');
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    expect(sent[1]?.body).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
    });
  });

  it('stops an answer, which ends the call, and goes on', async () => {
    await withPool();
    await page.locator('#status[data-state=connected]').waitFor();
    await page.route(/converse-stream/, (route) =>
      route.continue({ headers: { ...route.request().headers(), 'x-local-fault': 'delay=50' } }),
    );
    await ask('long');
    await expect.poll(() => last('.answer').textContent()).toContain('word word');
    expect(local.liveConnections()).toBe(1);
    await page.click('#composer button');
    await page.locator('.answer[data-state=stopped]').waitFor();
    await expect.poll(() => local.liveConnections()).toBe(0);
    await page.unroute(/converse-stream/);
    await ask('ping');
    await page.locator('.answer[data-state=done]').waitFor();
  });

  it('says what to do when an account lacks a model', async () => {
    await withPool();
    await page.locator('#status[data-state=connected]').waitFor();
    await page.selectOption('select', 'amazon.nova-pro-v1:0');
    await ask('ping');
    await page.locator('.answer[data-state=failed]').waitFor();
    expect(await last('.answer footer').textContent()).toMatch(
      /^ERR_ACCESS_DENIED · .*Check the region\. The model catalog in the Bedrock console/,
    );
  });

  it('takes an API key, and does not keep it', async () => {
    await open({ endpoint: local.url, region: local.region });
    expect(await page.textContent('#status')).toBe('Not connected');
    const key = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 600 });
    await page.check('input[value=key]');
    await page.fill('input[name=apiKey]', key);
    await page.click('#settings button');
    await expect.poll(() => page.textContent('#status')).toMatch(/^Local Bedrock · \d+ models$/);
    await ask('ping');
    await page.locator('.answer[data-state=done]').waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain(key);
  });
});
