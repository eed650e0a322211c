import { describe, expect, it } from 'vitest';
import { CLAUDE, json, NOVA, setUp } from './setup.js';

const CHAT = '/v1/chat/completions';
const MESSAGES = [{ role: 'user', content: 'Hi' }];

describe('models', () => {
  it('are called by aliases, and answers repeat the name that the client used', async () => {
    const gateway = await setUp({ gateway: { models: { aliases: { 'gpt-4o': NOVA }, default: CLAUDE } } });
    const answer = await json(await gateway.send(CHAT, { model: 'gpt-4o', messages: MESSAGES }));
    expect(answer.model).toBe('gpt-4o');
    expect(gateway.local.requests.at(-1)?.modelId).toBe(NOVA);
    await gateway.send(CHAT, { model: 'gpt-5.5', messages: MESSAGES });
    expect(gateway.local.requests.at(-1)?.modelId).toBe(CLAUDE);
    expect(gateway.log.map(({ model, modelId }) => [model, modelId])).toEqual([
      ['gpt-4o', NOVA],
      ['gpt-5.5', CLAUDE],
    ]);
  });

  it.each(['us.amazon.nova-prro-v1:0', 'us.amazon.nova-pro', 'amazon.nova-pro-v2:0'])(
    'that Bedrock does not know get the nearest ids (%s)',
    async (model) => {
      const gateway = await setUp();
      const response = await gateway.send(CHAT, { model, messages: MESSAGES });
      const { error } = await json(response);
      expect([response.status, error.code, error.param]).toEqual([404, 'model_not_found', 'model']);
      expect(error.message).toContain('nova-pro-v1:0');
    },
  );

  it.each([
    '../../secrets',
    'amazon.nova-lite-v1:0/../x',
    'arn:aws:bedrock:us-east-1:999999999999:application-inference-profile/abc',
    '',
    'constructor',
    '__proto__',
  ])('never become a path: %j', async (model) => {
    const gateway = await setUp();
    const { status } = await gateway.send(CHAT, { model, messages: MESSAGES });
    expect([400, 404]).toContain(status);
    expect(gateway.local.requests.filter(({ operation }) => operation === 'Converse')).toEqual([]);
  });

  it('may be a list of patterns, with ARNs in it', async () => {
    const arn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
    const gateway = await setUp({ gateway: { models: { allow: [arn, '*nova-pro*'] } } });
    const status = async (model: string) => (await gateway.send(CHAT, { model, messages: MESSAGES })).status;
    expect([await status(arn), await status(NOVA), await status(CLAUDE)]).toEqual([200, 200, 404]);
  });

  it('are listed for both clients, in pages', async () => {
    const gateway = await setUp({ gateway: { models: { aliases: { 'my/model:1': CLAUDE } } } });
    const first = await json(await gateway.send('/v1/models?limit=2'));
    expect(first).toMatchObject({ object: 'list', has_more: true, first_id: 'my/model:1' });
    expect(first.data[0]).toMatchObject({
      id: 'my/model:1',
      object: 'model',
      type: 'model',
      owned_by: 'anthropic',
      max_tokens: 64_000,
      max_input_tokens: 200_000,
    });
    const rest = await json(await gateway.send(`/v1/models?after_id=${first.last_id}`));
    expect(rest.has_more).toBe(false);
    expect(rest.data.map(({ id }: { id: string }) => id)).not.toContain(first.last_id);
    const one = await json(await gateway.send('/v1/models/my%2Fmodel:1'));
    expect(one).toEqual(first.data[0]);
    expect((await gateway.send('/v1/models/nothing')).status).toBe(404);
  });
});

describe('embeddings', () => {
  const model = 'amazon.titan-embed-text-v2:0';

  it('are numbers, or the same numbers as base64', async () => {
    const gateway = await setUp();
    const input = ['blue', 'green'];
    const plain = await json(await gateway.send('/v1/embeddings', { model, input, dimensions: 256 }));
    const packed = await json(
      await gateway.send('/v1/embeddings', { model, input, dimensions: 256, encoding_format: 'base64' }),
    );
    expect(plain).toMatchObject({
      object: 'list',
      model,
      data: [{ index: 0 }, { index: 1, object: 'embedding' }],
    });
    expect(plain.data[1].embedding).toHaveLength(256);
    expect(plain.usage.prompt_tokens).toBeGreaterThan(0);
    const bytes = Buffer.from(packed.data[1].embedding, 'base64');
    const numbers = Array.from({ length: 256 }, (_, i) => bytes.readFloatLE(i * 4));
    expect(numbers).toEqual(plain.data[1].embedding.map(Math.fround));
  });

  it.each([
    [{ input: [1, 2, 3] }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ' ' }, 'input'],
    [{ input: 'x', encoding_format: 'hex' }, 'encoding_format'],
  ])('refuse %j', async (body, param) => {
    const gateway = await setUp();
    const response = await gateway.send('/v1/embeddings', { model, ...body });
    expect([response.status, (await json(response)).error.param]).toEqual([400, param]);
  });
});
