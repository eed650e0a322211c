import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createBedrock } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { PAGE, serveSite } from './pages.js';

const LITE = 'amazon.nova-lite-v1:0';

/** Where to put pictures of the page, to look at after a change. */
const pictures = process.env['PICTURES'];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

let local: LocalServer;
let addresses: string[];
beforeEach(async () => {
  addresses = [];
  local = await startLocalBedrock({ onPageUrl: (url) => void addresses.push(url) });
});
afterEach(() => local.close());

/** Opens the page with the newest address; `problems` has what the browser complains about. */
async function open(
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage(options);
  const problems: string[] = [];
  page.on('pageerror', (error) => void problems.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  await page.goto(addresses.at(-1) ?? '');
  await expect.poll(() => page.textContent('#state')).toBe('Live');
  return { page, problems };
}

function clientOf({ url: endpoint, region, credentials }: LocalServer) {
  return createBedrock({ endpoint, region, credentials, maxAttempts: 1 });
}

/** Status, operation, model, and what went wrong in each row, newest first. */
const rows = (page: Page): Promise<string[]> =>
  page.$$eval('tbody tr', (found) =>
    found.map(({ children }) => [1, 2, 3, 7].map((i) => children[i]?.textContent).join(' ')),
  );

describe('the page of the local Bedrock in Chromium', () => {
  it('shows requests, and makes them fail', async () => {
    const { page, problems } = await open();
    expect(page.url()).toBe(`${local.url}/`);
    const bedrock = clientOf(local);
    const say = () => bedrock.stream({ modelId: LITE, prompt: 'Hi' }).text();
    await say();
    const whole = `200 ConverseStream ${LITE} `;
    await expect.poll(() => rows(page)).toEqual([whole]);
    const numbers = await page.$$eval('tbody .number', (cells) => cells.map((cell) => cell.textContent));
    expect(numbers).toEqual(Array(3).fill(expect.stringMatching(/^\d+$/)));

    await page.click('text=Throttle the next');
    await expect.poll(() => page.textContent('#waiting li')).toBe('throttle');
    await expect(say()).rejects.toMatchObject({ name: 'ThrottlingException' });
    const throttled = `429 ConverseStream ${LITE} ThrottlingException · fault: throttle`;
    await expect.poll(() => rows(page)).toEqual([throttled, whole]);
    await expect.poll(() => page.isVisible('#waiting')).toBe(false);

    await page.click('text=Break the next');
    await expect.poll(() => page.textContent('#outcome')).toBe('The next response will break off.');
    await expect(say()).rejects.toMatchObject({
      code: expect.stringMatching(/NETWORK|TRUNCATED/) as unknown,
    });

    await page.click('tbody tr:first-child >> text=Deny');
    await expect.poll(() => page.textContent('#denied li')).toBe(`${LITE}Allow`);
    await expect(say()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await page.click('text=Allow');
    await expect.poll(() => page.isVisible('#denied')).toBe(false);
    await say();

    await page.fill('#model', 'acme.none');
    await page.press('#model', 'Enter');
    await expect
      .poll(() => page.textContent('#outcome'))
      .toBe('There is no model acme.none in this account.');
    // The browser reports the answer 400 to that.
    expect(problems).toEqual([expect.stringContaining('400')]);
    await page.close();
  });

  it('keeps its key for a reload, and opens once', async () => {
    const { page } = await open();
    await page.reload();
    await expect.poll(() => page.textContent('#state')).toBe('Live');
    const other = await browser.newPage();
    await other.goto(addresses[0] ?? '');
    await expect.poll(() => other.textContent('#state')).toMatch(/^Open the address that the terminal shows/);
    expect(await other.isDisabled('text=Throttle the next')).toBe(true);
    // The next address works in the same tab.
    await other.goto(addresses.at(-1) ?? '');
    await expect.poll(() => other.textContent('#state')).toBe('Live');
    await Promise.all([page.close(), other.close()]);
  });

  it('shows names as text, whatever they are', async () => {
    const { page, problems } = await open();
    const name = '<img src=x onerror=alert(1)>';
    await fetch(`${local.url}/model/${encodeURIComponent(name)}/converse`, { method: 'POST', body: '{}' });
    await expect.poll(() => rows(page)).toEqual([`403 Converse ${name} MissingAuthenticationTokenException`]);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says that the local Bedrock has stopped, and finds it again', async () => {
    const { page } = await open();
    const { port } = new URL(local.url);
    await local.close();
    await expect.poll(() => page.textContent('#state')).toMatch(/has stopped/);
    local = await startLocalBedrock({ port: Number(port), onPageUrl: (url) => void addresses.push(url) });
    // It has forgotten the page.
    await expect.poll(() => page.textContent('#state')).toMatch(/^Open the address/);
    await page.goto(addresses.at(-1) ?? '');
    await expect.poll(() => page.textContent('#state')).toBe('Live');
    await page.close();
  });

  it('cannot be used or framed by a page of another origin', async () => {
    const { page } = await open();
    const key = await page.evaluate(() => sessionStorage.getItem('key'));
    const site = await serveSite({ '/': PAGE, '/script.js': ['text/javascript', ''] });
    const foreign = await browser.newPage();
    await foreign.goto(site.origin);
    const outcomes = await foreign.evaluate(
      async ([url, stolen]) => {
        const attempt = (init: RequestInit): Promise<string> =>
          fetch(`${url}/_page/faults`, { method: 'POST', body: '{"fault":"throttle=1"}', ...init }).then(
            (response) => response.type,
            () => 'refused',
          );
        return [
          await attempt({ headers: { 'x-page-key': String(stolen) } }),
          await attempt({ mode: 'no-cors' }),
          await attempt({}),
        ];
      },
      [local.url, key],
    );
    expect(outcomes[0]).toBe('refused');
    expect(await page.isVisible('#waiting')).toBe(false);
    expect((await clientOf(local).converse({ modelId: LITE, prompt: 'Hi' })).text).not.toBe('');
    await foreign.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener('load', resolve));
    }, local.url);
    const framed = foreign.frames().at(-1);
    expect(framed?.url()).not.toBe(`${local.url}/`);
    await Promise.all([page.close(), foreign.close()]);
    site.close();
  });

  it.each(['light', 'dark'] as const)('has names, labels and contrast, %s', async (colorScheme) => {
    const { page } = await open({ colorScheme, viewport: { width: 1200, height: 800 } });
    const bedrock = clientOf(local);
    await bedrock.converse({ modelId: LITE, prompt: 'Hi' });
    await bedrock.stream({ modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', prompt: 'Hi' }).text();
    await page.click('text=Throttle the next');
    await expect.poll(() => page.isVisible('#waiting')).toBe(true);
    await bedrock.converse({ modelId: LITE, prompt: 'Hi' }).catch(() => undefined);
    await page.click('text=Break the next');
    await page.click('tbody tr:first-child >> text=Deny');
    await expect.poll(() => page.isVisible('#denied')).toBe(true);
    await bedrock.converse({ modelId: 'amazon.nova-pro-v1:0', prompt: 'Hi' }).catch(() => undefined);
    await expect.poll(async () => (await rows(page)).length).toBe(4);
    expect(await page.evaluate(listProblems)).toEqual([]);
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${colorScheme}.png`), fullPage: true });
      await page.setViewportSize({ width: 390, height: 800 });
      await page.screenshot({ path: join(pictures, `${colorScheme}-narrow.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.close();
  });
});

/** Runs in the page: controls without a name, and texts whose contrast is less than WCAG 2.2 requires (AA, 4.5). */
function listProblems(): string[] {
  const problems: string[] = [];
  for (const control of document.querySelectorAll<HTMLElement>('button, input')) {
    const labels = 'labels' in control ? (control as HTMLInputElement).labels?.length : 0;
    if (!control.textContent?.trim() && !labels && !control.getAttribute('aria-label'))
      problems.push(`no name: ${control.outerHTML}`);
  }
  const luminance = (rgb: number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const numbers = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
  const backOf = (element: Element | null): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const found = numbers(getComputedStyle(at).backgroundColor);
      if (found[3] !== 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!hasText || !element.checkVisibility() || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(element.tagName))
      continue;
    const [front, back] = [numbers(getComputedStyle(element).color).slice(0, 3), backOf(element)].map(
      luminance,
    );
    const [low = 0, high = 0] = [front ?? 0, back ?? 0].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) problems.push(`contrast ${contrast.toFixed(2)}: ${element.textContent?.trim()}`);
  }
  return problems;
}
