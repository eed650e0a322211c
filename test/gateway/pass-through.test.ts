import { catalog } from 'bedrock-anywhere/catalog';
import { createMemoryBudgets } from 'bedrock-anywhere/gateway';
import type { LocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { estimateBody, findOutputLimit, type RequestForm } from '../../src/gateway/pass/planned-tokens.js';
import { until } from '../clock.js';
import { CLAUDE, GPT_OSS, json, KEY, NOVA, parseSse, setUp } from './setup.js';
import { slowBody, upstream } from './upstream.js';

const GPT = 'us.openai.gpt-5.6-sol';
const OPUS = 'us.anthropic.claude-opus-5-5';
const USER = [{ role: 'user', content: 'ping' }];
const auto = { passThrough: 'auto' } as const;
const script = [{ user: 'ping', text: 'pong' }];

const CHAT = { model: GPT_OSS, messages: USER };
const RESPONSES = { model: GPT, input: 'ping', store: false };
const MESSAGES = { model: OPUS, messages: USER, max_tokens: 50 };

const operations = ({ requests }: LocalBedrock): unknown[] => requests.map(({ operation }) => operation);

describe('a request whose model speaks its protocol', () => {
  it.each([
    ['/v1/chat/completions', CHAT, 'CreateChatCompletion'],
    [
      '/v1/chat/completions',
      { ...CHAT, stream: true, stream_options: { include_usage: true } },
      'CreateChatCompletion',
    ],
    ['/v1/responses', RESPONSES, 'CreateResponse'],
    ['/v1/responses', { ...RESPONSES, stream: true }, 'CreateResponse'],
    ['/v1/messages', MESSAGES, 'CreateMessage'],
    ['/v1/messages', { ...MESSAGES, stream: true }, 'CreateMessage'],
    ['/v1/messages', { ...MESSAGES, model: 'anthropic.claude-opus-5-5', stream: true }, 'CreateMessage'],
    ['/v1/responses', { ...RESPONSES, model: 'openai.gpt-5.4', stream: true }, 'CreateResponse'],
  ])('is passed on and counted: %s %j', async (path, body, operation) => {
    const gateway = await setUp({ local: { script }, client: { catalog }, gateway: auto });
    const response = await gateway.send(path, body);
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining('pong')]);
    expect(operations(gateway.local)).toEqual([operation]);
    const { status, bodyText, usage } = gateway.local.requests[0] ?? {};
    expect([status, bodyText]).toEqual([200, JSON.stringify(body)]);
    const type = response.headers.get('content-type') ?? '';
    expect(type.startsWith('stream' in body ? 'text/event-stream' : 'application/json')).toBe(true);
    expect(gateway.log).toMatchObject([
      { outcome: 'complete', model: body.model, modelId: body.model, isStream: 'stream' in body, usage },
    ]);
    expect(gateway.log[0]?.usage?.totalTokens).toBeGreaterThan(0);
  });

  it('keeps every byte in both directions, but for an alias, whose place the model takes', async () => {
    const answer = 'data: {"choices":[{"delta":{"content":"a"}}]}\r\n\r\n: note\n\ndata: [DONE]\n\n';
    const { client, received } = upstream(
      () =>
        new Response(answer, { headers: { 'content-type': 'text/event-stream', 'x-request-id': 'theirs' } }),
    );
    const gateway = await setUp({ client, gateway: { ...auto, models: { aliases: { own: GPT_OSS } } } });
    const write = (model: string): string =>
      `{ "temperature":1.0,"model" :${model}, "x":"\\u00e9", "stream":true,"stream_options":{"include_usage":true}}`;
    const response = await gateway.send('/v1/chat/completions', write(`"${GPT_OSS}"`), { 'x-other': 'a' });
    expect(await response.text()).toBe(answer);
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    await (await gateway.send('/v1/chat/completions', write('"own"'))).text();
    const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions';
    expect(received).toMatchObject([
      { url, body: write(`"${GPT_OSS}"`) },
      { url, body: write(`"${GPT_OSS}"`) },
    ]);
    expect(JSON.stringify(received)).not.toContain(KEY);
    expect(received[0]?.headers).not.toHaveProperty('x-other');
  });

  it.each([
    [OPUS, '2026-10-21', '2026-10-21'],
    [OPUS, undefined, '2023-06-01'],
    ['anthropic.claude-haiku-4-5', '2026-10-21', '2023-06-01'],
  ])('gets the version of the API that %s accepts, for %s', async (model, asked, expected) => {
    const { client, received } = upstream(
      () => new Response('{"usage":{}}', { headers: { 'content-type': 'application/json' } }),
    );
    const gateway = await setUp({ client, gateway: auto });
    const headers = { 'anthropic-beta': 'a,b', ...(asked !== undefined && { 'anthropic-version': asked }) };
    await gateway.send('/v1/messages', { ...MESSAGES, model, brand_new: 1 }, headers);
    expect(received).toMatchObject([{ headers: { 'anthropic-version': expected, 'anthropic-beta': 'a,b' } }]);
    expect(received[0]?.body).toContain('brand_new');
  });
});

