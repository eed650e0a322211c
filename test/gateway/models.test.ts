import { fromKeys, hashKey } from 'bedrock-anywhere/gateway';
import { describe, expect, it } from 'vitest';
import { CLAUDE, json, KEY, NOVA, setUp } from './setup.js';

const CHAT = '/v1/chat/completions';
const MESSAGES = [{ role: 'user', content: 'Hi' }];

describe('models', () => {
  it('are called by aliases, and answers repeat the name that the client used', async () => {
    const gateway = await setUp({ gateway: { models: { aliases: { 'gpt-4o': NOVA }, default: CLAUDE } } });
    const answer = await json(await gateway.send(CHAT, { model: 'gpt-4o', messages: MESSAGES }));
    expect(answer.model).toBe('gpt-4o');
    expect(gateway.local.requests.at(-1)?.modelId).toBe(NOVA);
    await json(await gateway.send(CHAT, { model: 'gpt-5.5', messages: MESSAGES }));
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

  it('only match ARNs with patterns for ARNs', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:999999999999:inference-profile/us.amazon.nova-pro-v1:0';
    const statusWith = async (allow: string[]) => {
      const gateway = await setUp({ gateway: { models: { allow } } });
      return (await gateway.send(CHAT, { model: arn, messages: MESSAGES })).status;
    };
    expect(await statusWith(['*nova*', '*'])).toBe(404);
    expect(await statusWith(['arn:*:999999999999:*nova*'])).not.toBe(404);
  });

  it('do not tell the account of an ARN behind an alias', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:999999999999:application-inference-profile/my.profile';
    const gateway = await setUp({ gateway: { models: { aliases: { 'my-model': arn } } } });
    const one = await gateway.send('/v1/models/my-model');
    const text = await one.text();
    expect(JSON.parse(text).owned_by).toBe('amazon');
    expect(text).not.toContain('999999999999');
  });

  it('are refused, and not repeated, under names that are too long', async () => {
    const gateway = await setUp();
    const response = await gateway.send(CHAT, { model: `amazon.${'n'.repeat(5000)}`, messages: MESSAGES });
    const { error } = await json(response);
    expect([response.status, error.param]).toEqual([400, 'model']);
    expect(error.message.length).toBeLessThan(300);
  });

  it("for embeddings are listed for OpenAI's clients, but not for Anthropic's", async () => {
    const TITAN = 'amazon.titan-embed-text-v2:0';
    const models = { aliases: { 'text-embedding-3-small': TITAN, 'gpt-4o': NOVA } };
    const gateway = await setUp({ gateway: { models } });
    const idsFor = async (headers: Record<string, string>): Promise<string[]> =>
      (await json(await gateway.send('/v1/models', undefined, headers))).data.map(
        ({ id }: { id: string }) => id,
      );
    const all = await idsFor({});
    expect(all).toEqual(
      expect.arrayContaining(['text-embedding-3-small', 'gpt-4o', TITAN, 'amazon.nova-pro-v1:0']),
    );
    expect(new Set(all).size).toBe(all.length);
    const ofAnthropic = await idsFor({ 'anthropic-version': '2023-06-01' });
    expect(ofAnthropic).toEqual(all.filter((id) => !/embed/.test(id)));
    // Every listed model answers.
    for (const id of all.filter((id) => /embed/.test(id)))
      expect((await gateway.send('/v1/embeddings', { model: id, input: 'Hi' })).status).toBe(200);
    expect((await json(await gateway.send(`/v1/models/${TITAN}`))).owned_by).toBe('amazon');
    const profiles = await json(await gateway.send('/inference-profiles'));
    expect(JSON.stringify(profiles)).not.toContain('embed');
  });

  it('for embeddings are suggested for similar names, and listed for keys that may use them', async () => {
    const TITAN = 'amazon.titan-embed-text-v2:0';
    const gateway = await setUp();
    const wrong = await gateway.send('/v1/embeddings', { model: 'titan-embed-text-v2', input: 'Hi' });
    expect((await json(wrong)).error.message).toContain('titan-embed-text-v');
    const authorize = fromKeys([
      { name: 'team-a', hash: await hashKey(KEY), models: ['*titan-embed-text-v2*'] },
    ]);
    const limited = await setUp({ gateway: { authorize } });
    const { data } = await json(await limited.send('/v1/models'));
    expect(data.map(({ id }: { id: string }) => id)).toEqual([TITAN]);
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
    const second = await json(await gateway.send(`/v1/models?limit=2&after_id=${first.last_id}`));
    expect(await json(await gateway.send(`/v1/models?limit=2&before_id=${second.first_id}`))).toEqual({
      ...first,
      has_more: false,
    });
    const back = await json(await gateway.send(`/v1/models?limit=1&before_id=${second.first_id}`));
    expect([back.first_id, back.last_id, back.has_more]).toEqual([first.last_id, first.last_id, true]);
    const rest = await json(await gateway.send(`/v1/models?after_id=${first.last_id}`));
    expect(rest.has_more).toBe(false);
    expect(rest.data.map(({ id }: { id: string }) => id)).not.toContain(first.last_id);
    const one = await json(await gateway.send('/v1/models/my%2Fmodel:1'));
    expect(one).toEqual(first.data[0]);
    expect((await gateway.send('/v1/models/nothing')).status).toBe(404);
  });
});

describe('the models of a key', () => {
  const ARN = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
  const models = { aliases: { 'gpt-4o': NOVA, 'claude-*': CLAUDE, lite: ARN }, default: CLAUDE };

  async function statusFor(allowed: readonly string[], model: string): Promise<number> {
    const authorize = fromKeys([{ name: 'team-a', hash: await hashKey(KEY), models: allowed }]);
    const gateway = await setUp({ gateway: { authorize, models } });
    return (await gateway.send(CHAT, { model, messages: MESSAGES })).status;
  }

  it.each([
    ['a name for the pattern of an alias', ['*nova*'], 'claude-nova'],
    ['a name for the default', ['*nova*'], 'nova'],
    ['a name that equals the pattern of the key', ['nova'], 'nova'],
    ['another id', ['*nova*'], CLAUDE],
    ['an alias of an ARN', ['*nova*'], 'lite'],
  ])('are not extended by %s', async (_what, allowed, model) => {
    expect(await statusFor(allowed, model)).toBe(403);
  });

  it.each([
    ['an alias', ['gpt-4o'], 'gpt-4o'],
    ['the target of an alias', ['*nova*'], 'gpt-4o'],
    ['the ARN of an alias', ['arn:*'], 'lite'],
    ['the text of a pattern', ['claude-*'], 'claude-of-any-kind'],
    ['the target of a pattern', ['*sonnet*'], 'claude-of-any-kind'],
    ['the id of the default', ['*sonnet*'], 'whatever'],
    ['an id', ['*nova*'], NOVA],
  ])('can be %s', async (_what, allowed, model) => {
    expect(await statusFor(allowed, model)).toBe(200);
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
    [{ input: 'x', model: NOVA }, 'model'],
  ])('refuse %j', async (body, param) => {
    const gateway = await setUp();
    const response = await gateway.send('/v1/embeddings', { model, ...body });
    const { error } = await json(response);
    expect([response.status, error.param]).toEqual([400, param]);
    expect(error.message).not.toMatch(/\w\(\)/);
  });
});
