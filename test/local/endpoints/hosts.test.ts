import { createLocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, askRuntime, type Json, MANTLE, RUNTIME } from './post.js';

const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };
const MESSAGE = { ...HELLO, max_tokens: 50 };
const VERSION = { headers: { 'anthropic-version': '2023-06-01' } };

const local = createLocalBedrock();

function withKey(
  path: string,
  body: Json,
  url = 'http://127.0.0.1:4000',
  header = 'authorization',
): Promise<Response> {
  return local.fetch(
    new Request(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        [header]: header === 'authorization' ? `Bearer ${local.apiKey}` : local.apiKey,
      },
      body: JSON.stringify(body),
    }),
  );
}

/** bedrock-mantle answers with a header that bedrock-runtime does not have. */
async function hostOf(response: Promise<Response>): Promise<string> {
  const { status, headers } = await response;
  return `${headers.has('x-request-id') ? 'mantle' : 'runtime'} ${status}`;
}

describe('the host that a request is for', () => {
  it.each<[string, string, Json, string]>([
    [
      'a path of bedrock-mantle',
      '/v1/chat/completions',
      { model: 'openai.gpt-oss-120b', ...HELLO },
      'mantle 200',
    ],
    [
      'a versioned id',
      '/openai/v1/chat/completions',
      { model: 'openai.gpt-oss-120b-1:0', ...HELLO },
      'runtime 200',
    ],
    ['a profile', '/openai/v1/chat/completions', { model: 'us.openai.gpt-5.6-sol', ...HELLO }, 'runtime 200'],
    [
      'a bare name of GPT-5',
      '/openai/v1/chat/completions',
      { model: 'openai.gpt-5.6-sol', ...HELLO },
      'mantle 200',
    ],
    [
      'a bare name of Gemma 3',
      '/openai/v1/chat/completions',
      { model: 'google.gemma-3-27b-it', ...HELLO },
      'runtime 200',
    ],
    [
      'a profile of Claude',
      '/anthropic/v1/messages',
      { model: 'us.anthropic.claude-opus-5', ...MESSAGE },
      'runtime 200',
    ],
    [
      'a bare name of Claude',
      '/anthropic/v1/messages',
      { model: 'anthropic.claude-opus-5', ...MESSAGE },
      'mantle 200',
    ],
    [
      'a prefix of the path',
      '/gateway/v1/chat/completions',
      { model: 'qwen.qwen3-32b', ...HELLO },
      'mantle 200',
    ],
  ])('follows from %s', async (_what, path, body, expected) => {
    expect(await hostOf(withKey(path, body))).toBe(expected);
  });

  it('follows from its name before anything else', async () => {
    const body = { model: 'us.anthropic.claude-opus-5', ...MESSAGE };
    expect(
      await hostOf(withKey('/anthropic/v1/messages', body, 'http://bedrock-mantle.localhost:4000')),
    ).toBe('mantle 404');
    expect(
      await hostOf(withKey('/anthropic/v1/messages', body, 'http://bedrock-runtime.localhost:4000')),
    ).toBe('runtime 200');
  });

  it.each(['bedrock', 'bedrock-mantle'])('follows from the service of the signature: %s', async (service) => {
    const asked = askRuntime(
      local,
      '/anthropic/v1/messages',
      { model: 'us.anthropic.claude-opus-5', ...MESSAGE },
      { url: 'http://127.0.0.1:4000', service, ...VERSION },
    );
    expect(await hostOf(asked)).toBe(service === 'bedrock' ? 'runtime 200' : 'mantle 404');
  });
});

