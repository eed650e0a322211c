import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BedrockFetchOptions, createBedrockFetch } from '../../src/fetch.js';
import { createBedrock, isBedrockError } from '../../src/index.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const GPT = 'openai.gpt-oss-120b-1:0';

function service(...answers: (() => Response)[]) {
  const sent: { url: string; headers: Headers; body: string; init: RequestInit | undefined }[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    sent.push({ url: request.url, headers: request.headers, body: await request.text(), init });
    return (answers[Math.min(sent.length, answers.length) - 1] ?? (() => Response.json({ ok: true })))();
  };
  return { fetch, sent };
}

const create = (options: Partial<BedrockFetchOptions>) =>
  createBedrockFetch({ protocol: 'openai', model: GPT, region: 'us-west-2', credentials: KEYS, ...options });

afterEach(() => {
  vi.useRealTimers();
  for (const name of ['AWS_REGION', 'AWS_ENDPOINT_URL_BEDROCK_MANTLE']) delete process.env[name];
});

describe('the address by protocol, endpoint and model', () => {
  const RUNTIME = 'https://bedrock-runtime.us-west-2.amazonaws.com';
  const MANTLE = 'https://bedrock-mantle.us-west-2.api.aws';
  it.each<[string, Partial<BedrockFetchOptions>, string]>([
    ['a versioned id', { model: GPT }, `${RUNTIME}/openai/v1`],
    ['a profile', { model: 'us.openai.gpt-5.6-sol' }, `${RUNTIME}/openai/v1`],
    ['a bare name', { model: 'openai.gpt-oss-120b' }, `${MANTLE}/v1`],
    ['a bare name of GPT-5', { model: 'openai.gpt-5.4' }, `${MANTLE}/openai/v1`],
    ['a bare name of GPT-6', { model: 'openai.gpt-6-sol' }, `${MANTLE}/openai/v1`],
    ['Gemma 4', { model: 'google.gemma-4-27b' }, `${MANTLE}/openai/v1`],
    ['Gemma 3', { model: 'google.gemma-3-27b-it', endpoint: 'mantle' }, `${MANTLE}/v1`],
    ['Grok', { model: 'xai.grok-4.3' }, `${MANTLE}/openai/v1`],
    ['Claude', { model: 'anthropic.claude-opus-5', protocol: 'anthropic' }, `${MANTLE}/anthropic`],
    [
      'a profile of Claude',
      { model: 'us.anthropic.claude-opus-5', protocol: 'anthropic' },
      `${RUNTIME}/anthropic`,
    ],
    ['an endpoint by name', { model: 'qwen.qwen3-32b', endpoint: 'runtime' }, `${RUNTIME}/openai/v1`],
    ['an address', { endpoint: 'https://proxy.example/base/' }, 'https://proxy.example/base/openai/v1'],
    [
      'the region of an ARN',
      {
        model: 'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
        region: undefined,
      },
      'https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1',
    ],
  ])('%s', async (_what, options, baseURL) => {
    const { fetch, sent } = service();
    const bedrock = create({ ...options, fetch });
    expect(bedrock.baseURL).toBe(baseURL);
    await bedrock.fetch(`${baseURL}/responses?a=1`, { method: 'POST', body: '{}' });
    expect(sent[0]?.url).toBe(`${baseURL}/responses?a=1`);
  });

  it('may be known only when the environment is read, at the first request', async () => {
    process.env['AWS_REGION'] = 'eu-north-1';
    const { fetch, sent } = service();
    const bedrock = create({ region: undefined, fetch });
    await bedrock.fetch(`${bedrock.baseURL}/models`);
    expect(sent[0]?.url).toBe('https://bedrock-runtime.eu-north-1.amazonaws.com/openai/v1/models');
    process.env['AWS_ENDPOINT_URL_BEDROCK_MANTLE'] = 'https://mantle.example';
    const mantle = create({ model: 'openai.gpt-oss-120b', fetch });
    await mantle.fetch(`${mantle.baseURL}/models`);
    expect(sent[1]?.url).toBe('https://mantle.example/v1/models');
  });
});

