import { createLocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, askRuntime, dataOf, framesOf, type Json } from './post.js';

const MODEL = 'openai.gpt-oss-120b';
const user = (content: unknown) => ({ role: 'user', content });
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const NOTE = { type: 'custom', custom: { name: 'note', description: 'Writes a note' } };
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Answer {
  choices: {
    finish_reason: string;
    message: { content: string | null; reasoning?: string; tool_calls?: Json[] };
  }[];
  usage: Json;
}

const chat = (body: Json, options: LocalBedrockOptions = {}) =>
  askMantle(createLocalBedrock(options), '/v1/chat/completions', {
    model: MODEL,
    messages: [user('Hello')],
    ...body,
  });

async function answer(body: Json, options?: LocalBedrockOptions) {
  const response = await chat(body, options);
  const { choices, usage } = (await response.json()) as Answer;
  const [choice = expect.fail('There is no choice.')] = choices;
  return { ...choice, usage };
}

/** Puts the chunks of a stream together. */
async function stream(body: Json, options?: LocalBedrockOptions) {
  const frames = await framesOf(await chat({ ...body, stream: true }, options));
  expect(frames.at(-1)).toEqual(['data: [DONE]']);
  const message: { content: string; reasoning: string; tool_calls: Json[] } = {
    content: '',
    reasoning: '',
    tool_calls: [],
  };
  const reasons: string[] = [];
  for (const { choices } of dataOf(frames) as unknown as {
    choices: { delta: Json; finish_reason: string | null }[];
  }[]) {
    for (const { delta, finish_reason: reason } of choices) {
      message.content += String(delta['content'] ?? '');
      message.reasoning += String(delta['reasoning'] ?? '');
      if (reason !== null) reasons.push(reason);
      for (const { index, function: called, ...rest } of (delta['tool_calls'] ?? []) as {
        index: number;
        function?: Json;
      }[]) {
        const call = (message.tool_calls[index] ?? rest) as Json & { function?: { arguments: string } };
        message.tool_calls[index] = call;
        if (called === undefined) continue;
        if (call.function === undefined) call.function = called as { arguments: string };
        else call.function.arguments += String(called['arguments']);
      }
    }
  }
  return { message, reasons, chunks: dataOf(frames) };
}

