import { type BedrockFetchOptions, createBedrockFetch } from 'bedrock-anywhere/fetch';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBedrock } from '../../src/index.js';

const messages = [{ role: 'user', content: 'ping' }];
const script = [{ user: 'ping', text: 'pong' }];

async function start(options: LocalServerOptions = {}): Promise<LocalServer> {
  const local = await startLocalBedrock({ script, ...options });
  onTestFinished(() => local.close());
  return local;
}

function post(
  { baseURL, fetch }: ReturnType<typeof createBedrockFetch>,
  path: string,
  body: object,
): Promise<Response> {
  return fetch(baseURL + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      authorization: 'Bearer of-the-client',
      session_id: 'of-the-client',
    },
    body: JSON.stringify(body),
  });
}

const CASES = [
  ['openai', 'openai.gpt-oss-120b-1:0', '/chat/completions', { messages }, '/openai/v1/chat/completions'],
  ['openai', 'us.openai.gpt-5.6-sol', '/responses', { input: 'ping' }, '/openai/v1/responses'],
  [
    'anthropic',
    'us.anthropic.claude-opus-5',
    '/v1/messages',
    { messages, max_tokens: 50 },
    '/anthropic/v1/messages',
  ],
  ['openai', 'openai.gpt-oss-120b', '/chat/completions', { messages }, '/v1/chat/completions'],
  ['openai', 'openai.gpt-5.6-sol', '/responses', { input: 'ping' }, '/openai/v1/responses'],
  [
    'anthropic',
    'anthropic.claude-opus-5',
    '/v1/messages',
    { messages, max_tokens: 50 },
    '/anthropic/v1/messages',
  ],
] as const;

describe('createBedrockFetch() against the local Bedrock', () => {
  for (const kind of ['access keys', 'an API key'] as const) {
    it.each(CASES)(
      `is answered with ${kind}, whole and as a stream: %s, %s`,
      async (protocol, model, path, body, where) => {
        const local = await start();
        const credentials = kind === 'an API key' ? { token: local.apiKey } : local.credentials;
        const client = createBedrock({ endpoint: local.url, region: local.region, credentials });
        const bedrock = createBedrockFetch({ protocol, model, client });
        for (const stream of [false, true]) {
          const response = await post(bedrock, path, { model, ...body, stream });
          expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('pong')]);
        }
        const [sent] = local.requests;
        expect(sent?.path).toBe(where);
        const isMantle = !/^us\.|:0$/.test(model);
        expect(sent?.headers['authorization']).toMatch(
          kind === 'an API key'
            ? /^Bearer …$/
            : new RegExp(`/us-east-1/${isMantle ? 'bedrock-mantle' : 'bedrock'}/aws4_request`),
        );
        expect(sent?.headers).not.toHaveProperty('session_id');
      },
    );
  }

  const create = (local: LocalServer, options: Partial<BedrockFetchOptions>) =>
    createBedrockFetch({
      protocol: 'openai',
      model: 'openai.gpt-oss-120b',
      endpoint: local.url,
      region: local.region,
      ...options,
    });
  const ask = (bedrock: ReturnType<typeof createBedrockFetch>, model: string) =>
    post(bedrock, '/chat/completions', { model, messages });

  it.each(['openai.gpt-oss-120b', 'openai.gpt-oss-120b-1:0'])(
    'fetches credentials again once they have expired: %s',
    async (model) => {
      const expired = {
        accessKeyId: 'ASIAEXPIRED000000000',
        secretAccessKey: 'c2VjcmV0',
        sessionToken: 'x',
        expiration: new Date(0),
      };
      const local = await start({ credentials: expired });
      // The provider does not say when they expire, so only the service can.
      const { expiration: _hidden, ...unaware } = expired;
      let calls = 0;
      const credentials = async () => (++calls === 1 ? unaware : local.credentials);
      const bedrock = create(local, { model, credentials });
      expect((await ask(bedrock, model)).status).toBe(200);
      expect([calls, local.requests.map(({ status }) => status)]).toEqual([2, [401, 200]]);
    },
  );

  it('is refused with keys of nobody, and in another region', async () => {
    const local = await start();
    const strangers = create(local, {
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    });
    const unknown = await ask(strangers, 'openai.gpt-oss-120b');
    expect([unknown.status, await unknown.json()]).toEqual([
      401,
      {
        error: expect.objectContaining({
          code: 'access_denied',
          message: expect.stringContaining('security token'),
        }),
      },
    ]);
    const elsewhere = await ask(
      create(local, { region: 'eu-central-1', credentials: local.credentials }),
      'openai.gpt-oss-120b',
    );
    expect([elsewhere.status, await elsewhere.text()]).toEqual([
      401,
      expect.stringContaining('valid region'),
    ]);
  });

  it.each([
    ['openai.gpt-oss-120b', 'bedrock-mantle:CreateInference'],
    ['openai.gpt-oss-120b-1:0', 'bedrock:InvokeModel'],
  ])('is denied once, without another request: %s', async (model, action) => {
    const local = await start({ deny: [action] });
    const bedrock = create(local, { model, credentials: async () => local.credentials });
    const response = await ask(bedrock, model);
    expect([response.status, await response.text()]).toEqual([
      401,
      expect.stringContaining(`not authorized to perform: ${action}`),
    ]);
    expect(local.requests).toHaveLength(1);
  });

  it('leaves a stream where the client leaves it', async () => {
    const local = await start({ tokensPerSecond: 1 });
    const bedrock = create(local, { credentials: local.credentials });
    const stop = new AbortController();
    const response = await bedrock.fetch(`${bedrock.baseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'openai.gpt-oss-120b',
        messages: [{ role: 'user', content: 'Hello' }],
        stream: true,
      }),
      signal: stop.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    stop.abort();
    await expect(reader?.read()).rejects.toThrow();
    await expect.poll(() => local.liveConnections()).toBe(0);
  });
});