describe('what is sent', () => {
  it('is signed as the client of OpenAI signs it', async () => {
    // Source: openai/openai-node, tests/fixtures/bedrock/v1/sigv4.json at 2ae4682, Apache-2.0, read 2026-11-29. Its signature
    // also covers x-amz-content-sha256, which Bedrock does not need.
    vi.useFakeTimers({ now: Date.parse('2025-01-02T03:04:05.000Z'), toFake: ['Date'] });
    const { fetch, sent } = service();
    const credentials = { ...KEYS, sessionToken: 'fixture-session-token' };
    const bedrock = create({ model: 'openai.gpt-oss-120b', region: 'us-east-1', credentials, fetch });
    expect(bedrock.baseURL).toBe('https://bedrock-mantle.us-east-1.api.aws/v1');
    await bedrock.fetch(`${bedrock.baseURL}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"gpt-4o","input":"hello"}',
    });
    const { headers } = sent[0] ?? expect.fail('nothing was sent');
    expect(headers.get('x-amz-date')).toBe('20250102T030405Z');
    expect(headers.get('authorization')).toContain(
      'Credential=AKIDEXAMPLE/20250102/us-east-1/bedrock-mantle/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, ',
    );
  });

  it('has the headers that are meant for Bedrock, and none of those that are not', async () => {
    const { fetch, sent } = service();
    const bedrock = create({ model: 'us.anthropic.claude-opus-5', protocol: 'anthropic', fetch });
    await bedrock.fetch(`${bedrock.baseURL}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'a,b',
        'openai-project': 'p',
        authorization: 'Bearer of-the-client',
        'x-api-key': 'of-the-client',
        'user-agent': 'client/1',
        'x-stainless-lang': 'js',
        session_id: 'underscore',
        traceparent: '00-a',
        baggage: 'b',
        'x-amz-security-token': 'foreign',
      },
      body: '{}',
    });
    const { headers } = sent[0] ?? expect.fail('nothing was sent');
    expect([...headers.keys()].sort()).toEqual([
      'accept',
      'anthropic-beta',
      'anthropic-version',
      'authorization',
      'content-type',
      'openai-project',
      'x-amz-date',
    ]);
    expect(headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE.*\/us-west-2\/bedrock\/aws4_request/,
    );
    expect(sent[0]?.init?.redirect).toBe('manual');
  });

  it.each<[string, BodyInit]>([
    ['a text', 'Grüße'],
    ['bytes', new TextEncoder().encode('Grüße')],
    ['a blob', new Blob(['Grüße'])],
    ['a web stream', new Blob(['Grüße']).stream()],
  ])('may be %s', async (_what, body) => {
    const { fetch, sent } = service();
    const bedrock = create({ fetch });
    await bedrock.fetch(`${bedrock.baseURL}/x`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(sent[0]?.body).toBe('Grüße');
  });

  it('may be a Request, of any method', async () => {
    const { fetch, sent } = service();
    const bedrock = create({ fetch });
    await bedrock.fetch(new Request(`${bedrock.baseURL}/responses/r1`, { method: 'DELETE' }));
    expect(sent[0]?.init?.method).toBe('DELETE');
  });

  it('is authorized with an API key as Bearer, also from the client of createBedrock()', async () => {
    const { fetch, sent } = service();
    const client = createBedrock({
      region: 'eu-west-1',
      credentials: async () => ({ token: 'api-key' }),
      fetch,
    });
    const bedrock = createBedrockFetch({ protocol: 'openai', model: GPT, client });
    await bedrock.fetch(`${bedrock.baseURL}/models`);
    expect(sent[0]?.url).toBe('https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/models');
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer api-key');
  });
});

describe('what comes back', () => {
  it('is the answer itself, errors included', async () => {
    const { fetch } = service(() =>
      Response.json(
        { error: { code: 'validation_error' } },
        { status: 400, headers: { 'x-request-id': 'r' } },
      ),
    );
    const bedrock = create({ fetch });
    const response = await bedrock.fetch(`${bedrock.baseURL}/responses`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-request-id')).toBe('r');
    expect(await response.json()).toEqual({ error: { code: 'validation_error' } });
  });

  it('is asked for once more with new credentials where they had expired', async () => {
    const expired = () =>
      Response.json(
        { message: 'The security token included in the request is expired' },
        { status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } },
      );
    const { fetch, sent } = service(expired, () => Response.json({ ok: true }));
    let calls = 0;
    const credentials = async () => ({ ...KEYS, accessKeyId: `AKID${++calls}` });
    const bedrock = create({ credentials, fetch });
    expect((await bedrock.fetch(`${bedrock.baseURL}/models`)).status).toBe(200);
    expect(sent.map(({ headers }) => /AKID\d/.exec(headers.get('authorization') ?? '')?.[0])).toEqual([
      'AKID1',
      'AKID2',
    ]);
  });

  it('is a refusal as it came where another request would not help', async () => {
    const denied = () =>
      Response.json(
        { message: 'No.' },
        { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
      );
    const { fetch, sent } = service(denied);
    const bedrock = create({ fetch });
    const response = await bedrock.fetch(`${bedrock.baseURL}/models`);
    expect([response.status, await response.json(), sent.length]).toEqual([403, { message: 'No.' }, 1]);
  });

  it('is never a redirect', async () => {
    const { fetch } = service(
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
    );
    const bedrock = create({ fetch });
    await expect(bedrock.fetch(`${bedrock.baseURL}/models`)).rejects.toMatchObject({ code: 'ERR_REDIRECT' });
  });

  it('is the reason of an abort', async () => {
    const { fetch } = service();
    const bedrock = create({ fetch });
    const reason = new Error('enough');
    const call = bedrock.fetch(`${bedrock.baseURL}/models`, { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

describe('what is refused', () => {
  it.each([
    'https://evil.example/openai/v1/models',
    'http://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/models',
  ])('a request to another address, %s', async (url) => {
    const { fetch, sent } = service();
    const error: unknown = await create({ fetch })
      .fetch(url)
      .catch((thrown: unknown) => thrown);
    expect(isBedrockError(error) && error.code).toBe('ERR_INPUT');
    expect(sent).toEqual([]);
  });

  it('a path that leaves the prefix of the endpoint', async () => {
    const { fetch, sent } = service();
    const bedrock = create({ endpoint: 'https://proxy.example/base', fetch });
    await expect(bedrock.fetch('https://proxy.example/base/../admin')).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
    expect(sent).toEqual([]);
  });

  it.each<[string, object]>([
    ['needs protocol', { protocol: undefined }],
    ["Pass 'openai' or 'anthropic'", { protocol: 'gemini' }],
    ['modelId is empty', { model: '' }],
    ['has no option apiKey', { apiKey: 'x' }],
    [
      'is an ARN. Pass endpoint',
      { endpoint: 'mantle', model: 'arn:aws:bedrock:us-east-1::foundation-model/a.b' },
    ],
    ['is not a client', { client: {} }],
    ['is not an AWS region', { region: 'Frankfurt' }],
  ])('wrong options, immediately: %s', (words, options) => {
    let error: unknown;
    try {
      create(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(isBedrockError(error) && error.code).toBe('ERR_INPUT');
    expect((error as Error).message).toContain(words);
  });
});
