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
}

export const DESKTOP: Screen = { width: 1280, height: 800 };
export const PHONE: Screen = { width: 390, height: 844 };

/** Where the tests leave what the page looks like, for people to look at. A run removes its own temporary folder at its end. */
const SCREENS = process.env['PLAYGROUND_SCREENS'] ?? join(tmpdir(), 'bedrock-anywhere-playground');

/** The page as a person uses it. */
export class PlaygroundPage {
  readonly page: Page;
  readonly url: string;
  /** Requests to anywhere but the server of the page. */
  readonly foreign: string[] = [];

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
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
    await this.button('Settings').click();
    await this.page.getByLabel('What goes wrong').selectOption({ label });
    await this.page.keyboard.press('Escape');
  }

  async shoot(name: string): Promise<void> {
    mkdirSync(SCREENS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' });
  }
}

interface OpenOptions {
  screen?: Screen;
  connection?: Connection;
  /** Default: that of a server for this page alone. */
  url?: string;
  /** Complaints that the test causes. Default: none. */
  expected?: RegExp;
}

/** Opens the page. The test fails if it complains, violates its policy, or is wider than the screen. */
export async function openPlayground(
  browser: Browser,
  { screen = DESKTOP, connection, url, expected }: OpenOptions = {},
): Promise<PlaygroundPage> {
  const site = url === undefined ? await servePage({ connection }) : undefined;
  const { width, height, scheme = 'light' } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (said) => {
    if (said.type() === 'error' && !/Failed to load resource/.test(said.text())) complaints.push(said.text());
  });
  const shown = new PlaygroundPage(page, url ?? site?.url ?? '');
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'blob:' && origin !== new URL(shown.url).origin) shown.foreign.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    site?.server.closeAllConnections();
    site?.server.close();
  });
  onTestFinished(() => expect(complaints.filter((one) => expected?.test(one) !== true)).toEqual([]));
  await page.goto(shown.url);
  return shown;
}

/** The connection to a local Bedrock as a guest of its identity pool. */
export function asGuest({ url, region, identityPoolId, guestRoleArn }: LocalServer): Connection {
  return { kind: 'guest', endpoint: url, region, identityPoolId, guestRoleArn };
}
