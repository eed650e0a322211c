import { readFileSync } from 'node:fs';
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
) as { compatibility_date: string; vars: { AWS_REGION: string }; kv_namespaces: [{ binding: string }] };

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
    expect((await worker.dispatchFetch('http://worker/', { headers })).status).toBe(404);
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