describe('a request is translated', () => {
  const stream = { ...CHAT, stream: true };
  it.each([
    ['its model does not speak the protocol', '/v1/chat/completions', { ...CHAT, model: NOVA }],
    ['an older Claude', '/v1/messages', { ...MESSAGES, model: CLAUDE }],
    ['a stream that does not count its tokens', '/v1/chat/completions', stream],
    ['an answer that is stored', '/v1/responses', { model: GPT, input: 'ping' }],
    ['tools that the service would run', '/v1/responses', { ...RESPONSES, tools: [{ type: 'web_search' }] }],
    ['a tier that clients may not choose', '/v1/chat/completions', { ...CHAT, service_tier: 'priority' }],
    ["Claude Code's user", '/v1/messages', { ...MESSAGES, metadata: { user_id: '{"device":"a"}' } }],
    ['a member twice', '/v1/messages', JSON.stringify(MESSAGES).replace('{', '{"max_tokens":1,')],
  ])('because of %s', async (_why, path, body) => {
    const gateway = await setUp({ local: { script }, gateway: auto });
    const response = await gateway.send(path, body);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('pong')]);
    expect(operations(gateway.local)).toEqual([
      typeof body === 'object' && 'stream' in body ? 'ConverseStream' : 'Converse',
    ]);
  });

  it('because its name has several targets, which are called in turn', async () => {
    const models = { aliases: { own: [GPT_OSS, NOVA] } };
    const gateway = await setUp({ local: { script }, gateway: { ...auto, models } });
    await (await gateway.send('/v1/chat/completions', { ...CHAT, model: 'own' })).text();
    expect(operations(gateway.local)).toEqual(['Converse']);
  });

  it('because a guardrail applies, or the operator says so', async () => {
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: 'DRAFT' };
    for (const options of [
      { client: { guardrailConfig }, gateway: auto },
      { gateway: { passThrough: 'never' } as const },
    ]) {
      const gateway = await setUp(options);
      await (await gateway.send('/v1/chat/completions', CHAT)).text();
      expect(operations(gateway.local)).toEqual(['Converse']);
    }
  });

  it.each([400, 401, 403, 404])('when the endpoint of the protocol refuses it with %i', async (status) => {
    const { client, received } = upstream(({ url }) =>
      url.endsWith('/converse')
        ? Response.json({
            output: { message: { role: 'assistant', content: [{ text: 'pong' }] } },
            stopReason: 'end_turn',
            usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
          })
        : Response.json({ error: { message: 'not here' } }, { status }),
    );
    const gateway = await setUp({ client, gateway: auto });
    const response = await gateway.send('/v1/chat/completions', CHAT);
    expect(await json(response)).toMatchObject({ choices: [{ message: { content: 'pong' } }] });
    expect(received.map(({ url }) => new URL(url).pathname.split('/').at(-1))).toEqual([
      'completions',
      'converse',
    ]);
    expect(gateway.log).toMatchObject([{ outcome: 'complete' }]);
  });

  it('when the runtime does not know the path, which it says with a 200', async () => {
    const { client, received } = upstream(({ url }) =>
      url.endsWith('/converse')
        ? Response.json({ message: 'Converse was called' }, { status: 400 })
        : Response.json({
            Output: { __type: 'com.amazon.coral.service#UnknownOperationException' },
            Version: '1.0',
          }),
    );
    const gateway = await setUp({ client, gateway: auto });
    const response = await gateway.send('/v1/messages', MESSAGES);
    expect((await json(response)).error.message).toContain('Converse was called');
    expect(received).toHaveLength(2);
  });
});

