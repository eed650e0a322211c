import { createLocalBedrock, type LocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, askRuntime, dataOf, framesOf, type Json } from './post.js';

const MODEL = 'openai.gpt-5.6-sol';
const WEATHER = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: null,
};

interface Answer extends Json {
  id: string;
  status: string;
  output: (Json & { type: string; id: string; content?: { text: string }[] })[];
}

const post = (local: LocalBedrock, body: Json) =>
  askMantle(local, '/openai/v1/responses', { model: MODEL, input: 'Hello', ...body });

async function answer(body: Json, local: LocalBedrock | LocalBedrockOptions = {}): Promise<Answer> {
  const response = await post('fetch' in local ? local : createLocalBedrock(local), body);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

const textOf = ({ output }: Answer) =>
  output
    .flatMap(({ type, content }) => (type === 'message' ? (content ?? []) : []))
    .map(({ text }) => text)
    .join('');

/** The items without what differs between two calls. */
const itemsOf = ({ output }: Answer) => output.map(({ id: _id, call_id: _call, ...item }) => item);

describe('an answer of Responses', () => {
  const tools = [
    WEATHER,
    { type: 'custom', name: 'note' },
    {
      type: 'namespace',
      name: 'files',
      description: 'Files',
      tools: [{ type: 'function', name: 'list', parameters: null }],
    },
    { type: 'web_search' },
  ];
  const script = [
    {
      user: 'all',
      reasoning: { text: 'Hm.', redacted: 'c2VjcmV0' },
      text: 'I do.',
      toolUse: [
        { name: 'get_weather', input: { city: 'Bern' } },
        { name: 'note', input: { input: 'Buy milk.' } },
        { name: 'files__list' },
      ],
    },
  ];

  it.each(['openai.gpt-5.6-sol', 'openai.gpt-oss-120b'])('says the same as a stream: %s', async (model) => {
    const path = model.includes('oss') ? '/v1/responses' : '/openai/v1/responses';
    const body = {
      model,
      input: 'all',
      tools,
      reasoning: { summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    };
    const local = createLocalBedrock({ script });
    const whole = (await (await askMantle(local, path, body)).json()) as Answer;
    const events = dataOf(await framesOf(await askMantle(local, path, { ...body, stream: true })));
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_event, i) => i));
    const { response } = events.at(-1) as { response: Answer };
    expect(itemsOf(response)).toEqual(itemsOf(whole));
    expect(Object.keys(response).sort()).toEqual(Object.keys(whole).sort());
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(done).toEqual(response.output);
    expect(whole.output.slice(-3)).toMatchObject([
      { type: 'function_call', name: 'get_weather', arguments: '{"city":"Bern"}' },
      { type: 'custom_tool_call', name: 'note', input: 'Buy milk.' },
      { type: 'function_call', name: 'list', namespace: 'files', arguments: '{}' },
    ]);
  });

  // https://github.com/BerriAI/litellm/pull/34488
  it('of Grok calls a tool without its namespace', async () => {
    const local = createLocalBedrock({ script });
    const whole = await answer({ model: 'xai.grok-4.3', input: 'all', tools }, local);
    expect(whole.output.at(-1)).toMatchObject({ type: 'function_call', name: 'list' });
    expect(whole.output.at(-1)).not.toHaveProperty('namespace');
  });

  it('has deltas that make up its texts', async () => {
    const local = createLocalBedrock({ script });
    const body = { input: 'all', tools, reasoning: { summary: 'auto' }, stream: true };
    const events = dataOf(await framesOf(await post(local, body)));
    for (const [kind, member] of [
      ['output_text', 'text'],
      ['reasoning_summary_text', 'text'],
      ['function_call_arguments', 'arguments'],
      ['custom_tool_call_input', 'input'],
    ]) {
      const own = events.filter(({ type }) => String(type).startsWith(`response.${kind}.`));
      const deltas = own.map(({ delta }) => delta ?? '').join('');
      const whole = own.map((event) => event[String(member)] ?? '').join('');
      expect(deltas, kind).toBe(whole);
      expect(deltas, kind).not.toBe('');
    }
  });

  it('hands out what is encrypted only if the client includes it, and a summary only if it wants one', async () => {
    const { output } = await answer({ input: 'all', tools }, { script });
    expect(output[0]).toEqual({ id: expect.stringMatching(/^rs_/), summary: [], type: 'reasoning' });
  });

  it.each<[string, Json, LocalBedrockOptions]>([
    ['max_output_tokens', { max_output_tokens: 16 }, {}],
    ['content_filter', {}, { script: [{ guardrail: true }] }],
  ])('is incomplete because of %s', async (reason, body, options) => {
    const whole = await answer(body, options);
    expect(whole).toMatchObject({ status: 'incomplete', incomplete_details: { reason } });
    const frames = await framesOf(await post(createLocalBedrock(options), { ...body, stream: true }));
    expect(dataOf(frames).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { incomplete_details: { reason } },
    });
  });

  it('has the shape that the request asks for', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    };
    const whole = await answer({
      text: { format: { type: 'json_schema', name: 'one', schema, strict: true } },
    });
    expect(JSON.parse(textOf(whole))).toEqual({ a: expect.any(Number) });
  });

  it('reasons if the request says how hard, and echoes that', async () => {
    const whole = await answer({ reasoning: { effort: 'high', summary: 'auto' } });
    expect(whole.output[0]).toMatchObject({
      type: 'reasoning',
      summary: [{ text: expect.stringContaining('Hello') }],
    });
    expect(whole['reasoning']).toEqual({ context: 'all_turns', effort: 'high', summary: 'auto' });
  });

  it('sees images and files, and calls the tool that it has to', async () => {
    const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
    const input = [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: pixel },
        ],
      },
    ];
    expect(textOf(await answer({ input }))).toContain('1 image (gif)');
    const forced = await answer({
      tools,
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'note' }] },
    });
    expect(forced.output).toMatchObject([{ type: 'custom_tool_call', name: 'note' }]);
  });

  it('names events before their data at bedrock-runtime, without an end mark', async () => {
    const body = { model: 'us.openai.gpt-5.6-sol', input: 'Hello', stream: true };
    const frames = await framesOf(await askRuntime(createLocalBedrock(), '/openai/v1/responses', body));
    for (const [name, data] of frames) {
      expect(name).toMatch(/^event: response\./);
      expect(data).toMatch(/^data: \{/);
    }
    expect(frames.at(-1)?.[0]).toBe('event: response.completed');
  });
});

