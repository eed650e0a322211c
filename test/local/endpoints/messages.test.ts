import { createLocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, askRuntime, dataOf, framesOf, type Json } from './post.js';

const MODEL = 'anthropic.claude-opus-5';
const user = (content: unknown) => ({ role: 'user', content });
const WEATHER = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
const VERSION = { 'anthropic-version': '2023-06-01' };

interface Message extends Json {
  content: (Json & { type: string })[];
  stop_reason: string;
  usage: Record<string, unknown>;
}

const post = (body: Json, options: LocalBedrockOptions = {}, headers: Record<string, string> = VERSION) =>
  askMantle(
    createLocalBedrock(options),
    '/anthropic/v1/messages',
    { model: MODEL, max_tokens: 500, messages: [user('Hello')], ...body },
    { headers },
  );

async function answer(body: Json, options?: LocalBedrockOptions): Promise<Message> {
  const response = await post(body, options);
  const message = (await response.json()) as Message;
  expect(response.status, JSON.stringify(message)).toBe(200);
  return message;
}

describe('an answer of Messages', () => {
  const script = [
    { toolResult: true as const, text: 'Sunny.' },
    {
      user: 'Weather',
      reasoning: { text: 'Hm.', redacted: 'c2VjcmV0' },
      text: 'I look.',
      toolUse: [{ name: 'get_weather', input: { city: 'Bern' } }, { name: 'get_weather' }],
    },
  ];
  const body = { messages: [user('Weather?')], tools: [WEATHER] };

  it('says the same as a stream, whose events have names and end with message_stop', async () => {
    const whole = await answer(body, { script });
    const frames = await framesOf(await post({ ...body, stream: true }, { script }));
    const events = dataOf(frames);
    for (const [i, frame] of frames.entries()) expect(frame[0]).toBe(`event: ${events[i]?.['type']}`);
    expect(events[0]).toMatchObject({ type: 'message_start', message: { content: [], stop_reason: null } });
    expect(Object.keys(events[0]?.['message'] as Json).sort()).toEqual(Object.keys(whole).sort());
    expect(events.at(-1)).toEqual({ type: 'message_stop' });
    expect(events.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: whole.stop_reason } });
    const { usage } = events.at(-2) as { usage: Json };
    expect(whole.usage).toMatchObject(usage);
    const blocks: Json[] = [];
    for (const { type, index, content_block: block, delta } of events as Record<string, Json>[]) {
      if (String(type) === 'content_block_start') blocks[Number(index)] = { ...block };
      const { text = '', thinking = '', signature, partial_json: json = '' } = delta ?? {};
      const to = blocks[Number(index)];
      if (to === undefined || delta === undefined) continue;
      if (to['type'] === 'text') to['text'] = `${to['text']}${text}`;
      if (to['type'] === 'thinking') to['thinking'] = `${to['thinking']}${thinking}`;
      if (signature !== undefined) to['signature'] = signature;
      if (to['type'] === 'tool_use') to['json'] = `${to['json'] ?? ''}${json}`;
    }
    const read = blocks.map(({ json, ...block }) =>
      json === undefined ? block : { ...block, input: JSON.parse(String(json)) as Json },
    );
    const withoutIds = (list: Json[]) => list.map((block) => ({ ...block, id: undefined }));
    expect(withoutIds(read)).toEqual(withoutIds(whole.content));
    expect(whole.content.map(({ type }) => type)).toEqual([
      'thinking',
      'redacted_thinking',
      'text',
      'tool_use',
      'tool_use',
    ]);
  });

  it('continues a conversation that is sent back', async () => {
    const first = await answer(body, { script });
    const results = first.content.flatMap(({ type, id }) =>
      type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: 'sun' }] : [],
    );
    const messages = [user('Weather?'), { role: 'assistant', content: first.content }, user(results)];
    expect((await answer({ messages, tools: [WEATHER] }, { script })).content).toEqual([
      { type: 'text', text: 'Sunny.' },
    ]);
  });

  it('may follow instructions in the role system, which are nobody’s turn', async () => {
    const messages = [user('Weather?'), { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }];
    expect((await answer({ messages, tools: [WEATHER] }, { script })).stop_reason).toBe('tool_use');
    const older = await post({ model: 'anthropic.claude-haiku-4-5', messages });
    expect(older.status).toBe(400);
    expect(await older.json()).toMatchObject({
      error: { message: "messages.1: role 'system' is not supported on this model" },
    });
  });

  it.each<[string, Json, LocalBedrockOptions]>([
    ['end_turn', {}, {}],
    ['max_tokens', { max_tokens: 5 }, {}],
    ['stop_sequence', { stop_sequences: ['local'] }, {}],
    ['tool_use', { tools: [WEATHER], tool_choice: { type: 'tool', name: 'get_weather' } }, {}],
    ['refusal', {}, { script: [{ text: 'No.', stopReason: 'refusal' }] }],
  ])('ends with %s', async (reason, more, options) => {
    expect((await answer(more, options)).stop_reason).toBe(reason);
  });

  it('thinks if the request wants it, and counts what it caches', async () => {
    const text = 'A long instruction. '.repeat(400);
    const system = [{ type: 'text', text, cache_control: { type: 'ephemeral' } }];
    const message = await answer({ system, thinking: { type: 'adaptive' } });
    expect(message.content[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/.+/) });
    const { cache_creation_input_tokens: written, cache_creation: byLife } = message.usage;
    expect(written).toBeGreaterThan(1000);
    expect(byLife).toEqual({ ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: written });
  });
});

