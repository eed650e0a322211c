import { type BedrockFetchOptions, createBedrockFetch } from 'bedrock-anywhere/fetch';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBedrock, fetchTransport } from '../../src/index.js';

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

describe('createBedrockFetch() with a client that has a transport', () => {
  const body = { model: 'openai.gpt-oss-120b-1:0', messages };

  it('sends where the transport sends, if that is by fetch', async () => {
    const local = createLocalBedrock({ script });
    const client = createBedrock({ transport: localTransport(local) });
    const made = createBedrockFetch({ protocol: 'openai', model: body.model, client });
    const response = await post(made, '/chat/completions', body);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('pong')]);
    expect(local.requests).toMatchObject([{ operation: 'CreateChatCompletion' }]);
  });

  it('refuses one that does not', async () => {
    const destination = async () => ({
      region: 'us-east-1',
      endpoint: new URL('http://127.0.0.1'),
      credentials: undefined,
    });
    const client = createBedrock({ transport: { ...fetchTransport, destination } });
    const made = createBedrockFetch({ protocol: 'openai', model: body.model, client });
    await expect(post(made, '/chat/completions', body)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('transport'),
    });
  });
});

describe('onRefusal', () => {
  const body = { model: 'openai.gpt-oss-120b-1:0', messages };

  it.each([
    [{ 'x-local-fault': 'status=429' }, 429, 'ERR_THROTTLED'],
    [{ 'x-local-fault': 'status=403' }, 401, 'ERR_CREDENTIALS'],
  ])('gets the error of a refusal, and the client its response: %j', async (headers, status, code) => {
    const local = createLocalBedrock({ script });
    const client = createBedrock({ transport: localTransport(local) });
    const errors: unknown[] = [];
    const { baseURL, fetch } = createBedrockFetch({
      protocol: 'openai',
      model: 'openai.gpt-oss-120b-1:0',
      client,
      onRefusal: (error) => errors.push(error),
    });
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'openai.gpt-oss-120b-1:0', messages }),
    });
    expect([response.status, typeof (await response.json())]).toEqual([status, 'object']);
    expect(errors).toMatchObject([{ code, status }]);
  });

  it('gets nothing for an answer, and no secret that a peer repeats', async () => {
    const token = 'bedrock-api-key-0123456789abcdefghij';
    const errors: Error[] = [];
    const made = createBedrockFetch({
      protocol: 'openai',
      model: 'openai.gpt-oss-120b-1:0',
      region: 'us-east-1',
      credentials: { token },
      fetch: async (_url, init) =>
        Response.json(
          { message: `What is ${new Headers(init?.headers).get('authorization')}?` },
          { status: 418 },
        ),
      onRefusal: (error) => errors.push(error),
    });
    expect(await (await post(made, '/chat/completions', body)).text()).toContain(token);
    expect(errors.map(({ message }) => message.includes('What is') && !message.includes(token))).toEqual([
      true,
    ]);
  });
});
