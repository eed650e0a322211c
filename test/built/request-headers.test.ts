import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { bundle } from './bundle.js';
import type { make, Setup } from './every-call.js';
import { PAGE, type Site, serveSite } from './pages.js';

const SESSION = { accessKeyId: 'ASIASESSION000000001', secretAccessKey: 'secret', sessionToken: 'token' };

let local: LocalBedrock;
let door: Server;
let site: Site;
let browser: Browser;
let page: Page;
/** What Chromium asked to be allowed, by what it wanted to do. */
let asked: Record<string, string>;

beforeAll(async () => {
  // Two calls are refused at first: a call that is made again sends nothing else either.
  local = createLocalBedrock({ credentials: SESSION, faults: ['throttle=1', '', 'throttle=1'] });
  door = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const script = await bundle("import { make } from './every-call.ts'; globalThis.make = make;");
  site = await serveSite({ '/': PAGE, '/script.js': ['text/javascript', script] });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(site.origin);
});
beforeEach(() => {
  asked = {};
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  door?.closeAllConnections();
  door?.close();
});

/** Lets everything pass that a page asks for, forgets it at once, and writes it down; the local Bedrock answers. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '/', headers } = request;
  const wanted = headers['access-control-request-headers'] ?? '';
  if (method === 'OPTIONS') {
    asked[`${headers['access-control-request-method']} ${url.replace(/\?.*/, '')}`] = wanted;
    response.writeHead(204, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': wanted,
      'access-control-max-age': '0',
    });
    return void response.end();
  }
  const body = await buffer(request);
  const init = { method, headers: headers as Record<string, string>, ...(method === 'POST' && { body }) };
  const reply = await local.fetch(new Request(`http://${headers.host}${url}`, init));
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  response.end(new Uint8Array(await reply.arrayBuffer()));
}

async function askedFor(
  name: Parameters<typeof make>[0],
  credentials: Setup['options']['credentials'],
): Promise<Record<string, string>> {
  const setup: Setup = {
    options: {
      endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
      region: local.region,
      credentials,
    },
    identityPoolId: local.identityPoolId,
    guestRoleArn: local.guestRoleArn,
  };
  await page.evaluate(
    ([which, given]) => (globalThis as unknown as { make: typeof make }).make(which, given),
    [name, setup] as const,
  );
  return asked;
}

/** How a caller shows who it is, with the headers that this takes. */
const WAYS: [way: string, credentials: () => Setup['options']['credentials'], headers: string][] = [
  ['access keys', () => local.credentials, 'authorization,x-amz-date'],
  ['a session', () => SESSION, 'authorization,x-amz-date,x-amz-security-token'],
  ['an API key', () => ({ token: local.apiKey }), 'authorization'],
];

/** `content-type` among them, in the order that browsers ask in. */
const withType = (headers: string): string => [...headers.split(','), 'content-type'].sort().join(',');

describe.each(WAYS)(
  'a page that calls with %s asks for no header beyond signature and type',
  (_way, credentials, headers) => {
    it.each([
      ['stream', 'amazon.nova-lite-v1:0/converse-stream'],
      ['converse', 'amazon.nova-lite-v1:0/converse'],
      ['countTokens', 'anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens'],
      ['invokeModel', 'amazon.nova-lite-v1:0/invoke'],
    ] as const)('%s', async (name, path) => {
      expect(await askedFor(name, credentials())).toEqual({
        [`POST /model/${path.replace(':', '%3A')}`]: withType(headers),
      });
    });

    it('invokeModelStream, which says in a header of its own which type it wants', async () => {
      const asked = await askedFor('invokeModelStream', credentials());
      const path = 'POST /model/amazon.nova-lite-v1%3A0/invoke-with-response-stream';
      expect(asked).toEqual({
        [path]: [...withType(headers).split(','), 'x-amzn-bedrock-accept'].sort().join(','),
      });
    });

    it('discover, which sends no body', async () => {
      const {
        'GET /foundation-models': models,
        'GET /inference-profiles': profiles,
        ...rest
      } = await askedFor('discover', credentials());
      expect([models, profiles]).toEqual([headers, headers]);
      expect(Object.keys(rest).length).toBeGreaterThan(0);
      for (const [what, list] of Object.entries(rest)) {
        expect(what).toMatch(/^GET \/foundation-model-availability\//);
        expect(list).toBe(headers);
      }
    });
  },
);

describe('a page that asks for credentials', () => {
  it('of STS, whose they are, sends a type that needs no permission', async () => {
    expect(await askedFor('getCallerIdentity', local.credentials)).toEqual({
      'POST /': 'authorization,x-amz-date',
    });
  });

  it('of Cognito, names the operation and the type, as the protocol wants it', async () => {
    expect(await askedFor('cognito', local.credentials)).toEqual({ 'POST /': 'content-type,x-amz-target' });
  });
});
