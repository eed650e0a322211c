import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.mjs';
import { bundle } from './bundle.js';
import { PAGE, serveSite } from './pages.js';

type Run = (setup: object) => Promise<unknown>;

let local: Awaited<ReturnType<typeof startLocalBedrock>>;
let script: string;

beforeAll(async () => {
  script = await bundle("import { scenario } from './aws-scenario.ts'; globalThis.run = scenario;");
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
});
afterAll(() => local.close());

it('a bundle for browsers with an AWS client names no module of Node', () => {
  expect(script).toContain('BedrockRuntimeClient');
  expect(script).not.toMatch(/["'`]node:|require\(["'`]/);
});

it('a bundle of the decoder alone carries neither the commands of AWS nor the transport', async () => {
  const alone = await bundle(
    "import { eventStreamSerdeProvider as p } from 'bedrock-anywhere/aws'; globalThis.p = p;",
  );
  expect(alone).toContain('Truncated event message received.');
  expect(alone).not.toMatch(/ListFoundationModels|sdkTransport|["'`]node:/);
});

describe.each([
  ['Chromium, across origins', inChromium],
  ['workerd', inWorkerd],
])('the AWS client in %s', (_name, withRuntime) => {
  it.each(['stock', 'ours'])('carries our streams, with the decoder %s', async (decoder) => {
    const { url, region, credentials } = local;
    await withRuntime(async (run) => {
      expect(await run({ url, region, credentials, decoder })).toEqual({
        text: 'pong pong pong',
        stopReason: 'end_turn',
        hasUsage: true,
        left: ['messageStart', 'contentBlockDelta'],
        aborted: 'enough',
        failures: ['ERR_SERVICE', 'ERR_MODEL', 'ERR_TRUNCATED'],
        hasModels: true,
        isThrottling: true,
        chain: 'ERR_CREDENTIALS',
      });
      await expect.poll(() => local.liveConnections()).toBe(0);
    });
  });
});

async function inChromium(use: (run: Run) => Promise<void>): Promise<void> {
  const site = await serveSite({ '/': PAGE, '/script.js': ['text/javascript', script] });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(site.origin);
    await use((setup) => page.evaluate((given) => (globalThis as unknown as { run: Run }).run(given), setup));
  } finally {
    await browser.close();
    site.close();
  }
}

async function inWorkerd(use: (run: Run) => Promise<void>): Promise<void> {
  const answer = 'async (request) => Response.json(await globalThis.run(await request.json()))';
  const miniflare = new Miniflare({
    modules: true,
    script: `${script}; export default { fetch: ${answer} };`,
    compatibilityDate: '2025-09-01',
  });
  try {
    await use(async (setup) => {
      const body = JSON.stringify(setup);
      return (await miniflare.dispatchFetch('http://worker/', { method: 'POST', body })).json();
    });
  } finally {
    await miniflare.dispose();
  }
}
