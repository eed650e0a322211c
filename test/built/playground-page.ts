import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalServer } from 'bedrock-anywhere/local/node';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { servePage } from '../../examples/browser/serve.mjs';

type Connection = NonNullable<Parameters<typeof servePage>[0]['connection']>;

export interface Screen {
  width: number;
  height: number;
  scheme?: 'light' | 'dark';
  /** Whether it is a phone: touched, without a pointer that hovers. */
  isPhone?: boolean;
}

export const DESKTOP: Screen = { width: 1280, height: 800 };
export const PHONE: Screen = { width: 390, height: 844, isPhone: true };
export const SCREENS: readonly (readonly [where: string, screen: Screen])[] = [
  ['on a desktop', DESKTOP],
  ['on a phone', PHONE],
];

/** A red dot of 1 × 1. */
export const PNG: Buffer = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

/** Where the tests leave what the page looks like, for people to look at. A run removes its own temporary folder at its end. */
const PICTURES = process.env['PLAYGROUND_SCREENS'] ?? join(tmpdir(), 'bedrock-anywhere-playground');

/** The factor by which Chromium's CPU is slowed down. */
const SLOWDOWN = Number(process.env['PAGE_SLOWDOWN'] ?? 1);

/** The page as a person uses it. */
export class PlaygroundPage {
  readonly page: Page;
  readonly url: string;
  readonly screen: Screen;
  /** Requests to anywhere but the server of the page. */
  readonly foreign: string[] = [];

  constructor(page: Page, url: string, screen: Screen) {
    this.page = page;
    this.url = url;
    this.screen = screen;
  }

  get message(): Locator {
    return this.page.getByRole('textbox', { name: 'Your message' });
  }

  answer(nth = 0): Locator {
    return this.page.locator('.answer').nth(nth);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  async isReady(): Promise<void> {
    await expect.poll(() => this.page.locator('.model-button').isEnabled()).toBe(true);
  }

  async ask(question: string): Promise<void> {
    await this.isReady();
    await this.message.fill(question);
    await this.message.press('Enter');
  }

  async isDone(nth = 0): Promise<void> {
    await expect.poll(() => this.answer(nth).getAttribute('data-state')).toBe('done');
  }

  /** Chooses in the settings what goes wrong. */
  async fault(label: string): Promise<void> {
    await this.set('What goes wrong', (field) => field.selectOption({ label }));
  }

  /** Sets a field of the settings. */
  async set(label: string, act: (field: Locator) => Promise<unknown>): Promise<void> {
    await this.button('Settings').click();
    await act(this.page.getByLabel(label));
    await this.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  }

  /** The list of conversations and what is below it. On a narrow screen a button opens it. */
  async menu(): Promise<Locator> {
    if (this.screen.width >= 900) return this.page.locator('.page > .sidebar');
    const shown = this.page.locator('dialog .sidebar');
    if (!(await shown.isVisible())) await this.button('Conversations').click();
    await shown.waitFor();
    return shown;
  }

  /** Drops or pastes a file on an element, as a browser does. */
  async give(
    element: Locator,
    how: 'drop' | 'paste',
    { name, type, bytes }: { name: string; type: string; bytes: Uint8Array },
  ): Promise<void> {
    await element.evaluate(
      (target, { how, name, type, bytes }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(bytes)], name, { type }));
        const init = { bubbles: true, cancelable: true };
        target.dispatchEvent(
          how === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: transfer })
            : new ClipboardEvent('paste', { ...init, clipboardData: transfer }),
        );
      },
      { how, name, type, bytes: [...bytes] },
    );
  }

  /** Whether the clock of the page stands. */
  isClockStopped = false;

  /** Stops the clock of the page: time passes only in `pass`, also for effects that wait for a frame. */
  async stopClock(): Promise<void> {
    await this.page.clock.pauseAt((await this.page.evaluate(() => Date.now())) + 60_000);
    this.isClockStopped = true;
  }

  async startClock(): Promise<void> {
    await this.page.clock.resume();
    this.isClockStopped = false;
  }

  async pass(ms: number): Promise<void> {
    await this.page.clock.runFor(ms);
  }

  /** Lets time pass in steps until something is true. Fails if the page shows a failure in the meantime. */
  async passUntil(isTrue: () => Promise<boolean>, stepMs: number): Promise<void> {
    while (!(await isTrue())) {
      expect(await this.page.locator('.failure').allTextContents()).toEqual([]);
      await this.pass(stepMs);
    }
  }

  /** What a user sees, for the output of a failed test. */
  async describe(): Promise<string> {
    const parts = await this.page.locator('dialog[open], .chat').allInnerTexts();
    return parts.join('\n---\n').slice(0, 3000);
  }

  async shoot(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
  }
}

interface OpenOptions {
  screen?: Screen;
  connection?: Connection;
  /** Default: that of a server for this page alone. */
  url?: string;
  /** Complaints that the test causes. Default: none. */
  expected?: RegExp;
  /** Whether the clock of the page can be stopped. Default: no. */
  hasClock?: boolean;
}

/** Opens the page. The test fails if it complains, violates its policy, or is wider than the screen. */
export async function openPlayground(
  browser: Browser,
  { screen = DESKTOP, connection, url, expected, hasClock = false }: OpenOptions = {},
): Promise<PlaygroundPage> {
  const site = url === undefined ? await servePage({ connection }) : undefined;
  const { width, height, scheme = 'light', isPhone = false } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    isMobile: isPhone,
    hasTouch: isPhone,
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  if (hasClock) await page.clock.install();
  if (SLOWDOWN > 1 && browser.browserType().name() === 'chromium')
    await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (said) => {
    if (said.type() === 'error' && !/Failed to load resource/.test(said.text())) complaints.push(said.text());
  });
  const shown = new PlaygroundPage(page, url ?? site?.url ?? '', screen);
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'blob:' && origin !== new URL(shown.url).origin) shown.foreign.push(request.url());
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(`The page shows:\n${await shown.describe()}`);
    await context.close();
    site?.server.closeAllConnections();
    site?.server.close();
  });
  onTestFinished(() => expect(complaints.filter((one) => expected?.test(one) !== true)).toEqual([]));
  await page.goto(shown.url);
  return shown;
}

/** Elements that reach over the edge of the screen, except inside of something that scrolls. */
export function widerThanScreen({ page, screen }: PlaygroundPage): Promise<string[]> {
  return page.evaluate((width) => {
    const exempt = '.sr-only, .skip, [hidden], pre, .table, details:not([open]) > :not(summary)';
    return [...document.querySelectorAll('body *')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.right > width + 1 || box.left < -1) && element.closest(exempt) === null;
      })
      .map((element) => `${element.tagName}.${element.className}`);
  }, screen.width);
}

/** The connection to a local Bedrock as a guest of its identity pool. */
export function asGuest({ url, region, identityPoolId, guestRoleArn }: LocalServer): Connection {
  return { kind: 'guest', endpoint: url, region, identityPoolId, guestRoleArn };
}