describe('failures of a request that is passed on', () => {
  it.each([
    [429, 429, 'rate_limit_exceeded'],
    [503, 503, 'server_error'],
    [500, 500, 'server_error'],
  ])('are told in the protocol: %i', async (given, status, code) => {
    const { client, received } = upstream(() =>
      Response.json({ error: { message: 'busy' } }, { status: given }),
    );
    const gateway = await setUp({ client, gateway: auto });
    const response = await gateway.send('/v1/responses', RESPONSES);
    expect([response.status, (await json(response)).error.code]).toEqual([status, code]);
    expect(received).toHaveLength(1);
  });

  it('of mantle are final: Converse has other models', async () => {
    const { client, received } = upstream(() =>
      Response.json(
        { error: { code: 'access_denied', message: 'arn:aws:iam::123456789012:role/x may not' } },
        { status: 403 },
      ),
    );
    const gateway = await setUp({ client, gateway: auto });
    const response = await gateway.send('/v1/responses', { ...RESPONSES, model: 'openai.gpt-5.4' });
    const text = await response.text();
    expect([response.status, received.length, received[0]?.url]).toEqual([
      500,
      1,
      'https://bedrock-mantle.us-east-1.api.aws/openai/v1/responses',
    ]);
    expect(text).not.toContain('123456789012');
    expect(String(gateway.log[0]?.error)).toContain('may not');
  });

  const START = {
    '/v1/chat/completions': 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n',
    '/v1/responses':
      'data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response"}}\n\n',
    '/v1/messages':
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}\n\n',
  };
  const BODIES = {
    '/v1/chat/completions': { ...CHAT, stream: true, stream_options: { include_usage: true } },
    '/v1/responses': { ...RESPONSES, stream: true },
    '/v1/messages': { ...MESSAGES, stream: true },
  };

  async function open(path: keyof typeof START) {
    const body = slowBody();
    const { client, received } = upstream(
      () => new Response(body.body, { headers: { 'content-type': 'text/event-stream' } }),
    );
    const gateway = await setUp({ client, gateway: auto });
    const pending = gateway.send(path, BODIES[path]);
    await until(() => received.length > 0);
    body.send(START[path]);
    return { gateway, body, response: await pending, received };
  }

  it.each([
    ['/v1/chat/completions', [{ data: { error: { code: 'server_error' } } }]],
    [
      '/v1/responses',
      [
        {
          name: 'response.failed',
          data: { sequence_number: 1, response: { id: 'resp_1', status: 'failed' } },
        },
        { name: 'error', data: { sequence_number: 2, code: 'server_error' } },
      ],
    ],
    ['/v1/messages', [{ name: 'error', data: { type: 'error', error: { type: 'api_error' } } }]],
  ] as const)('in the middle of its stream are told by the events of %s', async (path, expected) => {
    for (const how of ['end', 'break'] as const) {
      const { gateway, body, response } = await open(path);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toBe(START[path]);
      body[how]();
      const { value = '' } = (await reader?.read()) ?? {};
      expect(parseSse(value)).toMatchObject(expected);
      expect((await reader?.read())?.done).toBe(true);
      expect(gateway.log).toMatchObject([
        { status: 200, outcome: 'failed', error: { code: 'ERR_TRUNCATED' } },
      ]);
    }
  });

  it('inside an event break the connection', async () => {
    const { body, response } = await open('/v1/messages');
    const reader = response.body?.getReader();
    await reader?.read();
    body.send('event: content_block_del');
    await reader?.read();
    body.end();
    await expect(reader?.read()).rejects.toThrow();
  });

  it('that the stream itself tells are noted', async () => {
    const { gateway, body, response } = await open('/v1/messages');
    body.send(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    );
    body.end();
    expect(await response.text()).toContain('Overloaded');
    expect(gateway.log).toMatchObject([
      {
        outcome: 'failed',
        error: { name: 'overloaded_error', message: 'Overloaded' },
        usage: { inputTokens: 5 },
      },
    ]);
  });

  it('do not happen when the client leaves: the call ends, and what was used is known', async () => {
    const { gateway, response, received } = await open('/v1/messages');
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(received[0]?.signal.aborted).toBe(true);
    expect(gateway.log).toMatchObject([
      { outcome: 'client-gone', usage: { inputTokens: 5, outputTokens: 1 } },
    ]);
    await gateway.close();
  });
});

