import { readFileSync } from 'node:fs';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { asGuest, DESKTOP, openPlayground, PHONE, type PlaygroundPage } from './playground-page.js';

/** A red dot of 1 × 1. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function withLocal(options: Parameters<typeof startLocalBedrock>[0] = {}) {
  const local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }], ...options });
  onTestFinished(() => local.close());
  return local;
}

describe.each([
  ['on a desktop', DESKTOP],
  ['on a phone', PHONE],
])('the playground %s', (_where, screen) => {
  const open = (): Promise<PlaygroundPage> => openPlayground(browser, { screen });

  it('answers without any set-up, and without leaving the page', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    const answer = shown.answer();
    expect(await answer.locator('table').count()).toBe(1);
    expect(await answer.locator('.code .tok-keyword').first().textContent()).toBe('import');
    const reasoning = answer.locator('.reasoning');
    expect(await reasoning.getAttribute('open')).toBeNull();
    await reasoning.locator('summary').click();
    expect(await reasoning.locator('.prose').isVisible()).toBe(true);
    expect(await answer.locator('.numbers summary').first().textContent()).toMatch(
      /tok\/s\d+ in, \d+ out≈ \$0\.\d+/,
    );
    expect(await shown.page.locator('.total').textContent()).toMatch(/≈ \$/);
    expect(shown.foreign).toEqual([]);
  });

  it('calls a tool of the page, and shows its result', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.button(/Call a tool/).click();
    await shown.isDone(1);
    const call = shown.answer(0).locator('.tool-call');
    expect(await call.getAttribute('data-state')).toBe('done');
    await call.locator('summary').click();
    expect(await call.locator('.json').first().textContent()).toContain('Tokyo');
    expect(await call.locator('.json').last().textContent()).toContain('Asia/Tokyo');
  });

  it('sends an image that was chosen, and a document that was dropped', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.page
      .locator('.composer input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG });
    await shown.page.locator('.composer .files img').waitFor();
    const dropped = await shown.page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['%PDF-1.4 a report'], 'report.pdf', { type: 'application/pdf' }));
      return transfer;
    });
    await shown.page.dispatchEvent('.composer', 'drop', { dataTransfer: dropped });
    await expect.poll(() => shown.page.locator('.composer .files li').count()).toBe(2);
    await shown.ask('What is this?');
    await shown.isDone();
    expect(await shown.answer().locator('.prose').first().textContent()).toMatch(
      /1 image \(png\) and 1 document \(report\)/,
    );
    expect(await shown.page.locator('.prompt img').count()).toBe(1);
    expect(await shown.page.locator('.prompt .chip').textContent()).toContain('report');
    await shown.message.evaluate((field) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([''], 'empty.txt'));
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => shown.page.locator('.toast').textContent()).toContain('empty.txt is empty');
  });

  it('answers in the shape of a schema', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.button(/Get JSON/).click();
    await shown.isDone();
    const json = JSON.parse((await shown.answer().locator('.code pre').textContent()) ?? '');
    expect(Object.keys(json).sort()).toEqual(['city', 'days', 'sights']);
  });

  it('waits and tries again when Bedrock is busy, and says so', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.fault('Told to wait 2 seconds');
    await shown.ask('Hello');
    await shown.page.locator('.waiting').waitFor();
    expect(await shown.page.locator('.waiting').textContent()).toContain('Bedrock is busy. Trying again');
    await shown.isDone();
    expect(await shown.answer().locator('.numbers summary').first().textContent()).toContain('2 requests');
  });

  it('says in words that an answer broke off, keeps what had arrived, and tries again', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.fault('The answer breaks off');
    await shown.ask('Write a poem about why the sky is blue.');
    const failure = shown.page.locator('.failure');
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(/The answer broke off.*ERR_TRUNCATED/);
    expect(await shown.answer().textContent()).toContain('Light, which');
    await shown.fault('None');
    await failure.getByRole('button', { name: 'Try again' }).click();
    await shown.isDone();
    expect(await shown.answer().locator('.prose').textContent()).toContain('of the ending of the day.');
    expect(await failure.count()).toBe(0);
  });

  it('shows what a guardrail found', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.button('Settings').click();
    await shown.page.getByLabel('Identifier').fill('localguardrail');
    await shown.page.keyboard.press('Escape');
    await shown.ask('Say swordfish.');
    await shown.isDone();
    expect(await shown.answer().textContent()).toMatch(/A guardrail stepped in\..*Word.*swordfish.*blocked/);
  });

  it('stops an answer, and sends the edited message again', async () => {
    const shown = await open();
    await shown.isReady();
    await shown.fault('The answer stalls');
    await shown.ask('Write a poem about why the sky is blue.');
    await expect.poll(() => shown.answer().textContent()).toContain('Light');
    await shown.message.fill('typed meanwhile');
    await shown.message.press('Enter');
    expect(await shown.message.inputValue()).toBe('typed meanwhile');
    await shown.button('Stop').click();
    await expect.poll(() => shown.answer().getAttribute('data-state')).toBe('stopped');
    await shown.fault('None');
    await shown.button('Edit').click();
    const editor = shown.page.locator('.editor textarea');
    await editor.fill('Plan a weekend in Bern.');
    await shown.button('Send again').click();
    await shown.isDone();
    expect(await shown.answer().locator('.prose').textContent()).toContain('Three days');
    expect(await shown.page.locator('.prompt').count()).toBe(1);
  });

  it('shows the conversation again after a reload, and in the list', async () => {
    const shown = await open();
    await shown.ask('Plan a weekend in Bern.');
    await shown.isDone();
    await shown.page.reload();
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
    expect(await shown.page.locator('.total').textContent()).toMatch(/\$/);
    if (screen === PHONE) await shown.button('Conversations').click();
    await shown.button('New conversation').last().click();
    await expect.poll(() => shown.page.locator('.welcome').count()).toBe(1);
    if (screen === PHONE) await shown.button('Conversations').click();
    await shown.page.locator('.entry', { hasText: 'Plan a weekend in Bern.' }).last().click();
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
  });
});

describe('the playground', () => {
  it('exports conversations and imports them, and refuses other files', async () => {
    const shown = await openPlayground(browser);
    await shown.ask('Plan a weekend in Bern.');
    await shown.isDone();
    const download = shown.page.waitForEvent('download');
    await shown.button('Export all conversations').click();
    const text = readFileSync((await (await download).path()) ?? '', 'utf8');
    await shown.button(/^Delete/).click();
    await expect.poll(() => shown.page.locator('.entry').count()).toBe(0);
    const chooser = shown.page.locator('.sidebar input[type=file]');
    await chooser.setInputFiles({ name: 'c.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
    await chooser.setInputFiles({
      name: 'x.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"a":1}'),
    });
    await expect
      .poll(() => shown.page.locator('.toast').textContent())
      .toContain('x.json cannot be imported. The file holds no conversations.');
  });

  it('works with the keyboard alone', async () => {
    const shown = await openPlayground(browser);
    await shown.isReady();
    const { keyboard } = shown.page;
    await keyboard.press('Control+k');
    await expect
      .poll(() => shown.page.evaluate(() => document.activeElement?.closest('dialog') !== null))
      .toBe(true);
    await keyboard.type('amazon.nova-lite');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await expect.poll(() => shown.page.locator('.model-button-name').textContent()).toContain('Nova Lite');
    await shown.page.locator('.skip').focus();
    await keyboard.press('Enter');
    await shown.message.focus();
    await keyboard.type('Plan a weekend in Bern.');
    await keyboard.press('Shift+Enter');
    await keyboard.type('Please.');
    await keyboard.press('Enter');
    await shown.isDone();
    expect(await shown.page.locator('.bubble').textContent()).toBe('Plan a weekend in Bern.\nPlease.');
    await shown.message.focus();
    await keyboard.press('ArrowUp');
    await expect
      .poll(() => shown.page.evaluate(() => document.activeElement?.closest('.editor') !== null))
      .toBe(true);
    await keyboard.press('Escape');
    await expect.poll(() => shown.page.locator('.editor').count()).toBe(0);
    // Every element that can be used can be reached, and has a name.
    const names: string[] = [];
    for (let i = 0; i < 40; i++) {
      await keyboard.press('Tab');
      names.push(
        await shown.page.evaluate(() => {
          const active = document.activeElement;
          return active?.getAttribute('aria-label') ?? active?.textContent?.trim() ?? '';
        }),
      );
    }
    for (const name of ['New conversation', 'Settings', 'Show code', 'Attach files', 'Conversation'])
      expect(names.join('|')).toContain(name);
  });

  it('renews the credentials of a guest when they have expired', async () => {
    let now = Date.parse('2026-11-29T12:00:00Z');
    const local = await withLocal({ now: () => now, credentialsLifeSeconds: 3600 });
    const shown = await openPlayground(browser, { connection: asGuest(local) });
    await shown.ask('ping');
    await shown.isDone();
    now += 4000_000;
    await shown.ask('ping');
    await shown.isDone(1);
    expect(
      local.requests.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity').length,
    ).toBeGreaterThan(1);
  });

  it('says what to do about session keys that have expired, and takes others', async () => {
    const expired = {
      accessKeyId: 'ASIAEXPIREDEXAMPLE00',
      secretAccessKey: 'expired-secret-of-the-example-0000000000',
      sessionToken: 'expired-token',
      expiration: new Date(0),
    };
    const local = await withLocal({ credentials: expired });
    const shown = await openPlayground(browser, {
      connection: { kind: 'keys', endpoint: local.url, region: local.region },
    });
    const fill = async ({
      accessKeyId,
      secretAccessKey,
      sessionToken,
    }: {
      accessKeyId: string;
      secretAccessKey: string;
      sessionToken?: string;
    }) => {
      await shown.page.getByLabel('Access key ID').fill(accessKeyId);
      await shown.page.getByLabel('Secret access key').fill(secretAccessKey);
      await shown.page.getByLabel(/Session token/).fill(sessionToken ?? '');
      await shown.button('Connect').click();
    };
    await fill(expired);
    const failure = shown.page.locator('.failure');
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(
      /The credentials do not work, or have expired.*ERR_CREDENTIALS/,
    );
    expect(await shown.page.textContent('body')).not.toContain(expired.secretAccessKey);
    await failure.getByRole('button', { name: 'Check the connection' }).click();
    await fill(local.credentials);
    await shown.ask('ping');
    await shown.isDone();
  });

  it('keeps secrets only if it is asked to, and only for the tab', async () => {
    const local = await withLocal();
    const shown = await openPlayground(browser, {
      connection: { kind: 'keys', endpoint: local.url, region: local.region },
    });
    await shown.page.getByLabel('Access key ID').fill(local.credentials.accessKeyId);
    await shown.page.getByLabel('Secret access key').fill(local.credentials.secretAccessKey);
    await shown.page.getByLabel('Keep until this tab is closed').check();
    await shown.button('Connect').click();
    await shown.isReady();
    await shown.page.reload();
    await shown.isReady();
    const { kept, lasting } = await shown.page.evaluate(() => ({
      kept: JSON.stringify({ ...sessionStorage }),
      lasting: JSON.stringify({ ...localStorage }),
    }));
    expect(kept).toContain(local.credentials.secretAccessKey);
    expect(lasting).not.toContain(local.credentials.secretAccessKey);
    await shown.ask('ping');
    await shown.isDone();
    await shown.button('Show code').click();
    for (const tab of ['bedrock-anywhere', 'AI SDK', 'curl']) {
      await shown.page.getByRole('tab', { name: tab }).click();
      const code = (await shown.page.locator('.code-dialog pre').textContent()) ?? '';
      expect(code).toContain('ping');
      expect(code).not.toContain(local.credentials.secretAccessKey);
      expect(code).not.toContain(local.credentials.accessKeyId);
    }
  });

  it('loads again before it connects anywhere else, and reaches nothing that was not chosen', async () => {
    const local = await withLocal();
    const shown = await openPlayground(browser, { expected: /Content Security Policy/ });
    await shown.isReady();
    const reach = (url: string) =>
      shown.page.evaluate(
        (to) =>
          fetch(to, { mode: 'no-cors' }).then(
            () => 'reached',
            () => 'blocked',
          ),
        url,
      );
    expect(await reach(local.url)).toBe('blocked');
    await shown.page.locator('.sidebar .connection').click();
    await shown.page.getByLabel('API key', { exact: true }).check();
    await shown.page.getByLabel(/^Address/).fill(local.url);
    await shown.button('Continue').click();
    await shown.page.getByLabel('API key', { exact: true }).last().fill(local.apiKey);
    await shown.button('Connect').click();
    await shown.ask('ping');
    await shown.isDone();
    expect(await reach(local.url)).toBe('reached');
    const other = await withLocal();
    expect(await reach(other.url)).toBe('blocked');
  });
});