describe('a conversation', () => {
  const script = [
    { toolResult: 'sun', text: 'Sunny.' },
    { user: 'Weather', reasoning: 'Hm.', toolUse: { name: 'get_weather', input: { city: 'Bern' } } },
  ];

  it('is sent back item by item', async () => {
    const local = createLocalBedrock({ script });
    const first = await answer({ input: 'Weather?', tools: [WEATHER] }, local);
    const call = first.output.at(-1) as Json;
    const output = {
      type: 'function_call_output',
      call_id: call['call_id'],
      output: [{ type: 'input_text', text: 'sun' }],
    };
    const input = [{ role: 'user', content: 'Weather?' }, ...first.output, output];
    expect(textOf(await answer({ input, tools: [WEATHER], store: false }, local))).toBe('Sunny.');
  });

  it('is continued by the id of the last response', async () => {
    const local = createLocalBedrock({ script });
    const first = await answer({ input: 'Weather?', tools: [WEATHER] }, local);
    const call = first.output.at(-1) as Json;
    const output = { type: 'function_call_output', call_id: call['call_id'], output: 'sun' };
    const second = await answer({ previous_response_id: first.id, input: [output], tools: [WEATHER] }, local);
    expect(textOf(second)).toBe('Sunny.');
    const third = await answer({ previous_response_id: second.id, input: 'Thanks' }, local);
    expect(textOf(third)).toContain('4 earlier messages');
  });

  it('may refer to stored items', async () => {
    const local = createLocalBedrock({ script });
    const { output } = await answer({ input: 'Weather?', tools: [WEATHER] }, local);
    const input = [
      { role: 'user', content: 'Weather?' },
      ...output.map(({ id }) => ({ type: 'item_reference', id })),
      { type: 'function_call_output', call_id: output.at(-1)?.['call_id'], output: 'sun' },
    ];
    expect(textOf(await answer({ input, tools: [WEATHER] }, local))).toBe('Sunny.');
  });

  it('is stored by a stream too, and can be fetched and deleted', async () => {
    const local = createLocalBedrock();
    const events = dataOf(await framesOf(await post(local, { stream: true })));
    const { response } = events.at(-1) as { response: Answer };
    const path = `/openai/v1/responses/${response.id}`;
    expect(await (await askRuntime(local, path)).json()).toEqual(response);
    const cancelled = await askRuntime(local, `${path}/cancel`, {});
    expect(await cancelled.json()).toMatchObject({
      error: { message: 'Cannot cancel a synchronous response.' },
    });
    const removed = await askRuntime(local, path, undefined, { method: 'DELETE' });
    expect(await removed.json()).toEqual({ id: response.id, object: 'response', deleted: true });
    const gone = await askRuntime(local, path);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({
      error: { message: `Response with id '${response.id}' not found.` },
    });
  });

  it('is not stored with store: false', async () => {
    const local = createLocalBedrock();
    const { id } = await answer({ store: false }, local);
    const response = await post(local, { previous_response_id: id });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    });
  });
});