describe('POST /anthropic/v1/messages', () => {
  const path = '/anthropic/v1/messages';
  const MANTLE = { ...MESSAGES, model: 'anthropic.claude-opus-5-5' };

  it.each([{}, { stream: true }])(
    'is passed on to bedrock-mantle whatever passThrough says: %j',
    async (more) => {
      const gateway = await setUp({ local: { script } });
      const body = { ...MANTLE, ...more, metadata: { user_id: '{"device":"a"}' } };
      const response = await gateway.send(`${path}?beta=true`, body, { 'anthropic-beta': 'a' });
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('pong')]);
      expect(gateway.local.requests).toMatchObject([
        { operation: 'CreateMessage', bodyText: JSON.stringify(body), headers: { 'anthropic-beta': 'a' } },
      ]);
      expect(gateway.log).toMatchObject([
        { outcome: 'complete', usage: { totalTokens: expect.any(Number) } },
      ]);
    },
  );

  it('counts tokens', async () => {
    const gateway = await setUp();
    const counted = await json(await gateway.send(`${path}/count_tokens`, MANTLE));
    expect(counted).toEqual({ input_tokens: expect.any(Number) });
    expect(operations(gateway.local)).toEqual(['CountMessageTokens']);
    const older = await gateway.send(`${path}/count_tokens`, { ...MESSAGES, model: CLAUDE });
    expect(await json(older)).toEqual({ input_tokens: expect.any(Number) });
  });

  it("has Bedrock's own refusals, in its words", async () => {
    const gateway = await setUp();
    const response = await gateway.send(path, { ...MANTLE, max_tokens: undefined });
    expect([response.status, await json(response)]).toEqual([
      400,
      {
        type: 'error',
        request_id: expect.any(String),
        error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
      },
    ]);
  });

  it('goes through Converse if a guardrail applies, which bedrock-mantle would ignore', async () => {
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: 'DRAFT' };
    const models = { aliases: { 'anthropic.claude-opus-5-5': OPUS } };
    const gateway = await setUp({ client: { guardrailConfig }, gateway: { models: {} } });
    expect((await gateway.send(path, MANTLE)).status).toBe(404);
    const named = await setUp({ client: { guardrailConfig }, gateway: { models } });
    const body = { ...MANTLE, messages: [{ role: 'user', content: 'The word is swordfish.' }] };
    expect((await named.send(path, body)).headers.get('content-type')).toContain('json');
    expect(named.local.requests.at(-1)).toMatchObject({ headers: expect.anything(), modelId: OPUS });
  });

  it.each([
    [{ ...MANTLE, messages: [{ role: 'user', content: [{ s3Location: {} }] }] }, /S3/],
    [JSON.stringify(MANTLE).replace('{', '{"model":"x",'), /twice/],
    [{ ...MANTLE, model: undefined }, /model/],
  ])('refuses %j', async (body, words) => {
    const gateway = await setUp();
    const response = await gateway.send(path, body);
    expect([response.status, (await json(response)).error.message]).toEqual([
      400,
      expect.stringMatching(words),
    ]);
    expect(gateway.local.requests).toEqual([]);
  });
});