describe('an answer of Chat Completions', () => {
  const options: LocalBedrockOptions = {
    script: [
      {
        user: 'two',
        reasoning: 'Two places, so two calls.',
        text: 'I look it up.',
        toolUse: [
          { name: 'get_weather', input: { city: 'Bern' } },
          { name: 'get_weather', input: { city: 'Rome' }, toolUseId: 'mine' },
        ],
      },
      { user: 'write', toolUse: { name: 'note', input: { input: 'Buy milk.' } } },
    ],
  };

  it.each([
    ['two', ['function', 'function']],
    ['write', ['custom']],
  ])('says the same as a stream: %s', async (words, kinds) => {
    const body = { messages: [user(words)], tools: [WEATHER, NOTE] };
    const whole = await answer(body, options);
    const { message, reasons } = await stream(body, options);
    const calls = (of: Json[] | undefined) => of?.map(({ id: _id, ...call }) => call);
    expect(reasons).toEqual([whole.finish_reason]);
    expect(whole.finish_reason).toBe('tool_calls');
    expect(calls(message.tool_calls)).toEqual(calls(whole.message.tool_calls));
    expect(message.tool_calls.map(({ type }) => type)).toEqual(kinds);
    expect([message.content, message.reasoning]).toEqual([
      whole.message.content ?? '',
      whole.message.reasoning ?? '',
    ]);
  });

  it('has the input of a custom tool as text, and the id of a call from the script', async () => {
    const { message } = await answer({ messages: [user('write')], tools: [NOTE] }, options);
    expect(message).toMatchObject({
      content: null,
      tool_calls: [{ type: 'custom', custom: { name: 'note', input: 'Buy milk.' } }],
    });
    const two = await answer({ messages: [user('two')], tools: [WEATHER] }, options);
    expect(two.message.tool_calls?.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^call_\w{24}$/),
      'mine',
    ]);
  });

  it('counts the calls of GPT-5 from 0 in each answer', async () => {
    const body = { model: 'openai.gpt-5.6-sol', messages: [user('two')], tools: [WEATHER] };
    const response = await askMantle(createLocalBedrock(options), '/openai/v1/chat/completions', body);
    const { choices } = (await response.json()) as Answer;
    expect(choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(['call_0', 'mine']);
  });

  it('has reasoning in front of the text at bedrock-runtime', async () => {
    const body = { model: 'openai.gpt-oss-120b-1:0', messages: [user('two')], tools: [WEATHER] };
    const response = await askRuntime(createLocalBedrock(options), '/openai/v1/chat/completions', body);
    const { choices } = (await response.json()) as Answer;
    expect(choices[0]?.message.content).toBe('<reasoning>Two places, so two calls.</reasoning>I look it up.');
  });

  it('reports usage in a stream if it is asked to, in a chunk of its own', async () => {
    const { chunks } = await stream({ stream_options: { include_usage: true } });
    const { usage } = await answer({});
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.slice(0, -1).every((chunk) => chunk['usage'] === null)).toBe(true);
    const plain = await stream({});
    expect(plain.chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it.each<[string, Json, LocalBedrockOptions]>([
    ['length', { max_tokens: 5 }, {}],
    ['length', { max_completion_tokens: 5 }, {}],
    ['stop', { stop: 'local' }, {}],
    ['stop', { stop: ['local', 'x'] }, {}],
    ['content_filter', {}, { script: [{ guardrail: true }] }],
    ['tool_calls', { tools: [WEATHER], tool_choice: 'required' }, {}],
    [
      'tool_calls',
      { tools: [NOTE, WEATHER], tool_choice: { type: 'function', function: { name: 'get_weather' } } },
      {},
    ],
    ['stop', { tools: [WEATHER], tool_choice: 'none' }, {}],
  ])('ends with %s: %j', async (reason, body, more) => {
    expect((await answer(body, more)).finish_reason).toBe(reason);
    expect((await stream(body, more)).reasons).toEqual([reason]);
  });

  it('has the shape that the request asks for', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer' } },
      required: ['city', 'people'],
      additionalProperties: false,
    };
    const named = { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } };
    const { message } = await answer({ response_format: named });
    expect(JSON.parse(message.content ?? '')).toEqual({
      city: expect.any(String),
      people: expect.any(Number),
    });
    const any = await answer({ response_format: { type: 'json_object' } });
    expect(JSON.parse(any.message.content ?? '')).toEqual({});
  });

  it('reasons if the request says how hard', async () => {
    expect((await answer({ reasoning_effort: 'low' })).message.reasoning).toContain('Hello');
    expect((await answer({ reasoning_effort: 'none' })).message.reasoning).toBeUndefined();
  });

  it('sees images, files and system prompts', async () => {
    const parts = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: PNG } },
    ];
    const body = {
      model: 'google.gemma-3-27b-it',
      messages: [{ role: 'developer', content: 'Be brief.' }, user(parts)],
    };
    expect((await answer(body)).message.content).toContain('1 image (png)');
    const file = {
      type: 'file',
      file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${btoa('%PDF-1.4')}` },
    };
    expect(
      (await answer({ messages: [user([{ type: 'text', text: 'Read' }, file])] })).message.content,
    ).toContain('1 document (a.pdf)');
  });

  it('is blocked by a guardrail that the headers name, at bedrock-runtime', async () => {
    const body = { model: 'openai.gpt-oss-120b-1:0', messages: [user('The swordfish')] };
    const headers = {
      'x-amzn-bedrock-guardrailidentifier': 'localguardrail',
      'x-amzn-bedrock-guardrailversion': '1',
    };
    const response = await askRuntime(createLocalBedrock(), '/openai/v1/chat/completions', body, { headers });
    expect(await response.json()).toMatchObject({
      choices: [{ finish_reason: 'content_filter' }],
      'amazon-bedrock-guardrailAction': 'INTERVENED',
    });
  });
});

describe('a conversation with tools', () => {
  const call = (id: string, city: string) => ({
    id,
    type: 'function',
    function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
  });
  const result = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });
  const script = [{ toolResult: true as const, text: 'Sunny.' }];

  it('may have results in any order, ids of any length, and the same ids in each turn', async () => {
    const long = 'x'.repeat(600);
    const messages = [
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls: [call(long, 'Bern'), call('call_1', 'Rome')] },
      result('call_1', 'rain'),
      result(long, 'sun'),
      { role: 'assistant', content: 'Again.', tool_calls: [call(long, 'Oslo')] },
      result(long, 'snow'),
    ];
    const { message } = await answer({ messages, tools: [WEATHER] }, { script });
    expect(message.content).toBe('Sunny.');
  });

  it('goes on without tools, and with arguments that are not JSON', async () => {
    const broken = { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":' } };
    const messages = [
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls: [broken] },
      result('a', 'sun'),
    ];
    expect((await answer({ messages }, { script })).message.content).toBe('Sunny.');
  });

  it.each<[string, Json[], string]>([
    [
      'a result without a call',
      [user('a'), result('call_9', 'b')],
      "messages with role 'tool' must be a response",
    ],
    [
      'a call without a result',
      [user('a'), { role: 'assistant', tool_calls: [call('call_9', 'Bern')] }, user('b')],
      'did not have response messages: call_9',
    ],
    [
      'a call at the end',
      [user('a'), { role: 'assistant', tool_calls: [call('call_9', 'Bern')] }],
      'did not have response messages: call_9',
    ],
  ])('is refused with %s', async (_what, messages, words) => {
    const response = await chat({ messages, tools: [WEATHER] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringContaining(words) },
    });
  });
});

describe('a request that is refused', () => {
  it.each<[string, Json, string]>([
    ['messages', { messages: undefined }, "Missing required parameter: 'messages'."],
    ['messages', { messages: [] }, "Invalid 'messages': empty array."],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'a' }] }, "Invalid value: 'robot'."],
    ['messages[0].content[0].type', { messages: [user([{ type: 'video' }])] }, "Invalid value: 'video'."],
    [
      'messages[0].content[0].image_url.url',
      { messages: [user([{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }])] },
      'does not fetch files',
    ],
    [
      'messages[0].content[0].image_url.url',
      { messages: [user([{ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AAAA' } }])] },
      'unsupported image',
    ],
    ['n', { n: 2 }, "'n' does not support values other than 1"],
    ['stream_options', { stream_options: { include_usage: true } }, "only allowed when 'stream' is enabled"],
    ['max_tokens', { max_tokens: 0 }, 'Expected a value >= 1, but got 0'],
    ['max_tokens', { max_tokens: 'many' }, 'expected an integer, but got many'],
    ['tool_choice', { tool_choice: 'required' }, "only allowed when 'tools' are specified"],
    [
      'tool_choice',
      { tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'other' } } },
      "Tool choice 'other' not found",
    ],
    ['tools[0].type', { tools: [{ type: 'web_search' }] }, "Invalid value: 'web_search'."],
    [
      'tools[0].function.name',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'does not match pattern',
    ],
    [
      'response_format.json_schema.name',
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'Missing required parameter',
    ],
  ])('%s: %j', async (param, body, words) => {
    const response = await chat(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: {
        code: 'validation_error',
        message: expect.stringContaining(words),
        param,
        type: 'invalid_request_error',
      },
    });
  });

  it.each<[string, Json, string]>([
    ['max_tokens', { max_tokens: 100 }, "Use 'max_completion_tokens' instead."],
    ['reasoning_effort', { tools: [WEATHER], reasoning_effort: 'low' }, 'Please use /v1/responses instead.'],
    [
      'temperature',
      { temperature: 0.2 },
      "'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    ],
    ['stop', { stop: ['a'] }, "'stop' is not supported with this model."],
  ])('by GPT-5 and newer: %s', async (param, body, words) => {
    const local = createLocalBedrock();
    const sent = { model: 'openai.gpt-6-sol', messages: [user('Hello')], ...body };
    const response = await askMantle(local, '/openai/v1/chat/completions', sent);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { param, message: expect.stringContaining(words) },
    });
    expect((await chat(body)).status).toBe(200);
  });

  it('as it is not JSON', async () => {
    const response = await askMantle(createLocalBedrock(), '/v1/chat/completions', '{"model":');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: 'The request body is not valid JSON.' },
    });
  });

  it('because a script says so', async () => {
    const response = await chat(
      {},
      { script: [{ error: { name: 'ThrottlingException', message: 'Slow down.' } }] },
    );
    expect(response.status).toBe(429);
    expect(await response.json()).toEqual({
      error: { code: 'rate_limit_exceeded', message: 'Slow down.', param: null, type: 'rate_limit_error' },
    });
  });
});
