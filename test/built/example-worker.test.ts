import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';

const modelId = 'amazon.nova-lite-v1:0';
const token = 'the-token-of-the-only-caller-there-is';
const headers = { authorization: `Bearer ${token}` };

/** What wrangler would read. */
const config = JSON.parse(
  readFileSync(new URL('../../examples/cloudflare-worker/wrangler.jsonc', import.meta.url), 'utf8'),
) as {
  compatibility_date: string;
  vars: { AWS_REGION: string };
  kv_namespaces: [{ binding: string }];
  assets: { directory: string; binding: string; run_worker_first: boolean };
};

/** In a folder of its own, the package is in node_modules; here it is the checkout. */
const assets = fileURLToPath(
  new URL(config.assets.directory.replace('node_modules/bedrock-anywhere', '../..'), import.meta.url),
);

let local: LocalServer;
let worker: Miniflare;
let script: string;

beforeAll(async () => {
  local = await startLocalBedrock({
    region: config.vars.AWS_REGION,
    noAccess: ['amazon.nova-micro-v1:0'],
    script: [
      { user: 'ping', text: 'pong pong pong' },
      { user: 'long', text: 'word '.repeat(20_000) },
    ],
  });
  script = await bundle("export { default } from '../../examples/cloudflare-worker/worker.ts';", 'esm', [
    'workerd',
    'worker',
    'browser',
  ]);
  worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: config.compatibility_date,
    assets: {
      directory: assets,
      binding: config.assets.binding,
      routerConfig: {
        has_user_worker: true,
        invoke_user_worker_ahead_of_assets: config.assets.run_worker_first,
      },
    },
    kvNamespaces: config.kv_namespaces.map(({ binding }) => binding),
    bindings: {
      ...config.vars,
      ACCESS_TOKENS: token,
      AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
      BEDROCK_ENDPOINT: local.url,
    },
  });
  await worker.ready;
});
afterAll(async () => {
  await worker?.dispose();
  await local?.close();
});

const ask = (text: string, { id = modelId, sent = headers as Record<string, string> } = {}) =>
  worker.dispatchFetch('http://worker/chat', {
    method: 'POST',
    headers: sent,
    body: JSON.stringify({ modelId: id, messages: [{ role: 'user', content: [{ text }] }] }),
  });
const count = (name: string) => local.requests.filter(({ operation }) => operation === name).length;

describe('the example cloudflare-worker, in workerd', () => {
  it('has no module of Node or AWS', () => {
    expect(script).not.toMatch(/["'`]node:|\brequire\(|@aws-sdk|@smithy/);
  });

  it('lists the models, the second time from KV', async () => {
    const list = async () => (await worker.dispatchFetch('http://worker/models', { headers })).json();
    expect(await list()).toMatchObject({
      source: 'network',
      models: [
        { id: modelId, name: 'Nova Lite' },
        { id: 'amazon.nova-micro-v1:0', name: 'Nova Micro' },
      ],
    });
    expect(await list()).toMatchObject({ source: 'cache' });
    expect(count('ListFoundationModels')).toBe(1);
  });

  it('streams an answer', async () => {
    const response = await ask('ping');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^event: messageStart\n/);
    expect(text).toMatch(/event: metadata\ndata: \{.*\}\n\n$/);
  });

  it('ends the call when the visitor leaves', async () => {
    const response = await ask('long');
    const reader = response.body?.getReader();
    await reader?.read();
    expect(local.liveConnections()).toBe(1);
    await reader?.cancel();
    await expect.poll(() => local.liveConnections()).toBe(0);
  });

  it('rejects who has no token, what is not in its list, and what is not there', async () => {
    const before = local.requests.length;
    expect((await ask('ping', { sent: {} })).status).toBe(401);
    expect((await ask('ping', { sent: { authorization: `Bearer ${token}!` } })).status).toBe(401);
    const response = await ask('ping', { id: 'amazon.nova-pro-v1:0' });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('modelId is one of'),
    ]);
    expect((await worker.dispatchFetch('http://worker/chats', { headers })).status).toBe(404);
    expect((await worker.dispatchFetch('http://worker/chat', { headers })).status).toBe(405);
    expect(local.requests.slice(before)).toEqual([]);
  });

  it('reports a failure of Bedrock in general words', async () => {
    // The local account has no access to this model.
    const response = await ask('ping', { id: 'amazon.nova-micro-v1:0' });
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: expect.objectContaining({ message: 'The server is not set up correctly for this request.' }) },
    ]);
  });
});

describe('the playground of the example cloudflare-worker, in workerd', () => {
  const get = (path: string, sent: Record<string, string> = {}) =>
    worker.dispatchFetch(`http://worker${path}`, { headers: sent });
  const converse = (sent: Record<string, string>, text = 'ping', id = modelId) =>
    worker.dispatchFetch(`http://worker/model/${encodeURIComponent(id)}/converse-stream`, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }] }),
    });

  it('is served to anybody, with a policy that reaches only the Worker, and without a key', async () => {
    const names = readdirSync(assets).filter((name) => name !== 'index.html');
    expect(names.length).toBeGreaterThan(5);
    for (const path of ['/', '/settings.json', ...names.map((name) => `/${name}`)]) {
      const response = await get(path);
      const policy = response.headers.get('content-security-policy')?.split('; ');
      expect([path, response.status, policy]).toEqual([
        path,
        200,
        expect.arrayContaining([
          "default-src 'none'",
          "connect-src 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'",
        ]),
      ]);
      const text = await response.text();
      expect([path, text.includes(local.apiKey), text.includes(token)]).toEqual([path, false, false]);
    }
    expect(await (await get('/settings.json')).json()).toEqual({
      connection: { kind: 'gateway', endpoint: '/' },
    });
  });

  it('has a gateway that refuses who has no token', async () => {
    const before = local.requests.length;
    for (const sent of [{}, { authorization: `Bearer ${token}!` }, { 'x-api-key': token }]) {
      expect((await get('/v1/models', sent)).status).toBe(401);
      // As Bedrock's own paths say it.
      expect((await converse(sent)).status).toBe(403);
    }
    expect(local.requests.slice(before)).toEqual([]);
  });

  it('has a gateway that lists and calls the models of the Worker, and no others', async () => {
    const { data } = (await (await get('/v1/models', headers)).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id).sort()).toEqual([modelId, 'amazon.nova-micro-v1:0']);
    const response = await converse(headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.amazon.eventstream',
    ]);
    expect(await response.text()).toContain('pong');
    expect((await converse(headers, 'ping', 'amazon.nova-pro-v1:0')).status).toBe(400);
  });

  it('has a gateway that ends the call when the visitor leaves', async () => {
    const response = await converse(headers, 'long');
    const reader = response.body?.getReader();
    await reader?.read();
    expect(local.liveConnections()).toBe(1);
    await reader?.cancel();
    await expect.poll(() => local.liveConnections()).toBe(0);
  });
});
