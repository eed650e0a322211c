import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../chromium.js';
import type { identities, Setup, skewed } from './cognito-scenario.js';

/** What the bundle leaves on the global object. */
interface Scenarios {
  identities: typeof identities;
  skewed: typeof skewed;
}

const IDP = 'login.example.com';
const HOUR = 60 * 60_000;

let script: string;
let local: LocalServer;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "import * as scenarios from './cognito-scenario.ts'; Object.assign(globalThis, scenarios);",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    // The paths of tsconfig.json lead to the sources; what is bundled here is the build.
    tsconfigRaw: {},
    write: false,
    logLevel: 'error',
  });
  script = outputFiles[0]?.text ?? '';
});
beforeEach(async () => {
  local = await startLocalBedrock({ script: [{ text: 'pong' }], logins: { [IDP]: 'good' } });
});
afterEach(() => local.close());

const setup = (): Setup => ({
  url: local.url,
  region: local.region,
  identityPoolId: local.identityPoolId,
  login: [IDP, 'good'],
  credentials: local.credentials,
});

/** What came and how it was answered, but for what leads nowhere. */
const seen = () =>
  local.requests
    .map(({ operation, status }) => `${operation} ${status}`)
    .filter((line) => !/undefined/.test(line));

const count = (line: string) => seen().filter((one) => one === line).length;

describe('in Chromium, across origins', () => {
  let pages: Server;
  let browser: Browser;

  beforeAll(async () => {
    pages = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>pool</title>');
    }).listen(0, '127.0.0.1');
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    pages?.close();
  });

  /** A page of another origin than the local Bedrock's, whose clock is off by so much. */
  async function openPage(offsetMs = 0): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript((offset) => {
      const Real = Date;
      // biome-ignore lint/suspicious/noGlobalAssign: this page has a wrong clock.
      Date = class extends Real {
        constructor(...given: unknown[]) {
          super(...((given.length === 0 ? [Real.now() + offset] : given) as [number]));
        }
        static override now(): number {
          return Real.now() + offset;
        }
      } as DateConstructor;
    }, offsetMs);
    await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: script });
    return page;
  }

  it('guests and users of an identity pool stream, and a guest is known again', async () => {
    const page = await openPage();
    const answer = await page.evaluate(
      (given) => (globalThis as unknown as Scenarios).identities(given),
      setup(),
    );
    expect(answer).toEqual({ guest: 'pong', again: 'pong', user: 'pong', refused: 'ERR_CREDENTIALS' });
    expect(count('GetId 200')).toBe(2);
    expect(count('GetId 400')).toBe(1);
    expect(count('GetCredentialsForIdentity 200')).toBe(3);
    expect(count('ConverseStream 200')).toBe(6);
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(JSON.parse(kept)).toEqual({
      [`aws:cognito-identity-credentials:${local.identityPoolId}:ANONYMOUS`]:
        expect.stringMatching(/^us-east-1:/),
    });
  });

  it.each([
    ['ahead', HOUR],
    ['behind', -HOUR],
  ])('a clock that is an hour %s is set right once, from what the error says', async (_way, offset) => {
    const page = await openPage(offset);
    const answer = await page.evaluate(
      (given) => (globalThis as unknown as Scenarios).skewed(given),
      setup(),
    );
    expect(answer).toMatchObject({ dateHeader: null, texts: ['pong', 'pong'] });
    expect(Math.abs((answer as { clock: number }).clock - Date.now() - offset)).toBeLessThan(60_000);
    expect(seen()).toEqual(['ConverseStream 403', 'ConverseStream 200', 'ConverseStream 200']);
    expect(local.requests.find(({ status }) => status === 403)?.errorType).toBe('InvalidSignatureException');
  });
});

describe('in workerd', () => {
  it('guests and users of an identity pool stream, without a promise that two requests share', async () => {
    const worker = `${script}; export default { fetch: async (request) => Response.json(await globalThis.identities(await request.json())) };`;
    const miniflare = new Miniflare({ modules: true, script: worker, compatibilityDate: '2025-09-01' });
    try {
      const response = await miniflare.dispatchFetch('http://worker/', {
        method: 'POST',
        body: JSON.stringify(setup()),
      });
      expect(await response.json()).toEqual({
        guest: 'pong',
        again: 'pong',
        user: 'pong',
        refused: 'ERR_CREDENTIALS',
      });
      // Both calls of a guest ask at the same time; a provider that comes later finds the identity remembered.
      expect(count('GetId 200')).toBe(4);
      expect(count('ConverseStream 200')).toBe(6);
    } finally {
      await miniflare.dispose();
    }
  });
});
