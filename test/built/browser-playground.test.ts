import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { openPlayground, type PlaygroundPage, PNG, SCREENS } from './playground-page.js';

const POEM = 'Write a poem about why the sky is blue.';
const PLAN = 'Plan a weekend in Bern.';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each(SCREENS)('the playground %s', (_where, screen) => {
  async function open(options: Parameters<typeof openPlayground>[1] = {}): Promise<PlaygroundPage> {
    const shown = await openPlayground(browser, { screen, ...options });
    await shown.isReady();
    return shown;
  }

  it('answers without any set-up, and without leaving the page', async () => {
    const shown = await open();
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    const answer = shown.answer();
    await answer.locator('table').waitFor();
    expect(await answer.locator('.code .tok-keyword').first().textContent()).toBe('import');
    const reasoning = answer.locator('.reasoning');
    expect(await reasoning.getAttribute('open')).toBeNull();
    await reasoning.locator('summary').click();
    expect(await reasoning.locator('.prose').isVisible()).toBe(true);
    expect(shown.foreign).toEqual([]);
  });

  it('shows what an answer takes, and the sum', async () => {
    const shown = await open();
    await shown.ask(POEM);
    await shown.isDone();
    const numbers = shown.answer().locator('.numbers');
    await numbers.locator('summary').first().click();
    const facts = await numbers
      .locator('dl > div')
      .evaluateAll((rows) =>
        rows.map((row) => [row.querySelector('dt')?.textContent, row.querySelector('dd')?.textContent]),
      );
    expect(Object.fromEntries(facts)).toEqual({
      Model: expect.stringContaining('claude-haiku-4-5'),
      'Stop reason': 'end_turn',
      'Input tokens': expect.stringMatching(/^\d+$/),
      'Output tokens': expect.stringMatching(/^\d+$/),
      'First token': expect.stringMatching(/^[\d.]+ s$/),
      'Whole answer': expect.stringMatching(/^[\d.]+ s$/),
      Cost: expect.stringMatching(/^\$0\.\d+, if it were AWS$/),
      'Request ID': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const total = async () =>
      Number((await shown.page.locator('.total').textContent())?.match(/[\d.]+/)?.[0]);
    const first = await total();
    await shown.ask(POEM);
    await shown.isDone(1);
    expect(await total()).toBeGreaterThan(first);
  });

  it('can be used as soon as it is drawn, without waiting for another frame', async () => {
    const shown = await openPlayground(browser, { screen, hasClock: true });
    await shown.stopClock();
    // In steps of 1 ms, so that effects that wait for a frame have not run when the models appear.
    await shown.passUntil(() => shown.page.locator('.model-button').isEnabled(), 1);
    await shown.ask('Hello');
    await shown.passUntil(async () => (await shown.answer().count()) > 0, 10);
    for (const [opens, dialog] of [
      ['.model-button', 'Choose a model'],
      ['[aria-label=Settings]', 'Settings'],
    ] as const) {
      await shown.page.locator(opens).click();
      const opened = shown.page.getByRole('dialog', { name: dialog });
      expect(await opened.isVisible()).toBe(true);
      await shown.page.keyboard.press('Escape');
      await expect.poll(() => opened.isVisible()).toBe(false);
    }
  });

  it('plots the tokens per second while they arrive', async () => {
    const shown = await open({ hasClock: true });
    await shown.stopClock();
    await shown.ask(POEM);
    const plot = shown.page.locator('.live polyline');
    const plots = new Set<string>();
    // Time passes by the test only, so that the answer cannot end unseen.
    await shown.passUntil(async () => {
      for (const points of await plot.evaluateAll((lines) =>
        lines.map((line) => line.getAttribute('points')),
      ))
        plots.add(points ?? '');
      return plots.size === 3 || (await shown.page.locator('.answer[data-state=done]').count()) > 0;
    }, 100);
    expect(plots.size).toBe(3);
    expect(await shown.page.locator('.live').textContent()).toMatch(/^[\d.]+ s≈ \d+ tok\/s$/);
    await shown.startClock();
    await shown.isDone();
    expect(await shown.page.locator('.live').count()).toBe(0);
    expect(await shown.answer().locator('.numbers .plot').count()).toBe(1);
  });

  it('copies code and answers', async () => {
    const shown = await open();
    await shown.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    const copied = () => shown.page.evaluate(() => navigator.clipboard.readText());
    await shown.button('Copy the code').click();
    await shown.page.getByText('Copied').waitFor();
    expect(await copied()).toMatch(/^import \{ createBedrock[\s\S]*\n\}$/);
    await shown.button('Copy this answer').click();
    await expect.poll(copied).toMatch(/^Happy to\. I am the \*\*local Bedrock\*\*/);
  });

  it('stays where a reader has scrolled to, near the end too', async () => {
    const shown = await open();
    await shown.button(/Take the tour/).click();
    await shown.isDone();
    const [before, after, room] = await shown.page.locator('main.thread').evaluate(async (thread) => {
      const drawn = async () => {
        for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame);
      };
      thread.scrollTop = 0;
      await drawn();
      thread.scrollTop = thread.scrollHeight - thread.clientHeight - 20;
      const before = thread.scrollTop;
      await drawn();
      return [before, thread.scrollTop, thread.scrollHeight - thread.clientHeight];
    });
    expect(after).toBe(before);
    expect(after).toBe(Number(room) - 20);
  });

  it('calls a tool of the page, and shows its result', async () => {
    const shown = await open();
    await shown.button(/Call a tool/).click();
    await shown.isDone(1);
    const call = shown.answer(0).locator('.tool-call');
    expect(await call.getAttribute('data-state')).toBe('done');
    await call.locator('summary').click();
    expect(await call.locator('.json').first().textContent()).toContain('Tokyo');
    expect(await call.locator('.json').last().textContent()).toContain('Asia/Tokyo');
    const menu = shown.page.locator('.tool-menu');
    await menu.locator('summary').click();
    await menu.getByLabel('Calculator').check();
    await shown.message.click();
    await expect.poll(() => menu.getAttribute('open')).toBeNull();
    expect(await menu.textContent()).toContain('Tools · 2');
  });

  it('sends files that were chosen, dropped and pasted', async () => {
    const shown = await open();
    const composer = shown.page.locator('.composer');
    const attached = composer.locator('.files li');
    await composer
      .locator('input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG });
    await composer.locator('.files img').waitFor();
    const pdf = { name: 'report.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4 a report') };
    await shown.give(composer, 'drop', pdf);
    await expect.poll(() => attached.count()).toBe(2);
    await shown.give(shown.message, 'paste', { name: 'image.png', type: 'image/png', bytes: PNG });
    await expect.poll(() => attached.count()).toBe(3);
    await shown.give(shown.message, 'paste', { ...pdf, name: 'pasted.pdf' });
    await expect.poll(() => attached.count()).toBe(4);
    await shown.button('Remove pasted.pdf').click();
    await shown.ask('What is this?');
    await shown.isDone();
    expect(await shown.answer().locator('.prose').first().textContent()).toMatch(
      /2 images \(png, png\) and 1 document \(report\)/,
    );
    await expect.poll(() => shown.page.locator('.prompt img').count()).toBe(2);
    expect(await shown.page.locator('.prompt .chip').textContent()).toContain('report');
    await shown.give(shown.message, 'paste', { name: 'empty.txt', type: '', bytes: new Uint8Array() });
    await expect.poll(() => shown.page.locator('.toast').textContent()).toContain('empty.txt is empty');
  });

  it('answers in the shape of a schema', async () => {
    const shown = await open();
    await shown.button(/Get JSON/).click();
    await shown.isDone();
    const json = JSON.parse((await shown.answer().locator('.code pre').textContent()) ?? '');
    expect(Object.keys(json).sort()).toEqual(['city', 'days', 'sights']);
  });

  it('finds models by words, and offers the parameters that a model accepts', async () => {
    const shown = await open();
    const choose = async (words: string) => {
      await shown.page.locator('.model-button').click();
      await shown.page.getByRole('combobox').fill(words);
      await shown.page.locator('.model').first().click();
    };
    await shown.page.locator('.model-button').click();
    await shown.page.getByRole('combobox').fill('anthropic images reasoning sonnet 4.5');
    const rows = await shown.page.locator('.model').allTextContents();
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows)
      expect(row).toMatch(
        /Claude Sonnet 4\.5.*\d+[KM] context\$[\d.]+ \/ \$[\d.]+.*images.*tools.*reasoning/,
      );
    await shown.page.keyboard.press('Escape');
    const fields = async () => {
      await shown.button('Settings').click();
      const names = await shown.page
        .locator('dialog fieldset')
        .first()
        .locator('.field-label')
        .allTextContents();
      await shown.page.keyboard.press('Escape');
      return names;
    };
    await choose('nova lite');
    expect(await fields()).toEqual(['Longest answer', 'Temperature', 'Top P', 'Stop sequences']);
    await choose('opus 4.7');
    expect(await fields()).toEqual(['Longest answer', 'Stop sequences']);
    await shown.set('System prompt', (field) => field.fill('Answer in verse.'));
    await shown.set('Stop sequences', (field) => field.fill('END'));
    await shown.button('Show code').click();
    expect(await shown.page.locator('.code-dialog pre').textContent()).toMatch(
      /system: 'Answer in verse\.',\s+inferenceConfig: \{ stopSequences: \['END'\] \}/,
    );
  });

  it('waits and tries again when Bedrock is busy, and says so', async () => {
    const shown = await open({ hasClock: true });
    await shown.fault('Told to wait 2 seconds');
    await shown.stopClock();
    await shown.ask('Hello');
    await shown.page.locator('.waiting').waitFor();
    expect(await shown.page.locator('.waiting').textContent()).toMatch(
      /Bedrock is busy\. Trying again in \d s \(request 2\)/,
    );
    await shown.startClock();
    await shown.isDone();
    expect(await shown.answer().locator('.numbers summary').first().textContent()).toContain('2 requests');
  });

  it('says in words that an answer broke off, keeps what had arrived, and tries again', async () => {
    const shown = await open();
    await shown.fault('The answer breaks off');
    await shown.ask(POEM);
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

  it('shows what a guardrail found, with its trace', async () => {
    const shown = await open();
    await shown.set('Identifier', (field) => field.fill('localguardrail'));
    await shown.ask('Say swordfish.');
    await shown.isDone();
    expect(await shown.answer().textContent()).toMatch(/A guardrail stepped in\..*Word.*swordfish.*blocked/);
    await shown.answer().locator('.numbers summary').first().click();
    await shown.page.getByText('Trace of the guardrail').click();
    expect(JSON.parse((await shown.answer().locator('.trace pre').textContent()) ?? '')).toHaveProperty(
      'guardrail.inputAssessment.localguardrail',
    );
  });

  it('stops an answer, and sends the edited message again', async () => {
    const shown = await open();
    await shown.fault('The answer stalls');
    await shown.ask(POEM);
    await expect.poll(() => shown.answer().textContent()).toContain('Light');
    await shown.message.fill('typed meanwhile');
    await shown.message.press('Enter');
    expect(await shown.message.inputValue()).toBe('typed meanwhile');
    await shown.button('Stop').click();
    await expect.poll(() => shown.answer().getAttribute('data-state')).toBe('stopped');
    await shown.fault('None');
    await shown.button('Edit').click();
    await shown.page.locator('.editor textarea').fill(PLAN);
    await shown.button('Send again').click();
    await shown.isDone();
    expect(await shown.answer().locator('.prose').textContent()).toContain('Three days');
    expect(await shown.page.locator('.prompt').count()).toBe(1);
  });

  it('shows the conversation again after a reload, and in the list', async () => {
    const shown = await open();
    await shown.ask(PLAN);
    await shown.isDone();
    const seen = () => shown.page.locator('.total, .numbers summary').allTextContents();
    const before = await seen();
    await shown.page.reload();
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
    await shown.isReady();
    expect(await seen()).toEqual(before);
    expect(await shown.answer().locator('.plot').count()).toBe(1);
    await (await shown.menu()).getByRole('button', { name: 'New conversation' }).click();
    await expect.poll(() => shown.page.locator('.welcome').count()).toBe(1);
    await (await shown.menu()).getByRole('button', { name: PLAN, exact: true }).click();
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
    await shown.ask(POEM);
    await shown.isDone(1);
  });

  it('keeps what has arrived of an answer if the user leaves the page', async () => {
    const shown = await open({ hasClock: true });
    await shown.stopClock();
    await shown.ask(POEM);
    const answer = shown.answer();
    await shown.passUntil(async () => /Light, which/.test((await answer.allTextContents()).join()), 100);
    expect(await answer.getAttribute('data-state')).toBe('growing');
    await shown.page.reload();
    await shown.startClock();
    await expect.poll(() => answer.getAttribute('data-state')).toBe('stopped');
    expect(await answer.textContent()).toContain('Light, which');
  });

  it('accepts no message until it has reopened the conversation', async () => {
    const shown = await open();
    await shown.ask(PLAN);
    await shown.isDone();
    await shown.page.addInitScript(holdDatabase);
    await shown.page.reload();
    await expect.poll(() => shown.page.locator('.model-button').textContent()).toContain('Haiku');
    expect(await shown.page.locator('.model-button').isEnabled()).toBe(false);
    await shown.message.fill(POEM);
    expect(await shown.button('Send').isEnabled()).toBe(false);
    await shown.page.evaluate(() => (globalThis as Held).releaseDatabase?.());
    await shown.ask(POEM);
    await shown.isDone(1);
    expect(await shown.page.locator('.prompt').count()).toBe(2);
  });

  it('exports conversations and imports them, and refuses other files', async () => {
    const shown = await open();
    await shown.ask(PLAN);
    await shown.isDone();
    const download = shown.page.waitForEvent('download');
    const menu = await shown.menu();
    await menu.getByRole('button', { name: 'Export all conversations' }).click();
    const text = readFileSync((await (await download).path()) ?? '', 'utf8');
    await menu.getByRole('button', { name: `Delete “${PLAN}”` }).click();
    await expect.poll(() => menu.locator('.entry').count()).toBe(0);
    const give = async (name: string, content: string) =>
      (await shown.menu())
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
    await give('c.json', text);
    await expect.poll(() => shown.answer().textContent()).toContain('Three days');
    await give('x.json', '{"a":1}');
    await expect
      .poll(() => shown.page.locator('.toast').textContent())
      .toContain('x.json cannot be imported. The file holds no conversations.');
    await shown.page.locator('.toast').getByRole('button', { name: 'Close' }).click();
    expect(await shown.page.locator('.toast').count()).toBe(0);
  });

  it('works with the keyboard alone', async () => {
    const shown = await open();
    const { keyboard } = shown.page;
    const isFocusIn = (selector: string) =>
      expect
        .poll(() =>
          shown.page.evaluate((within) => document.activeElement?.closest(within) !== null, selector),
        )
        .toBe(true);
    await keyboard.press('Control+k');
    await isFocusIn('dialog');
    await keyboard.type('amazon.nova-lite');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await expect.poll(() => shown.page.locator('.model-button-name').textContent()).toContain('Nova Lite');
    await shown.page.locator('.skip').focus();
    await keyboard.press('Enter');
    await isFocusIn('#message');
    await keyboard.type(PLAN);
    await keyboard.press('Shift+Enter');
    await keyboard.type('Please.');
    await keyboard.press('Enter');
    await shown.isDone();
    expect(await shown.page.locator('.bubble').textContent()).toBe(`${PLAN}\nPlease.`);
    await shown.message.focus();
    await keyboard.press('ArrowUp');
    await isFocusIn('.editor');
    await keyboard.press('Escape');
    await expect.poll(() => shown.page.locator('.editor').count()).toBe(0);
    await isFocusIn('.prompt');
    // What has the focus may go: a button that stops, and one that tries again.
    await shown.button('Try again').focus();
    await keyboard.press('Enter');
    await isFocusIn('main');
    await shown.isDone();
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
    const menu = screen.isPhone ? 'Conversations' : 'New conversation';
    for (const name of [menu, 'Settings', 'Show code', 'Attach files', 'Conversation'])
      expect(names.join('|')).toContain(name);
  });
});

type Held = typeof globalThis & { releaseDatabase?: () => void };

/** Runs in the page before its own code: no transaction completes until `releaseDatabase()` is called. */
function holdDatabase(): void {
  const released = new Promise<void>((resolve) => {
    (globalThis as Held).releaseDatabase = resolve;
  });
  const property = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'oncomplete');
  Object.defineProperty(IDBTransaction.prototype, 'oncomplete', {
    set(this: IDBTransaction, listener: (event: Event) => void) {
      property?.set?.call(this, async (event: Event) => {
        await released;
        listener.call(this, event);
      });
    },
  });
}
