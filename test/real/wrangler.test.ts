import type { LocalServer } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findNode, wranglerCommand, wranglerFolder } from '../../scripts/wrangler/install.mjs';
import { App } from './app.js';
import { itServesPlayground } from './playground.js';
import { Program } from './program.js';
import { ACCESS_TOKEN, headers, itStreams, startBedrock } from './streaming.js';

let app: App | undefined;
let bedrock: LocalServer;
let wrangler: Program | undefined;
let url: string;

beforeAll(async () => {
  bedrock = await startBedrock();
  app = new App(wranglerFolder);
  app.copyExample('cloudflare-worker', '.');
  const variables = {
    ACCESS_TOKENS: ACCESS_TOKEN,
    AWS_BEARER_TOKEN_BEDROCK: bedrock.apiKey,
    BEDROCK_ENDPOINT: bedrock.url,
  };
  app.write(
    '.dev.vars',
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  app.install(inject('tarball'));
  const options = ['--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0'];
  wrangler = new Program(await findNode(), [wranglerCommand, 'dev', ...options], app.folder, {
    WRANGLER_SEND_METRICS: 'false',
    // Miniflare would ask Cloudflare for the data of `request.cf`.
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  });
  url = await wrangler.waitFor(/Ready on (http:\S+)/);
});
afterAll(async () => {
  await wrangler?.[Symbol.asyncDispose]();
  app?.[Symbol.dispose]();
  await bedrock?.close();
});

describe('the example cloudflare-worker in wrangler dev', () => {
  itStreams(() => ({ url: `${url}/chat`, server: wrangler, bedrock }));

  it('lists the models, the second time from KV', async () => {
    const list = async () => (await fetch(`${url}/models`, { headers })).json();
    expect(await list()).toMatchObject({
      source: 'network',
      models: [
        { id: 'amazon.nova-lite-v1:0', name: 'Nova Lite' },
        { id: 'amazon.nova-micro-v1:0', name: 'Nova Micro' },
      ],
    });
    expect(await list()).toMatchObject({ source: 'cache' });
  });

  it('answers only callers with a token', async () => {
    expect((await fetch(`${url}/models`)).status).toBe(401);
  });
});

describe('the playground of the example cloudflare-worker in wrangler dev', () => {
  itServesPlayground(() => ({ page: `${url}/`, gateway: url, bedrock }));
});