describe('a request that is refused', () => {
  it.each<[string | null, Json, string]>([
    ['input', { input: undefined }, "Missing required parameter: 'input'."],
    ['input', { input: [] }, "Missing required parameter: 'input'."],
    ['max_output_tokens', { max_output_tokens: 15 }, 'Expected a value >= 16, but got 15'],
    ['max_tokens', { max_tokens: 100 }, "Use 'max_output_tokens' instead."],
    ['background', { background: true }, 'does not run responses in the background'],
    ['conversation', { conversation: 'conv_1' }, "'conversation' is not supported"],
    [
      'input',
      { input: [{ type: 'function_call', call_id: 'a', name: 'b', arguments: '{}' }] },
      'No tool output found for function call a.',
    ],
    [
      'input',
      { input: [{ type: 'function_call_output', call_id: 'a', output: 'b' }] },
      'No tool call found for function call output with call_id a.',
    ],
    [null, { input: [{ type: 'agent_message', content: [] }] }, "Invalid 'input': value did not match any"],
    [
      null,
      { tools: [{ type: 'namespace', name: 'functions', tools: [] }] },
      "User-defined namespace 'functions' collides with an existing tool namespace.",
    ],
    [
      'input',
      {
        tools: [{ type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'list' }] }],
        input: [
          { type: 'function_call', call_id: 'a', name: 'list', arguments: '{}' },
          { type: 'function_call_output', call_id: 'a', output: 'b' },
        ],
      },
      "Missing namespace for function_call 'list'. It does not exist in the default namespace.",
    ],
    [null, { service_tier: 'flex' }, "'flex' is not supported for 'service_tier' on this model"],
    ['input[0].role', { input: [{ role: 'tool', content: 'a' }] }, "Invalid value: 'tool'."],
    ['input', { input: [{ type: 'item_reference', id: 'msg_9' }] }, "Item with id 'msg_9' not found."],
  ])('%s: %j', async (param, body, words) => {
    const response = await post(createLocalBedrock(), body);
    expect(response.status).toBe(words.startsWith('Item') ? 404 : 400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining(words), param },
    });
  });

  it.each<[string, Json]>([
    ['background', { background: true }],
    ['tools[0].type', { tools: [{ type: 'web_search' }] }],
  ])('by bedrock-runtime only: %s', async (param, body) => {
    const response = await askRuntime(createLocalBedrock(), '/openai/v1/responses', {
      model: 'us.openai.gpt-5.6-sol',
      input: 'Hello',
      ...body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});
