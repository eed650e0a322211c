import { describe, expect, it } from 'vitest';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, json, NEW_CLAUDE, NOVA, setUp, type TestGateway } from './setup.js';

const WEATHER = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

const SPEC = { toolSpec: { name: 'get_weather', inputSchema: { json: WEATHER.function.parameters } } };

async function translate(body: object, gateway?: TestGateway) {
  const used = gateway ?? (await setUp());
  const response = await used.send('/v1/chat/completions', {
    model: CLAUDE,
    messages: [{ role: 'user', content: 'Hi' }],
    ...body,
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return {
    sent: used.sent(),
    notes: response.headers.get('x-bedrock-anywhere-notes'),
    answer: await json(response),
  };
}

async function refuse(body: object): Promise<{ status: number; error: Record<string, unknown> }> {
  const gateway = await setUp();
  const response = await gateway.send('/v1/chat/completions', {
    model: CLAUDE,
    messages: [{ role: 'user', content: 'Hi' }],
    ...body,
  });
  expect(gateway.local.requests.filter(({ operation }) => operation === 'Converse')).toEqual([]);
  return { status: response.status, ...(await json(response)) };
}

describe('messages', () => {
  it('puts instructions before the first message into the system prompt and later ones in place', async () => {
    const { sent } = await translate({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'Use English.' }] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'system', content: 'Now be long.' },
        { role: 'user', content: 'Again' },
      ],
    });
    expect(sent['system']).toEqual([{ text: 'Be brief.' }, { text: 'Use English.' }]);
    expect(sent['messages']).toEqual([
      { role: 'user', content: [{ text: 'Hi' }] },
      { role: 'assistant', content: [{ text: 'Hello' }] },
      { role: 'user', content: [{ text: 'Now be long.' }, { text: 'Again' }] },
    ]);
  });

  it('answers instructions alone, as OpenAI does', async () => {
    const { sent, notes } = await translate({ messages: [{ role: 'system', content: 'Say hello.' }] });
    expect(sent['messages']).toEqual([{ role: 'user', content: [{ text: 'Say hello.' }] }]);
    expect(notes).toMatch(/^system: sent as a message of the user/);
  });

  it('puts the results of all calls into one message, before everything else', async () => {
    const call = (id: string) => ({
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Bern"}' },
    });
    const { sent } = await translate({
      tools: [WEATHER],
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: 'I look.', tool_calls: [call('call_1'), call('call_2')] },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        { role: 'system', content: 'Be brief.' },
        { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'rain' }] },
      ],
    });
    expect(sent['messages']).toEqual([
      { role: 'user', content: [{ text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Bern' } } },
          { toolUse: { toolUseId: 'call_2', name: 'get_weather', input: { city: 'Bern' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_1', content: [{ text: 'sunny' }] } },
          { toolResult: { toolUseId: 'call_2', content: [{ text: 'rain' }] } },
          { text: 'Be brief.' },
        ],
      },
    ]);
  });

  it('sends images, documents and cache points', async () => {
    const { sent } = await translate({
      messages: [
        { role: 'system', content: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL_BASE64}` } },
            {
              type: 'file',
              file: { filename: 'a_b.c.pdf', file_data: `data:application/pdf;base64,${btoa('%PDF-1.4 x')}` },
            },
            { type: 'text', text: 'What is it?', cache_control: { type: 'ephemeral' } },
          ],
        },
      ],
    });
    expect(sent['system']).toEqual([{ text: 'Long.' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    expect(sent['messages']).toEqual([
      {
        role: 'user',
        content: [
          { image: { format: 'png', source: { bytes: PIXEL_BASE64 } } },
          { document: { format: 'pdf', name: 'a b c', source: { bytes: btoa('%PDF-1.4 x') } } },
          { text: 'What is it?' },
          { cachePoint: { type: 'default' } },
        ],
      },
    ]);
  });

  it.each([0, 1, 2, 3])('reads base64 with line breaks, %i of them', async (breaks) => {
    const data = `${'\n'.repeat(breaks)}${PIXEL_BASE64}`;
    const part = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
    const { sent } = await translate({ messages: [{ role: 'user', content: [part] }] });
    expect(sent['messages']).toMatchObject([{ content: [{ image: { source: { bytes: PIXEL_BASE64 } } }] }]);
  });

  it('understands the old form of calls', async () => {
    const { sent } = await translate({
      functions: [WEATHER.function],
      function_call: 'auto',
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: null, function_call: { name: 'get_weather', arguments: '{}' } },
        { role: 'function', name: 'get_weather', content: 'sunny' },
      ],
    });
    expect(sent['toolConfig']).toEqual({ tools: [SPEC] });
    expect(sent['messages']).toMatchObject([
      {},
      { content: [{ toolUse: { toolUseId: 'function_1' } }] },
      { content: [{ toolResult: { toolUseId: 'function_1' } }] },
    ]);
  });
});

describe('tools', () => {
  it.each([
    ['auto', undefined],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'get_weather' } }, { tool: { name: 'get_weather' } }],
  ])('sends the choice %j', async (choice, toolChoice) => {
    const { sent } = await translate({ tools: [WEATHER], tool_choice: choice });
    expect(sent['toolConfig']).toEqual({ tools: [SPEC], ...(toolChoice && { toolChoice }) });
  });

  it('sends no tools for "none", unless the history has calls', async () => {
    const messages = [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'sunny' },
    ];
    const without = await translate({ tools: [WEATHER], tool_choice: 'none' });
    expect(without.sent).not.toHaveProperty('toolConfig');
    const claude = await translate({ tools: [WEATHER], tool_choice: 'none', messages });
    expect(claude.sent).toMatchObject({
      toolConfig: { tools: [SPEC] },
      additionalModelRequestFields: { tool_choice: { type: 'none' } },
    });
    const nova = await translate({ model: NOVA, tools: [WEATHER], tool_choice: 'none', messages });
    expect(nova.sent['system']).toEqual([{ text: 'Do not call any tool in this answer.' }]);
  });

  it('allows one call at a time in Claude’s own way, which excludes a choice in toolConfig', async () => {
    const { sent } = await translate({
      tools: [WEATHER],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    expect(sent['toolConfig']).toEqual({ tools: [SPEC] });
    expect(sent['additionalModelRequestFields']).toEqual({
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
  });

  it('offers only the allowed tools', async () => {
    const other = { type: 'function', function: { name: 'get_time', parameters: { type: 'object' } } };
    const allowed = { mode: 'auto', tools: [{ type: 'function', function: { name: 'get_weather' } }] };
    const { sent } = await translate({
      tools: [other, WEATHER],
      tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    });
    expect(sent['toolConfig']).toEqual({ tools: [SPEC] });
  });

  it('offers only the chosen tool to a model that can only be made to call some tool', async () => {
    const other = { type: 'function', function: { name: 'get_time' } };
    const { sent, notes } = await translate(
      {
        model: NOVA,
        tools: [other, WEATHER],
        tool_choice: { type: 'function', function: { name: 'get_weather' } },
      },
      await setUp({ gateway: { quirks: () => ({ toolChoice: ['auto', 'any'] }) } }),
    );
    expect(sent['toolConfig']).toMatchObject({ tools: [SPEC], toolChoice: { any: {} } });
    expect(notes).toBeNull();
  });

  it.each([
    ['required', 'Call at least one of the tools in this answer.'],
    [{ type: 'function', function: { name: 'get_weather' } }, 'Call the tool get_weather in this answer.'],
  ])('asks for a call in words where nothing else can require it: %j', async (tool_choice, words) => {
    for (const body of [{ reasoning_effort: 'high' }, { model: 'us.anthropic.claude-opus-5-5' }]) {
      const { sent, notes } = await translate({ ...body, tools: [WEATHER], tool_choice });
      expect(sent['toolConfig']).toEqual({ tools: [SPEC] });
      expect(sent['system']).toEqual([{ text: words }]);
      expect(notes).toContain('tool_choice: only asked for in words');
    }
  });

  it('gives names that Bedrock rejects back as they were', async () => {
    const gateway = await setUp({ local: { script: [{ toolUse: { name: 'a_b', input: {} } }] } });
    const named = (name: string) => ({ type: 'function', function: { name } });
    const { answer, sent } = await translate({ tools: [named('a.b'), named('a_b')] }, gateway);
    expect(sent['toolConfig']).toMatchObject({
      tools: [{ toolSpec: { name: 'a_b' } }, { toolSpec: { name: 'a_b_2' } }],
    });
    expect(answer.choices[0].message.tool_calls[0].function).toEqual({ name: 'a.b', arguments: '{}' });
  });

  const allow = (mode: string, ...names: string[]) => ({
    type: 'allowed_tools',
    allowed_tools: { mode, tools: names.map((name) => ({ type: 'function', function: { name } })) },
  });

  it.each([
    [{ type: 'function', function: { name: 'x' } }],
    [allow('auto', 'get_weather', 'x')],
    [allow('required', 'x')],
    [allow('required')],
  ])('refuses a choice of a tool that there is not: %j', async (tool_choice) => {
    const { status, error } = await refuse({ tools: [WEATHER], tool_choice });
    expect([status, error['param']]).toEqual([400, 'tool_choice']);
  });
});

describe('settings', () => {
  it('limits the tokens to those of the model', async () => {
    expect((await translate({ max_tokens: 10 })).sent['inferenceConfig']).toEqual({ maxTokens: 10 });
    const { sent, notes } = await translate({ max_completion_tokens: 128_000 });
    expect(sent['inferenceConfig']).toEqual({ maxTokens: 64_000 });
    expect(notes).toBe('max_tokens: 64000, which is the limit of this model');
  });

  it('omits what the model rejects and says so', async () => {
    const { sent, notes } = await translate({
      model: NEW_CLAUDE,
      temperature: 0.2,
      top_p: 0.5,
      seed: 7,
      stop: ['END', ' '],
    });
    expect(sent['inferenceConfig']).toEqual({ maxTokens: 128_000, stopSequences: ['END'] });
    expect(notes).toBe(
      'seed: ignored; temperature: not accepted by this model; top_p: not accepted by this model',
    );
  });

  it.each([
    [CLAUDE, 'high', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    [CLAUDE, 'none', undefined],
    [
      NEW_CLAUDE,
      'minimal',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } },
    ],
    ['openai.gpt-oss-120b-1:0', 'max', { reasoning_effort: 'high' }],
    [
      'us.amazon.nova-2-lite-v1:0',
      'low',
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
    ],
    [NOVA, 'high', undefined],
  ])('asks %s for the effort %s', async (model, effort, fields) => {
    expect(
      (await translate({ model, reasoning_effort: effort })).sent['additionalModelRequestFields'],
    ).toEqual(fields);
  });

  it('leaves room for the answer, or does not think at all', async () => {
    const short = await translate({ reasoning_effort: 'high', max_tokens: 5000, temperature: 0.5 });
    expect(short.sent).toMatchObject({ additionalModelRequestFields: { thinking: { budget_tokens: 3976 } } });
    expect(short.sent['inferenceConfig']).toEqual({ maxTokens: 5000 });
    const none = await translate({ reasoning_effort: 'high', max_tokens: 500 });
    expect(none.sent).not.toHaveProperty('additionalModelRequestFields');
    expect(none.notes).toBe('thinking: off, because it needs at least 2048 output tokens');
  });

  it('passes metadata on as far as AWS accepts it', async () => {
    const { sent, notes } = await translate({
      metadata: { team: 'a', bad: '{"json":true}' },
      service_tier: 'flex',
    });
    expect(sent).toMatchObject({ requestMetadata: { team: 'a' }, serviceTier: { type: 'flex' } });
    expect(notes).toBe('metadata.bad: not valid in metadata of Bedrock');
  });

  it.each([
    ['priority', undefined, undefined, 'service_tier: priority is not allowed here'],
    ['priority', ['priority'], { type: 'priority' }, null],
    ['flex', [], undefined, 'service_tier: flex is not allowed here'],
    ['default', undefined, { type: 'default' }, null],
    ['default', [], { type: 'default' }, null],
  ] as const)('lets a client choose the tier %s if %j allows it', async (tier, serviceTiers, sent, note) => {
    const gateway = await setUp({ gateway: { serviceTiers } });
    const messages = [{ role: 'user', content: 'Hi' }];
    const response = await gateway.send('/v1/chat/completions', {
      model: NOVA,
      messages,
      service_tier: tier,
    });
    expect(response.headers.get('x-bedrock-anywhere-notes')).toBe(note);
    expect(gateway.sent()['serviceTier']).toEqual(sent);
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ logit_bias: { 50256: -100 } }, 'logit_bias'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ temperature: 3 }, 'temperature'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ reasoning_effort: 'extreme' }, 'reasoning_effort'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'wizard', content: 'x' }] }, 'messages.0.role'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 's3://a/b' } }] }] },
      'messages.0.content.0.image_url.url',
    ],
    [
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.test/b.png' } }] },
        ],
      },
      'messages.0.content.0.image_url.url',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] },
      'messages.0.content.0.file.file_id',
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.tool_call_id'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools.0.function.name'],
    [{ response_format: { type: 'xml' } }, 'response_format.type'],
    [{ model: undefined }, 'model'],
  ])('refuses %j', async (body, param) => {
    const { status, error } = await refuse(body);
    expect([status, error['type'], error['param']]).toEqual([400, 'invalid_request_error', param]);
    expect(String(error['message'])).toMatch(/\. /);
  });
});
