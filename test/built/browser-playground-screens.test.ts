import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import {
  DESKTOP,
  openPlayground,
  PHONE,
  type PlaygroundPage,
  PNG,
  type Screen,
  widerThanScreen,
} from './playground-page.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NARROW: Screen = { width: 320, height: 640, isPhone: true };
const POEM = 'Write a poem about why the sky is blue.';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string | null; nodes: { target: string[] }[] }[] }>;
}

/** What axe finds that is serious. The page's own policy lets no script in but its own, so that axe comes by the debugger. */
async function seriousFindings({ page, isClockStopped }: PlaygroundPage): Promise<string[]> {
  await page.evaluate(AXE);
  // axe takes turns with the page by timers, which a clock that stands has to be moved for.
  let isRunning = true;
  const run = page
    .evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run())
    .finally(() => {
      isRunning = false;
    });
  while (isClockStopped && isRunning) await page.clock.runFor(1);
  const { violations } = await run;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

describe.each<[name: string, screen: Screen]>([
  ['1280-light', { ...DESKTOP, scheme: 'light' }],
  ['1280-dark', { ...DESKTOP, scheme: 'dark' }],
  ['390-light', { ...PHONE, scheme: 'light' }],
  ['390-dark', { ...PHONE, scheme: 'dark' }],
  ['320-light', { ...NARROW, scheme: 'light' }],
  ['320-dark', { ...NARROW, scheme: 'dark' }],
])('the page at %s is for everyone', (name, screen) => {
  async function check(shown: PlaygroundPage, state: string): Promise<void> {
    await shown.shoot(`${name}-${state}`);
    expect(await seriousFindings(shown), state).toEqual([]);
    expect(await widerThanScreen(shown), state).toEqual([]);
  }
  async function begin(shown: PlaygroundPage): Promise<void> {
    await (await shown.menu()).getByRole('button', { name: 'New conversation' }).click();
    await shown.page.locator('.welcome').waitFor();
  }

  it('with answers of each kind', async () => {
    const shown = await openPlayground(browser, { screen });
    const { page } = shown;
    await shown.isReady();
    await check(shown, '01-empty');
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    await check(shown, '02-answer');
    await shown.answer().locator('.reasoning summary').click();
    await shown.answer().locator('.numbers summary').first().click();
    await check(shown, '03-unfolded');
    await begin(shown);
    await shown.button(/Call a tool/).click();
    await shown.isDone(1);
    await shown.answer().locator('.tool-call summary').click();
    await page.locator('.tool-menu summary').click();
    await check(shown, '04-tool');
    await begin(shown);
    await shown.button(/Get JSON/).click();
    await shown.isDone();
    await check(shown, '05-json');
    await begin(shown);
    await page
      .locator('.composer input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG });
    const pdf = { name: 'report.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4 a report') };
    await shown.give(page.locator('.composer'), 'drop', pdf);
    await page.locator('.composer .files .chip').waitFor();
    await shown.message.fill('What is in these files?');
    await check(shown, '06-attached');
    await shown.button('Send').click();
    await shown.isDone();
    await check(shown, '07-files');
  });

  it('while an answer waits, arrives, stops and is edited', async () => {
    const shown = await openPlayground(browser, { screen, hasClock: true });
    const { page } = shown;
    await shown.isReady();
    await shown.fault('Told to wait 2 seconds');
    await shown.stopClock();
    await shown.ask(POEM);
    await page.locator('.waiting').waitFor();
    await check(shown, '11-waiting');
    await shown.passUntil(async () => (await page.locator('.live polyline').count()) > 0, 100);
    await shown.pass(300);
    await check(shown, '12-arriving');
    await shown.button('Stop').click();
    await page.locator('.answer[data-state=stopped]').waitFor();
    await check(shown, '13-stopped');
    await shown.startClock();
    await shown.button('Edit').click();
    await check(shown, '14-editing');
  });

  it('when something fails', async () => {
    const shown = await openPlayground(browser, { screen });
    const { page } = shown;
    await shown.isReady();
    await shown.fault('The answer breaks off');
    await shown.ask(POEM);
    await page.locator('.failure').waitFor();
    await check(shown, '21-broke-off');
    await begin(shown);
    await shown.fault('The account lacks the model');
    await shown.ask('Hello');
    await page.locator('.failure').waitFor();
    await check(shown, '22-no-access');
    await begin(shown);
    await shown.fault('None');
    await shown.set('Identifier', (field) => field.fill('localguardrail'));
    await shown.ask('Say swordfish.');
    await shown.isDone();
    await shown.answer().locator('.numbers summary').first().click();
    await page.getByText('Trace of the guardrail').click();
    await check(shown, '23-guardrail');
    await shown.give(shown.message, 'paste', { name: 'empty.txt', type: '', bytes: new Uint8Array() });
    await page.locator('.toast').waitFor();
    await check(shown, '24-trouble');
  });

  it('in each dialog', async () => {
    const shown = await openPlayground(browser, { screen });
    const { page } = shown;
    await shown.ask('Plan a weekend in Bern.');
    await shown.isDone();
    await shown.button('Settings').click();
    await check(shown, '31-settings');
    await page.keyboard.press('Escape');
    await page.locator('.model-button').click();
    await page.getByRole('combobox').fill('claude');
    await check(shown, '32-models');
    await page.getByRole('combobox').fill('no such model');
    await check(shown, '33-no-model');
    await page.keyboard.press('Escape');
    await shown.button('Show code').click();
    await page.locator('.code-dialog pre').waitFor();
    await check(shown, '34-code');
    await page.keyboard.press('Escape');
    await (await shown.menu()).locator('.connection').hover();
    await check(shown, '35-menu');
    await (await shown.menu()).locator('.connection').click();
    await page.getByLabel('Session keys').check();
    await check(shown, '36-connection');
  });

  it('when it needs a key', async () => {
    const local = await startLocalBedrock();
    onTestFinished(() => local.close());
    const { url: endpoint, region } = local;
    const shown = await openPlayground(browser, {
      screen,
      connection: { kind: 'api-key', endpoint, region },
    });
    await shown.page.getByRole('dialog').waitFor();
    await check(shown, '41-locked');
    await shown.page.getByLabel('API key', { exact: true }).last().fill('bedrock-api-key-of-nobody');
    await shown.button('Connect').click();
    await shown.page.locator('.failure').waitFor();
    await check(shown, '42-refused');
  });
});
