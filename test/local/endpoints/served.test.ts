import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, askRuntime, type Json } from './post.js';

const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };
const MESSAGE = { ...HELLO, max_tokens: 50 };
const VERSION = { headers: { 'anthropic-version': '2023-06-01' } };

const local = createLocalBedrock();

describe('a path that a host does not serve', () => {
  it.each([
    ['/v1/chat/completions', { model: 'openai.gpt-oss-120b-1:0', ...HELLO }],
    ['/anthropic/v1/messages/count_tokens', { model: 'us.anthropic.claude-opus-5', ...HELLO }],
    ['/openai/v1/models', undefined],
    ['/openai/v1/embeddings', { model: 'x', input: 'a' }],
  ])('is a 200 with the name of an exception at bedrock-runtime: %s', async (path, body) => {
    const response = await askRuntime(local, path, body);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      Output: { __type: 'com.amazon.coral.service#UnknownOperationException' },
      Version: '1.0',
    });
    expect(local.requests.at(-1)).toMatchObject({ status: 200, errorType: 'UnknownOperationException' });
  });

  it.each([
    ['/openai/v1/models', undefined],
    ['/v1/embeddings', { model: 'x', input: 'a' }],
  ])('is a 404 at bedrock-mantle: %s', async (path, body) => {
    const response = await askMantle(local, path, body);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('not served by bedrock-mantle') },
    });
  });
});