describe('tokens', () => {
  const body = { model: MODEL, messages: [user('Hello there, how are you?')], system: 'Be brief.' };

  it('are counted by bedrock-mantle as an answer counts them', async () => {
    const local = createLocalBedrock();
    const counted = await askMantle(local, '/anthropic/v1/messages/count_tokens', body, { headers: VERSION });
    const { input_tokens: tokens } = (await counted.json()) as { input_tokens: number };
    expect(tokens).toBe((await answer(body)).usage['input_tokens']);
  });
});

describe('a request that is refused', () => {
  it.each<[string, Json]>([
    ['max_tokens: Field required', { max_tokens: undefined }],
    ['messages: Field required', { messages: undefined }],
    ['messages: at least one message is required', { messages: [] }],
    ['thread: Extra inputs are not permitted', { thread: { type: 'create' } }],
    ['max_tokens: Input should be greater than or equal to 1', { max_tokens: 0 }],
    ['`temperature` is deprecated for this model.', { temperature: 0.5 }],
    [
      'output_config.format: Extra inputs are not permitted',
      { output_config: { format: { type: 'json_schema', schema: {} } } },
    ],
    [
      'Requests which have `tool_use` or `tool_result` blocks must define tools.',
      {
        messages: [
          user('a'),
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] },
          user([{ type: 'tool_result', tool_use_id: 'a' }]),
        ],
      },
    ],
  ])('%s', async (message, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      type: 'error',
      request_id: expect.stringMatching(/^req_/),
      error: { type: 'invalid_request_error', message },
    });
  });

  it.each<[Record<string, string>, Json, number]>([
    [{}, {}, 400],
    [{ 'anthropic-version': 'latest' }, {}, 400],
    [{ 'anthropic-version': '2026-10-21' }, {}, 200],
    [{}, { anthropic_version: 'bedrock-2023-05-31' }, 200],
  ])('without a version: %j %j', async (headers, body, status) => {
    expect((await post(body, {}, headers)).status).toBe(status);
  });

  it('because of the id of Claude Code’s user, at bedrock-runtime', async () => {
    const user_id = '{"device_id":"d","account_uuid":""}';
    const body = { max_tokens: 5, messages: [user('Hello')], metadata: { user_id } };
    const local = createLocalBedrock();
    const runtime = await askRuntime(
      local,
      '/anthropic/v1/messages',
      { model: `us.${MODEL}`, ...body },
      { headers: VERSION },
    );
    expect(runtime.status).toBe(400);
    expect(await runtime.text()).toContain(
      'Request metadata contains a value that violates the regular expression',
    );
    expect((await post(body)).status).toBe(200);
  });
});