describe('budgets of requests that are passed on', () => {
  const perCaller = { tokensPerDay: 100_000, requestsPerMinute: 2 };
  // The minute must not end meanwhile.
  const now = () => 0;
  const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true }, max_tokens: 4000 };

  async function open(body: object, path: string) {
    const slow = slowBody();
    const { client } = upstream(
      () => new Response(slow.body, { headers: { 'content-type': 'text/event-stream' } }),
    );
    const store = createMemoryBudgets();
    const gateway = await setUp({ client, gateway: { ...auto, now, budgets: { perCaller, store } } });
    /** Of the day: spent and held. */
    const used = (): number => {
      const counters = store.snapshot().filter(({ counter }) => counter.includes('tokens'));
      return counters.reduce(
        (sum, { spent, holds }) => sum + holds.reduce((held, { amount }) => held + amount, spent),
        0,
      );
    };
    return { ...slow, gateway, used, pending: gateway.send(path, body) };
  }

  it('hold what the answer may have, and then count what it had', async () => {
    const { gateway, used, pending, send, end } = await open(STREAM, '/v1/chat/completions');
    await until(() => used() > 0);
    expect(used()).toBeGreaterThan(4000);
    send(
      'data: {"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12},"choices":[]}\n\ndata: [DONE]\n\n',
    );
    end();
    const response = await pending;
    await response.text();
    await gateway.close();
    expect(used()).toBe(12);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2');
  });

  it('count about what was written if the client leaves before the end', async () => {
    const { gateway, used, pending, send } = await open(STREAM, '/v1/chat/completions');
    for (let i = 0; i < 100; i++)
      send(`data: {"choices":[{"delta":{"content":"${'word '.repeat(60)}"}}]}\n\n`);
    const reader = (await pending).body?.getReader();
    for (let i = 0; i < 100; i++) await reader?.read();
    await reader?.cancel();
    await gateway.close();
    expect(used()).toBeGreaterThan(6000);
    expect(used()).toBeLessThan(20_000);
  });

  it.each([
    ['/v1/chat/completions', { ...CHAT, max_tokens: 100 }],
    ['/anthropic/v1/messages', { ...MESSAGES, model: 'anthropic.claude-opus-5-5' }],
    [
      `/model/${encodeURIComponent(NOVA)}/converse`,
      { messages: [{ role: 'user', content: [{ text: 'ping' }] }] },
    ],
  ])('refuse %s before it reaches Bedrock', async (path, body) => {
    const gateway = await setUp({ local: { script }, gateway: { ...auto, now, budgets: { perCaller } } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await gateway.send(path, body)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(gateway.local.requests).toHaveLength(2);
  });

  it.each<[what: string, part: (base64: string) => object]>([
    ['Converse', (bytes) => ({ document: { format: 'pdf', name: 'a', source: { bytes } } })],
    [
      'Messages',
      (data) => ({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }),
    ],
    ['Chat', (data) => ({ type: 'file', file: { file_data: `data:application/pdf;base64,${data}` } })],
    ['Responses', (data) => ({ type: 'input_file', filename: 'a.pdf', file_data: data })],
  ])('count a document of %s by its size', (_what, part) => {
    const count = (data: string): number => {
      const body = { messages: [{ role: 'user', content: [part(data)] }] };
      return estimateBody(body) - estimateBody({ messages: [{ role: 'user', content: [part('')] }] });
    };
    const pdf = (bytes: number): string => `JVBERi0x${'AAAA'.repeat(bytes / 3 - 2)}`;
    // At least one page, at most as many as Claude reads, and in between a page of 2,500 tokens per 7.5 KB.
    expect(Math.abs(count(pdf(6000)) - 2500)).toBeLessThan(30);
    expect(Math.abs(count(pdf(75_000)) - 25_000)).toBeLessThan(30);
    expect(Math.abs(count(pdf(4_500_000)) - 250_000)).toBeLessThan(30);
    // Text of 90,000 letters.
    expect(Math.abs(count('QUFB'.repeat(30_000)) - 30_000)).toBeLessThan(30);
  });

  it('take media for what they are', () => {
    const data = 'iVBORw0KGgo'.repeat(100_000);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
    const body = {
      max_tokens: 10,
      messages: [{ role: 'user', content: [image, { type: 'text', text: 'x'.repeat(300) }] }],
    };
    expect(estimateBody(body)).toBeLessThan(2000);
    expect(estimateBody({ text: 'a b '.repeat(3000) })).toBeGreaterThan(3000);
    // Text without a space is still text, wherever a protocol has it.
    const words = 'a'.repeat(9000);
    for (const part of [
      { text: words },
      { content: words },
      { input: [words] },
      { messages: [{ content: words }] },
    ])
      expect(estimateBody(part)).toBeGreaterThanOrEqual(3000);
    expect(estimateBody({ text: `${'a'.repeat(300)} ${'a b '.repeat(3000)}` })).toBeGreaterThan(3000);
  });

  it.each<[RequestForm, object, number | undefined]>([
    ['messages', { max_tokens: 10 }, 10],
    ['messages', { max_tokens_to_sample: 1 }, undefined],
    ['chat', { max_tokens: 1, max_completion_tokens: 900 }, 900],
    ['chat', { max_output_tokens: 1 }, undefined],
    ['responses', { max_output_tokens: 7, max_tokens: 1 }, 7],
    ['converse', { max_tokens: 1, inferenceConfig: { maxTokens: 900 } }, 900],
    ['converse', { max_tokens: 1 }, undefined],
    [
      'converse',
      { inferenceConfig: { maxTokens: 1 }, additionalModelRequestFields: { max_tokens: 900 } },
      900,
    ],
    ['converse', { additionalModelRequestFields: { max_tokens: 1 } }, undefined],
    ['invoke', { max_tokens: 1, inferenceConfig: { max_new_tokens: 900 } }, 900],
    ['invoke', { textGenerationConfig: { maxTokenCount: 5 } }, 5],
    ['invoke', { max_gen_len: 99.5 }, 100],
    ['invoke', { max_tokens: -1 }, undefined],
  ])('believe only the limit that counts: %s %j', (form, body, limit) => {
    expect(findOutputLimit(body as never, form)).toBe(limit);
  });

  it.each([
    ['converse', { max_tokens: 1, inferenceConfig: { maxTokens: 5000 } }],
    ['converse', { max_tokens: 1 }],
    ['invoke', { max_tokens: 1, inferenceConfig: { maxTokens: 5000 } }],
  ])('are not fooled by a limit that %s ignores: %j', async (operation, limits) => {
    const budgets = { perCaller: { tokensPerDay: 4000 } };
    const gateway = await setUp({ gateway: { ...auto, now, budgets } });
    const body = { ...limits, messages: [{ role: 'user', content: [{ text: 'ping' }] }] };
    const response = await gateway.send(`/model/${encodeURIComponent(NOVA)}/${operation}`, body);
    expect([response.status, gateway.local.requests]).toEqual([400, []]);
  });
});