describe('models', () => {
  const own = createLocalBedrock({
    addModels: ['acme.one-v1:0'],
    noAccess: ['openai.gpt-oss-20b', 'openai.gpt-oss-20b-1:0'],
  });

  it('are listed by bedrock-mantle under names without version, date and geography', async () => {
    const { object, data } = (await (await askMantle(own, '/v1/models')).json()) as {
      object: string;
      data: Json[];
    };
    expect(object).toBe('list');
    const ids = data.map(({ id }) => String(id));
    expect(ids).toEqual(
      expect.arrayContaining([
        'acme.one',
        'openai.gpt-oss-120b',
        'anthropic.claude-haiku-4-5',
        'qwen.qwen3-32b',
      ]),
    );
    expect(ids.filter((id) => /^us\.|:\d+$|-v\d+$|^amazon\.|^meta\.|sonnet-4-6/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const model of data)
      expect(Object.keys(model)).toEqual([
        'id',
        'object',
        'created',
        'owned_by',
        'status',
        'reason',
        'data_retention',
      ]);
  });

  it('can be looked up one by one', async () => {
    expect(await (await askMantle(own, '/v1/models/acme.one')).json()).toMatchObject({
      id: 'acme.one',
      object: 'model',
    });
    const missing = await askMantle(own, '/v1/models/acme.two');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: 'model_not_found' } });
  });

  it.each<[string, number, string, string, Json]>([
    [
      'chat of Grok 4.3 below /v1',
      400,
      '/v1/chat/completions',
      'xai.grok-4.3',
      { code: 'validation_error', message: "model `xai.grok-4.3` isn't supported on this route" },
    ],
    [
      'chat of gpt-oss below /openai/v1',
      400,
      '/openai/v1/chat/completions',
      'openai.gpt-oss-120b',
      { message: "model `openai.gpt-oss-120b` isn't supported on this route" },
    ],
    [
      'GPT-5 below /v1',
      400,
      '/v1/chat/completions',
      'openai.gpt-5.6-terra',
      { message: "The model 'openai.gpt-5.6-terra' does not support the '/v1/chat/completions' API" },
    ],
    [
      'chat of GPT-5.4',
      400,
      '/openai/v1/chat/completions',
      'openai.gpt-5.4',
      { message: "The model 'openai.gpt-5.4' does not support the '/v1/chat/completions' API" },
    ],
    [
      'responses of Gemma 3',
      400,
      '/v1/responses',
      'google.gemma-3-27b-it',
      { message: "The model 'google.gemma-3-27b-it' does not support the '/v1/responses' API" },
    ],
    [
      'chat of Claude',
      400,
      '/v1/chat/completions',
      'anthropic.claude-opus-5',
      { message: "The model 'anthropic.claude-opus-5' does not support the '/v1/chat/completions' API" },
    ],
    [
      'a model that is only at bedrock-runtime',
      404,
      '/openai/v1/chat/completions',
      'xai.grok-4.6',
      { code: 'model_not_found', message: "The model 'xai.grok-4.6' does not exist" },
    ],
    [
      'a versioned id',
      404,
      '/v1/chat/completions',
      'openai.gpt-oss-120b-1:0',
      { message: "The model 'openai.gpt-oss-120b-1:0' does not exist" },
    ],
    [
      'no access',
      401,
      '/v1/chat/completions',
      'openai.gpt-oss-20b',
      { code: 'access_denied', type: 'permission_denied_error' },
    ],
    ['no model', 400, '/v1/chat/completions', '', { code: 'validation_error', param: 'model' }],
  ])('are refused at bedrock-mantle: %s', async (_what, status, path, model, error) => {
    const response = await askMantle(own, path, { model, ...HELLO, input: 'Hello' });
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
      status,
      error,
    });
  });

  it.each<[string, number, string, string, Json]>([
    [
      'an unknown id',
      400,
      '/openai/v1/chat/completions',
      'openai.gpt-7-1:0',
      { message: 'The provided model identifier is invalid.' },
    ],
    [
      'no access',
      400,
      '/openai/v1/chat/completions',
      'openai.gpt-oss-20b-1:0',
      { message: 'The provided model identifier is invalid.' },
    ],
    [
      'an id that needs a profile',
      400,
      '/openai/v1/chat/completions',
      'openai.gpt-5.6-sol',
      { message: expect.stringContaining('on-demand throughput isn’t supported') },
    ],
    [
      'chat of Claude',
      404,
      '/openai/v1/chat/completions',
      'us.anthropic.claude-opus-5',
      { code: 'model_not_found' },
    ],
    [
      'chat of Nova',
      404,
      '/openai/v1/chat/completions',
      'amazon.nova-lite-v1:0',
      { code: 'model_not_found' },
    ],
    [
      'a model that is only at bedrock-mantle',
      404,
      '/openai/v1/responses',
      'openai.gpt-5.4',
      { code: 'model_not_found' },
    ],
    [
      'responses of gpt-oss',
      404,
      '/openai/v1/responses',
      'openai.gpt-oss-120b-1:0',
      { code: 'model_not_found' },
    ],
    [
      'responses of Qwen',
      400,
      '/openai/v1/responses',
      'qwen.qwen3-32b-v1:0',
      { message: "The model 'qwen.qwen3-32b-v1:0' does not support the '/openai/v1/responses' API" },
    ],
  ])('are refused at bedrock-runtime: %s', async (_what, status, path, model, error) => {
    const response = await askRuntime(own, path, { model, ...HELLO, input: 'Hello' });
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
      status,
      error,
    });
  });

  it.each<[string, typeof askMantle, string, string, string]>([
    [
      '404 not_found_error',
      askMantle,
      'us.anthropic.claude-opus-5',
      'a profile at bedrock-mantle',
      "The model 'us.anthropic.claude-opus-5' does not exist",
    ],
    [
      '404 not_found_error',
      askMantle,
      'anthropic.claude-sonnet-4-6',
      'Sonnet 4.6 at bedrock-mantle',
      'does not exist',
    ],
    [
      '400 invalid_request_error',
      askMantle,
      'openai.gpt-oss-120b',
      'gpt-oss',
      "does not support the '/v1/messages' API",
    ],
    [
      '404 not_found_error',
      askRuntime,
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'a dated id at bedrock-runtime',
      "doesn't support this API",
    ],
    [
      '400 invalid_request_error',
      askRuntime,
      'anthropic.claude-opus-5',
      'an id that needs a profile',
      'on-demand throughput',
    ],
  ])('are refused with %s by Messages: %s %s', async (expected, ask, model, _what, words) => {
    const response = await ask(own, '/anthropic/v1/messages', { model, ...MESSAGE }, VERSION);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    expect(`${response.status} ${error.type}`).toBe(expected);
    expect(error.message).toContain(words);
  });

  it.each(['/v1/chat/completions', '/v1/responses', '/anthropic/v1/messages'])(
    'of your own speak every protocol: %s',
    async (path) => {
      const body = {
        model: 'acme.one',
        ...MESSAGE,
        max_tokens: path.endsWith('responses') ? undefined : 50,
        input: 'Hello',
      };
      if (path.endsWith('messages')) Reflect.deleteProperty(body, 'input');
      expect((await askMantle(own, path, body, VERSION)).status).toBe(200);
      expect(own.requests.at(-1)).toMatchObject({ modelId: 'acme.one', status: 200 });
    },
  );
});
