import type { LocalServer } from 'bedrock-anywhere/local/node';
import type { Browser, Response as PageResponse } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { openPlayground, type PlaygroundPage } from '../built/playground-page.js';
import { ACCESS_TOKEN, headers } from './streaming.js';

/** A server of the playground, its gateway, and what is behind it. */
export interface PlaygroundServer {
  /** Address of the page. */
  page: string;
  /** Address of the gateway. */
  gateway: string;
  bedrock: LocalServer;
}

const MODEL = 'amazon.nova-lite-v1:0';

/** What holds for a server of the playground that calls Bedrock itself, whatever serves it. */
export function itServesPlayground(server: () => PlaygroundServer): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function connect(shown: PlaygroundPage): Promise<void> {
    await shown.page.getByLabel('Key of the gateway').fill(ACCESS_TOKEN);
    await shown.button('Connect').click();
  }

  const converse = (sent: Record<string, string>): Promise<Response> =>
    fetch(`${server().gateway}/model/${encodeURIComponent(MODEL)}/converse-stream`, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'count' }] }] }),
    });

  it('refuses who has no access token', async () => {
    const { gateway, bedrock } = server();
    const before = bedrock.requests.length;
    for (const sent of [{}, { authorization: `Bearer ${ACCESS_TOKEN}!` }] as Record<string, string>[]) {
      expect((await fetch(`${gateway}/v1/models`, { headers: sent })).status).toBe(401);
      expect((await converse(sent)).status).toBe(403);
    }
    expect(bedrock.requests.slice(before)).toEqual([]);
    expect((await converse(headers)).status).toBe(200);
  });

  it('shows the page, which streams an answer through the gateway and never has a key of AWS', async () => {
    const { page, bedrock } = server();
    const shown = await openPlayground(browser, { url: page });
    const received: PageResponse[] = [];
    shown.page.on('response', (response) => received.push(response));
    await shown.page.reload();
    await connect(shown);
    await shown.ask('Please count');
    await shown.isDone();
    expect(await shown.answer().textContent()).toContain('eleven twelve');
    const { operation, modelId } = bedrock.requests.at(-1) ?? {};
    expect([operation, modelId]).toEqual(['ConverseStream', MODEL]);
    expect(shown.foreign).toEqual([]);
    expect(received.length).toBeGreaterThan(5);
    for (const response of received) {
      const sent = JSON.stringify(await response.request().allHeaders());
      const body = (await response.body().catch(() => Buffer.of())).toString('latin1');
      const told = JSON.stringify(await response.allHeaders());
      expect([response.url(), `${sent}${body}${told}`.includes(bedrock.apiKey)]).toEqual([
        response.url(),
        false,
      ]);
    }
  });

  it('shows an answer while it arrives, and ends the call to Bedrock when it is stopped', async () => {
    const { page, bedrock } = server();
    const others = bedrock.liveConnections();
    const shown = await openPlayground(browser, { url: page });
    await connect(shown);
    await shown.ask('go on');
    await expect.poll(() => shown.answer().textContent()).toMatch(/word word word/);
    expect(bedrock.liveConnections()).toBe(others + 1);
    await shown.button(/Stop/).click();
    await expect.poll(() => bedrock.liveConnections()).toBe(others);
  });

  it('reaches no other server, even if somebody chooses one in the page', async () => {
    const { page, bedrock } = server();
    const expected = /Content Security Policy|TrustedHTML/;
    const shown = await openPlayground(browser, { url: page, expected });
    await shown.page.evaluate((endpoint) => {
      const connection = { kind: 'api-key', region: 'us-east-1', endpoint };
      localStorage.setItem('bedrock-anywhere.connection', JSON.stringify(connection));
    }, bedrock.url);
    // The page's own policy now allows that address. It answers pages of any origin.
    await shown.page.reload();
    await shown.page.getByLabel('API key').first().waitFor();
    const reached = await shown.page.evaluate(
      async (url) =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      bedrock.url,
    );
    expect(reached).toBe(false);
    const html = await shown.page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML('beforeend', '<b>text</b>');
        return 'inserted';
      } catch {
        return 'refused';
      }
    });
    expect(html).toBe('refused');
  });
}
