import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApiKey } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { closedPort } from '../closed-port.js';
import { bundle } from './bundle.js';
import type { Call, call, Outcome } from './call-scenario.js';
import { lacksFirefox, launchFirefox } from './firefox.js';
import { PAGE, type Site, serveSite } from './pages.js';

const SESSION = { accessKeyId: 'ASIASESSIONTHATENDED', secretAccessKey: 'secret', sessionToken: 'token' };
const STREAM = 'bedrock:InvokeModelWithResponseStream';
const LITE = 'amazon.nova-lite-v1:0';
const PRO = 'amazon.nova-pro-v1:0';
const ARN = `arn:aws:bedrock:us-east-1::foundation-model/${LITE}`;

/** A page of a browser. */
interface Tab {
  call(given: Call): Promise<Outcome>;
}
interface OpenBrowser {
  open(url: string): Promise<Tab>;
  close(): Promise<void>;
}
const run = (given: Call) => (globalThis as unknown as { call: typeof call }).call(given);

const BROWSERS: [name: string, isLeftOut: boolean, launch: () => Promise<OpenBrowser>][] = [
  [
    'Chromium',
    false,
    async () => {
      const browser = await launchChromium();
      return {
        async open(url) {
          const page = await browser.newPage();
          await page.goto(url);
          return { call: (given) => page.evaluate(run, given) };
        },
        close: () => browser.close(),
      };
    },
  ],
  [
    lacksFirefox ? 'Firefox (skipped: there is none on this machine)' : 'Firefox',
    lacksFirefox,
    async () => {
      const browser = await launchFirefox();
      return {
        async open(url) {
          const page = await browser.newPage();
          await page.goto(url);
          return { call: (given) => page.evaluate(run, given) };
        },
        close: () => browser.close(),
      };
    },
  ],
];

let site: Site;
let local: LocalServer;
let strict: LocalServer;
let withoutCors: Server;
let expiredKey: string;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  local = await startLocalBedrock({
    script: [{ user: 'ping', text: 'pong' }],
    credentials: { ...SESSION, expiration: new Date(Date.now() - 60_000) },
    noAccess: [PRO],
  });
  strict = await startLocalBedrock({ deny: [STREAM] });
  withoutCors = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
  await once(withoutCors, 'listening');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  expiredKey = await createApiKey(local.credentials, { region: local.region, expiresInSeconds: 900 });
  vi.useRealTimers();
  const script = await bundle("import { call } from './call-scenario.ts'; globalThis.call = call;");
  site = await serveSite({
    '/': PAGE,
    '/alone': [...PAGE, { 'content-security-policy': "connect-src 'self'" }],
    '/script.js': ['text/javascript', script],
  });
});
afterAll(async () => {
  site?.close();
  withoutCors?.close();
  await local?.close();
  await strict?.close();
});

/** A page of the site, its call, and what it is told. */
interface Case {
  path?: string;
  given: () => Call;
  expected: { code: string; status?: number; phase?: string };
  says: RegExp;
  not?: RegExp;
}
const NO_ANSWER = /^No answer from \S+: .+ Check the network, the endpoint, .*\(CORS\), .* CSP\.$/;
const unreachable = { code: 'ERR_NETWORK', name: 'NetworkError', phase: 'request' };

const CASES: Record<string, Case> = {
  'nobody listens': {
    given: () => ({
      endpoint: `http://127.0.0.1:${closedPort()}`,
      credentials: local.credentials,
    }),
    expected: unreachable,
    says: NO_ANSWER,
  },
  'the name does not exist': {
    given: () => ({ endpoint: 'https://bedrock.invalid', credentials: local.credentials }),
    expected: unreachable,
    says: NO_ANSWER,
  },
  'the endpoint refuses the origin (CORS)': {
    given: () => ({
      endpoint: `http://127.0.0.1:${portOf(withoutCors)}`,
      credentials: local.credentials,
    }),
    expected: unreachable,
    says: NO_ANSWER,
  },
  'the page refuses the endpoint (CSP)': {
    path: '/alone',
    given: () => ({ endpoint: local.url, credentials: local.credentials }),
    expected: unreachable,
    says: NO_ANSWER,
  },
  'the connection breaks in the middle': {
    given: () => ({ endpoint: local.url, credentials: local.credentials, fault: 'reset=150' }),
    expected: { code: 'ERR_NETWORK', phase: 'stream' },
    says: /^The connection to \S+ broke off: .+ Check the network/,
    not: /CORS/,
  },
  'the session has expired': {
    given: () => ({ endpoint: local.url, credentials: SESSION }),
    expected: { code: 'ERR_CREDENTIALS', status: 403 },
    says: /security token included in the request is expired.* These credentials have expired: get new ones\.$/,
  },
  'the API key has expired': {
    given: () => ({ endpoint: local.url, credentials: { token: expiredKey } }),
    expected: { code: 'ERR_CREDENTIALS', status: 403 },
    says: /Bearer Token has expired.* These credentials have expired: get new ones\.$/,
  },
  'the API key is wrong': {
    given: () => ({ endpoint: local.url, credentials: { token: 'bedrock-api-key-wrong' } }),
    expected: { code: 'ERR_CREDENTIALS', status: 403 },
    says: /API Key is valid/,
    not: /have expired/,
  },
  'a permission is missing': {
    given: () => ({ endpoint: strict.url, credentials: strict.credentials }),
    expected: { code: 'ERR_ACCESS_DENIED', status: 403 },
    says: new RegExp(
      `is not authorized to perform: .* Allow the IAM action ${STREAM} on ${ARN} to this identity\\.$`,
    ),
    not: /Model access/,
  },
  'the account has no access to the model': {
    given: () => ({
      endpoint: local.url,
      credentials: local.credentials,
      modelId: PRO,
    }),
    expected: { code: 'ERR_ACCESS_DENIED', status: 403 },
    says: /don't have access to the model.* Check the region\. The model catalog in the Bedrock console shows .*needs\.$/,
    not: /IAM action/,
  },
};

for (const [name, isLeftOut, launch] of BROWSERS) {
  (isLeftOut ? describe.skip : describe)(`in ${name}, which shows no response header`, () => {
    let browser: OpenBrowser;
    let tab: Tab;
    beforeAll(async () => {
      browser = await launch();
      tab = await browser.open(site.origin);
    });
    afterAll(() => browser?.close());

    it('a call works', async () => {
      const { url: endpoint, credentials } = local;
      expect(await tab.call({ endpoint, credentials })).toEqual({ text: 'pong' });
    });

    it.each(Object.entries(CASES))('tells that %s', async (_what, { path, given, expected, says, not }) => {
      const page = path === undefined ? tab : await browser.open(site.origin + path);
      const outcome = await page.call(given());
      expect(outcome).toMatchObject({ ...expected, message: expect.stringMatching(says) });
      if (not !== undefined) expect(outcome.message).not.toMatch(not);
      expect(outcome.requestId).toBeUndefined();
    });
  });
}

it('in Chromium, tells that there is no network at all', async () => {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(site.origin);
    await context.setOffline(true);
    const { url: endpoint, credentials } = local;
    expect(await page.evaluate(run, { endpoint, credentials })).toMatchObject({
      ...unreachable,
      message: expect.stringMatching(/^No answer from \S+: .+ This device is offline\. Check the network/),
    });
  } finally {
    await browser.close();
  }
});
