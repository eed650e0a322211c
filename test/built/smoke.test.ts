import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EdgeVM } from '@edge-runtime/vm';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../chromium.js';
import { bundleScenario } from './bundle.js';

/** Runs the scenario in a runtime, with what it returns as JSON. */
type Run = (setup: object) => Promise<unknown>;

let script: string;
let local: Awaited<ReturnType<typeof startLocalBedrock>>;

beforeAll(async () => {
  script = await bundleScenario();
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
});
afterAll(() => local.close());

describe('the bundle', () => {
  it('names no module of Node and none of AWS', () => {
    expect(script).toContain('AWS4-HMAC-SHA256');
    expect(script).not.toMatch(/["'`]node:|require\(|@aws-sdk|@smithy/);
  });
});

const runtimes: [name: string, withRuntime: (use: (run: Run) => Promise<void>) => Promise<void>][] = [
  ['Chromium, across origins', inChromium],
  ['workerd', inWorkerd],
  ["Vercel's edge VM", inEdgeVm],
];

describe.each(runtimes)('the built core in %s', (_name, withRuntime) => {
  it.each(['SigV4', 'an API key'])('streams, leaves, aborts and fails as anywhere, with %s', async (kind) => {
    const credentials = kind === 'SigV4' ? local.credentials : { token: local.apiKey };
    const before = local.requests.length;
    await withRuntime(async (run) => {
      expect(await run({ url: local.url, region: local.region, credentials })).toEqual({
        text: 'pong pong pong',
        stopReason: 'end_turn',
        left: ['messageStart', 'contentBlockDelta'],
        aborted: 'enough',
        failure: 'ERR_INPUT',
      });
      await expect.poll(() => local.liveConnections()).toBe(0);
    });
    const sent = local.requests.slice(before).filter(({ method }) => method === 'POST');
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
    expect(sent[0]?.body).toMatchObject({
      messages: [{ content: [{ text: 'ping' }, { image: { source: { bytes: 'AQ==' } } }] }],
    });
  });
});

async function inChromium(use: (run: Run) => Promise<void>): Promise<void> {
  const pages = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>smoke</title>');
  }).listen(0, '127.0.0.1');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: script });
    await use((setup) => page.evaluate((given) => (globalThis as unknown as { run: Run }).run(given), setup));
  } finally {
    await browser.close();
    pages.close();
  }
}

async function inWorkerd(use: (run: Run) => Promise<void>): Promise<void> {
  const worker = `${script}; export default { fetch: async (request) => Response.json(await globalThis.run(await request.json())) };`;
  const miniflare = new Miniflare({ modules: true, script: worker, compatibilityDate: '2025-09-01' });
  try {
    await use(async (setup) => {
      const response = await miniflare.dispatchFetch('http://worker/', {
        method: 'POST',
        body: JSON.stringify(setup),
      });
      return response.json();
    });
  } finally {
    await miniflare.dispose();
  }
}

async function inEdgeVm(use: (run: Run) => Promise<void>): Promise<void> {
  const vm = new EdgeVM();
  vm.evaluate(script);
  await use(async (setup) => {
    const given = JSON.stringify(setup);
    const json = await (vm.evaluate(`run(${given}).then(JSON.stringify)`) as Promise<string>);
    return JSON.parse(json) as unknown;
  });
}
