/** What holds for every example of a server: nobody may call by default, and what visitors send is not passed on as it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memoryStorage } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import worker from '../../examples/cloudflare-worker/worker.js';
import edgeKey, { type Env } from '../../examples/edge-key/server.js';
import * as nextjs from '../../examples/nextjs/app/api/chat/route.js';
import * as vercelEdge from '../../examples/vercel-edge/app/api/chat/route.js';

const modelId = 'amazon.nova-lite-v1:0';
const chat = (content: unknown, role: unknown = 'user') => ({ modelId, messages: [{ role, content }] });
const PING = chat([{ text: 'ping' }]);

let local: LocalServer;
/** A token that no other test has used, so that its requests are counted from zero. */
let token: string;
let tokens = 0;
beforeEach(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
  token = `token-${++tokens}`.padEnd(32, '-');
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
  vi.stubEnv('AWS_REGION', local.region);
  vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', local.url);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  await local.close();
  vi.unstubAllEnvs();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Call = (request: Request, accessTokens: string | undefined) => Promise<Response>;

function callRoute(route: { POST(request: Request): Promise<Response> }): Call {
  return (request, accessTokens) => {
    vi.stubEnv('ACCESS_TOKENS', accessTokens);
    return route.POST(request);
  };
}

/** Cloudflare's KV, as far as the library uses it. */
function kv() {
  const items = memoryStorage();
  return {
    get: async (key: string) => items.getItem(key),
    put: async (key: string, value: string) => items.setItem(key, value),
    delete: async (key: string) => items.removeItem(key),
  };
}

const callWorker: Call = (request, ACCESS_TOKENS) =>
  worker.fetch(
    request,
    {
      ...(ACCESS_TOKENS !== undefined && { ACCESS_TOKENS }),
      AWS_REGION: local.region,
      AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
      BEDROCK_ENDPOINT: local.url,
      MODELS: kv(),
      ASSETS: { fetch: async () => new Response('Not found', { status: 404 }) },
    },
    { waitUntil: () => {} },
  );

const callEdgeKey: Call = (request, ACCESS_TOKENS) => {
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = local.credentials;
  const env: Env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION: local.region };
  return edgeKey.fetch(request, { ...env, ...(ACCESS_TOKENS !== undefined && { ACCESS_TOKENS }) });
};

const CHATS: Record<string, { path: string; call: Call }> = {
  'cloudflare-worker': { path: '/chat', call: callWorker },
  nextjs: { path: '/api/chat', call: callRoute(nextjs) },
  'vercel-edge': { path: '/api/chat', call: callRoute(vercelEdge) },
};
const SERVERS = { ...CHATS, 'edge-key': { path: '/bedrock-key', call: callEdgeKey } };