describe('authorization', () => {
  const body = { model: 'openai.gpt-oss-120b', ...HELLO };

  it('at bedrock-mantle accepts both names of the service, and no third', async () => {
    expect((await askMantle(local, '/v1/chat/completions', body, { service: 'bedrock' })).status).toBe(200);
    const response = await askMantle(local, '/v1/chat/completions', body, { service: 'mantle' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { code: 'access_denied', message: expect.stringContaining("'bedrock-mantle'") },
    });
  });

  it('at bedrock-runtime accepts only its own', async () => {
    const runtimeBody = { model: 'openai.gpt-oss-120b-1:0', ...HELLO };
    const more = { service: 'bedrock-mantle' };
    expect((await askRuntime(local, '/openai/v1/chat/completions', runtimeBody, more)).status).toBe(401);
  });

  it('covers the body at bedrock-runtime, and need not at bedrock-mantle', async () => {
    const signedHeaders = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const versioned = { model: 'openai.gpt-oss-120b-1:0', ...HELLO };
    expect((await askMantle(local, '/v1/chat/completions', body, { signedHeaders })).status).toBe(200);
    expect(
      (await askRuntime(local, '/openai/v1/chat/completions', versioned, { signedHeaders })).status,
    ).toBe(401);
  });

  it('fails at bedrock-mantle if it covers a header with an underscore, which its front door drops', async () => {
    const signedHeaders = { session_id: 'a' };
    const versioned = { model: 'openai.gpt-oss-120b-1:0', ...HELLO };
    expect((await askMantle(local, '/v1/chat/completions', body, { signedHeaders })).status).toBe(401);
    expect(
      (await askRuntime(local, '/openai/v1/chat/completions', versioned, { signedHeaders })).status,
    ).toBe(200);
  });

  it('accepts x-api-key on the paths of Anthropic only', async () => {
    const message = { model: 'anthropic.claude-opus-5', ...MESSAGE };
    expect((await withKey('/anthropic/v1/messages', message, MANTLE, 'x-api-key')).status).toBe(200);
    expect((await withKey('/v1/chat/completions', body, MANTLE, 'x-api-key')).status).toBe(401);
  });

  it.each([
    [
      '/v1/chat/completions',
      { error: { code: 'invalid_api_key', type: 'invalid_request_error', param: null } },
    ],
    ['/anthropic/v1/messages', { type: 'error', error: { type: 'authentication_error' } }],
  ])('refuses a wrong key at %s', async (path, expected) => {
    const request = new Request(MANTLE + path, {
      method: 'POST',
      headers: { authorization: 'Bearer wrong', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
    });
    const response = await local.fetch(request);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject(expected);
  });

  it('refuses another region', async () => {
    const response = await askMantle(local, '/v1/chat/completions', body, { region: 'eu-central-1' });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('valid region');
  });
});

describe('IAM', () => {
  const project = 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/default';
  const runtimeModel = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.openai.gpt-5.6-sol';
  const gpt = { model: 'openai.gpt-oss-120b', ...HELLO };
  const profile = { model: 'us.openai.gpt-5.6-sol', input: 'Hello' };

  it.each<[string, typeof askMantle, string, Json | undefined, string]>([
    ['bedrock-mantle:CreateInference', askMantle, '/v1/chat/completions', gpt, ` on resource: ${project}`],
    [
      'bedrock-mantle:CreateInference',
      askMantle,
      '/v1/responses',
      { ...gpt, input: 'a' },
      ` on resource: ${project}`,
    ],
    [
      'bedrock-mantle:GetInference',
      askMantle,
      '/openai/v1/responses/resp_1',
      undefined,
      ` on resource: ${project}`,
    ],
    ['bedrock-mantle:ListModels', askMantle, '/v1/models', undefined, ''],
    ['bedrock-mantle:GetModel', askMantle, '/v1/models/openai.gpt-oss-120b', undefined, ''],
    [
      'bedrock:InvokeModel',
      askRuntime,
      '/openai/v1/responses',
      profile,
      ` on resource: ${runtimeModel} because`,
    ],
    [
      'bedrock:InvokeModelWithResponseStream',
      askRuntime,
      '/openai/v1/responses',
      { ...profile, stream: true },
      ' on resource: ',
    ],
    [
      'bedrock:GetInvoke',
      askRuntime,
      '/openai/v1/responses/resp_1',
      undefined,
      ' on resource: arn:aws:bedrock:us-east-1:123456789012:project/default',
    ],
  ])('denies %s', async (action, ask, path, body, resource) => {
    const options: LocalBedrockOptions = { deny: [action] };
    const response = await ask(createLocalBedrock(options), path, body);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: {
        code: 'access_denied',
        message: expect.stringContaining(`user/local is not authorized to perform: ${action}${resource}`),
        param: null,
        type: 'permission_denied_error',
      },
    });
  });

  it('denies a message in its own shape, with the words of bedrock-mantle', async () => {
    const message = { model: 'anthropic.claude-opus-5', ...MESSAGE };
    for (const [action, path] of [
      ['bedrock-mantle:CreateInference', '/anthropic/v1/messages'],
      ['bedrock-mantle:CountTokens', '/anthropic/v1/messages/count_tokens'],
    ]) {
      const denying = createLocalBedrock({ deny: [String(action)] });
      const response = await askMantle(denying, String(path), message, VERSION);
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({
        type: 'error',
        request_id: expect.stringMatching(/^req_[0-9a-f]{32}$/),
        error: {
          type: 'permission_error',
          message: `User: arn:aws:iam::123456789012:user/local is not authorized to perform: ${action} on resource: ${project}`,
        },
      });
    }
  });

  it('denies API keys by the action of the host', async () => {
    const denying = createLocalBedrock({ deny: ['bedrock-mantle:CallWithBearerToken'] });
    const ask = (url: string, path: string, model: string) =>
      denying.fetch(
        new Request(url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${denying.apiKey}` },
          body: JSON.stringify({ model, ...HELLO }),
        }),
      );
    expect((await ask(MANTLE, '/v1/chat/completions', 'openai.gpt-oss-120b')).status).toBe(401);
    expect((await ask(RUNTIME, '/openai/v1/chat/completions', 'openai.gpt-oss-120b-1:0')).status).toBe(200);
  });
});