function post(path: string, authorization?: string, body: unknown = PING): Request {
  return new Request(`https://app.example${path}`, {
    method: 'POST',
    headers: { ...(authorization !== undefined && { authorization }), origin: 'https://app.example' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe.each(Object.entries(SERVERS))('the example %s', (_name, { path, call }) => {
  const ask = (authorization?: string, accessTokens: string | undefined = token) =>
    call(post(path, authorization), accessTokens);

  it.each([
    ['is missing', undefined],
    ['is blank', ' \n'],
    ['is short', 'short-and-easy-to-guess'],
    ['has a short token among others', `${'x'.repeat(32)} short`],
  ])('answers nobody while ACCESS_TOKENS %s, and says what to set', async (_how, accessTokens) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const authorization of [undefined, 'Bearer ', 'Bearer short', `Bearer ${'x'.repeat(32)}`]) {
      const response = await call(post(path, authorization), accessTokens);
      expect([response.status, await response.text()]).toEqual([
        503,
        expect.stringMatching(/^Set ACCESS_TOKENS/),
      ]);
    }
    expect(log).toHaveBeenCalledTimes(4);
    expect(local.requests).toEqual([]);
  });

  it('asks for a token, whatever the origin', async () => {
    const almost = [token.slice(1), `${token}-`, token.toUpperCase(), `${token} ${token}`];
    for (const authorization of [
      undefined,
      '',
      token.slice(0, -1),
      'Basic abc',
      ...almost.map((one) => `Bearer ${one}`),
    ]) {
      const response = await ask(authorization);
      expect([authorization, response.status, response.headers.get('www-authenticate')]).toEqual([
        authorization,
        401,
        'Bearer',
      ]);
    }
    expect(local.requests).toEqual([]);
  });

  it('accepts each of the tokens, and does the same work for every guess', async () => {
    const digest = vi.spyOn(crypto.subtle, 'digest');
    const all = ['a', 'b', 'c'].map((letter) => `${token}${letter}`);
    const work: number[] = [];
    for (const guess of [...all, 'wrong', `${token}d`]) {
      digest.mockClear();
      const { status, body } = await ask(`Bearer ${guess}`, all.join(' '));
      await body?.cancel();
      expect([guess, status]).toEqual([guess, all.includes(guess) ? 200 : 401]);
      // Of the requests that are let in, signing needs digests of its own.
      const texts = digest.mock.calls.map(([, bytes]) => new TextDecoder().decode(bytes as Uint8Array));
      work.push(texts.filter((text) => text === guess || all.includes(text)).length);
    }
    expect(work).toEqual([4, 4, 4, 4, 4]);
  });

  it('counts the requests of each caller for a minute', async () => {
    const other = token.replace('token', 'other');
    const statuses = async (of: string, times: number) => {
      const found: number[] = [];
      for (let i = 0; i < times; i++) {
        const response = await ask(`Bearer ${of}`, `${token} ${other}`);
        found.push(response.status);
        await response.body?.cancel();
      }
      return found;
    };
    const limit = path === '/bedrock-key' ? 5 : 20;
    expect(await statuses(token, limit)).toEqual(Array(limit).fill(200));
    vi.advanceTimersByTime(59_000);
    expect(await statuses(token, 1)).toEqual([429]);
    const late = await ask(`Bearer ${token}`, `${token} ${other}`);
    expect(late.headers.get('retry-after')).toBe('1');
    expect(await statuses(other, 1)).toEqual([200]);
    vi.advanceTimersByTime(1000);
    expect(await statuses(token, limit + 1)).toEqual([...Array(limit).fill(200), 429]);
  });
});

describe.each(Object.entries(CHATS))('the example %s', (_name, { path, call }) => {
  const ask = (body: unknown) => call(post(path, `Bearer ${token}`, body), token);
  const bodiesSent = () => local.requests.map(({ operation, body }) => ({ operation, body }));

  it('passes on roles and texts, and a limit of its own', async () => {
    const response = await ask({
      modelId,
      messages: [
        { role: 'user', content: [{ text: 'a' }, { text: 'b', cachePoint: { type: 'default' } }], extra: 1 },
        { role: 'assistant', content: [{ text: 'c' }] },
        {
          role: 'user',
          content: [{ text: 'ping', document: { source: { s3Location: { uri: 's3://x/y' } } } }],
        },
      ],
      system: [{ text: 'Be rude.' }],
      inferenceConfig: { maxTokens: 100_000 },
      additionalModelRequestFields: { x: 1 },
      guardrailConfig: null,
      toolConfig: { tools: [] },
    });
    expect(await response.text()).toContain('pong');
    expect(bodiesSent()).toEqual([
      {
        operation: 'ConverseStream',
        body: {
          messages: [
            { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
            { role: 'assistant', content: [{ text: 'c' }] },
            { role: 'user', content: [{ text: 'ping' }] },
          ],
          inferenceConfig: { maxTokens: 2000 },
        },
      },
    ]);
  });

  it.each<[what: string, body: unknown]>([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['no messages', { modelId }],
    ['an empty list', { modelId, messages: [] }],
    ['a text instead of a list', { modelId, messages: 'ping' }],
    ['a message that is null', { modelId, messages: [null] }],
    ['another role', chat([{ text: 'ping' }], 'system')],
    ['a text instead of blocks', chat('ping')],
    ['no block', chat([])],
    ['a block without text', chat([{}])],
    ['a text that is a number', chat([{ text: 5 }])],
    [
      'a document in S3',
      chat([
        { text: 'ping' },
        { document: { format: 'pdf', name: 'x', source: { s3Location: { uri: 's3://secret/x.pdf' } } } },
      ]),
    ],
    [
      'an image in S3',
      chat([{ image: { format: 'png', source: { s3Location: { uri: 's3://secret/x.png' } } } }]),
    ],
    ['the result of a tool', chat([{ toolResult: { toolUseId: 'a', content: [{ text: 'x' }] } }])],
    ['too much text', chat([{ text: 'x'.repeat(60_000) }, { text: 'x'.repeat(60_000) }])],
    ['a hundred thousand empty texts', chat(Array(100_001).fill({ text: '' }))],
  ])('rejects %s, and says what to send', async (_what, body) => {
    const response = await ask(body);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringMatching(/^Send JSON: \{.*messages: \[\{ role, content: \[\{ text \}\] \}\] \}/),
    ]);
    expect(local.requests).toEqual([]);
  });
});

describe('the example cloudflare-worker', () => {
  it.each([
    undefined,
    5,
    'amazon.nova-pro-v1:0',
    'arn:aws:bedrock:evil:123456789012:application-inference-profile/abc',
    ['amazon.nova-lite-v1:0'],
    '__proto__',
  ])('rejects the model id %j, which is not in its list', async (id) => {
    const response = await callWorker(post('/chat', `Bearer ${token}`, { ...PING, modelId: id }), token);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('modelId is one of amazon.nova-micro-v1:0, amazon.nova-lite-v1:0.'),
    ]);
    expect(local.requests).toEqual([]);
  });

  it('lists only what it lets callers use, and only to them', async () => {
    const list = (headers: HeadersInit) =>
      callWorker(new Request('https://app.example/models', { headers }), token);
    expect((await list({})).status).toBe(401);
    expect(local.requests).toEqual([]);
    const { models } = (await (await list({ authorization: `Bearer ${token}` })).json()) as {
      models: { id: string }[];
    };
    expect(models.map(({ id }) => id)).toEqual(['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0']);
  });
});

describe('the files that examples share', () => {
  const examples = fileURLToPath(new URL('../../examples', import.meta.url));
  it.each([
    ['access.ts', 4],
    ['messages.ts', 3],
  ])('%s is the same in each', (name, count) => {
    const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith(name),
    );
    expect(files).toHaveLength(count);
    expect(new Set(files.map((file) => readFileSync(`${examples}/${file}`, 'utf8'))).size).toBe(1);
  });
});
