import { describe, expect, it } from 'vitest';
import { collectChat } from './collect-chat.js';
import { CLAUDE, json, NEW_CLAUDE, NOVA, type Setup, setUp, type TestGateway } from './setup.js';

const WEATHER = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const USER = { role: 'user', content: 'Weather?' };

/** One request, once as a whole and once streamed and put together as the clients do. */
async function both(script: NonNullable<Setup['local']>['script'], body: object = {}) {
  const gateway = await setUp({ local: { script: script ?? [] } });
  const request = { model: CLAUDE, messages: [USER], tools: [WEATHER], ...body };
  const whole = await json(await gateway.send('/v1/chat/completions', request));
  const streamed = await gateway.send('/v1/chat/completions', {
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  return { gateway, whole, streamed: collectChat(await streamed.text()), status: streamed.status };
}

describe('an answer of Chat Completions', () => {
  it('keeps text beside calls, and counts calls from 0 without gaps', async () => {
    const { whole, streamed } = await both([
      {
        text: 'I look.',
        toolUse: [
          { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'tooluse_1' },
          { name: 'get_weather', input: {}, toolUseId: 'tooluse_2' },
        ],
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          cacheReadInputTokens: 3,
          cacheWriteInputTokens: 2,
          totalTokens: 20,
        },
      },
    ]);
    expect(whole.choices[0]).toMatchObject({
      message: {
        content: 'I look.',
        tool_calls: [
          {
            id: 'tooluse_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Bern"}' },
          },
          { id: 'tooluse_2', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    });
    expect(whole.usage).toEqual({
      prompt_tokens: 15,
      completion_tokens: 5,
      total_tokens: 20,
      prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
    });
    expect(streamed).toMatchObject({
      message: { role: 'assistant', content: 'I look.' },
      calls: [
        { id: 'tooluse_1', name: 'get_weather', arguments: '{"city":"Bern"}' },
        { id: 'tooluse_2', name: 'get_weather', arguments: '{}' },
      ],
      finish: 'tool_calls',
      usage: whole.usage,
      isDone: true,
    });
  });

  it('has null as content if there are only calls', async () => {
    const { whole, streamed } = await both([{ toolUse: { name: 'get_weather' } }]);
    expect(whole.choices[0].message.content).toBeNull();
    expect(streamed.message['content']).toBeNull();
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filtered', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
  ])('says %s as %s', async (stopReason, finish) => {
    const { whole, streamed } = await both([{ text: 'x', stopReason }]);
    expect([whole.choices[0].finish_reason, streamed.finish]).toEqual([finish, finish]);
  });

  it('fails for what the model itself got wrong, after what had arrived', async () => {
    const { whole, streamed } = await both([{ text: 'x', stopReason: 'malformed_model_output' }]);
    expect(whole.error.type).toBe('server_error');
    expect(streamed).toMatchObject({
      message: { content: 'x' },
      error: { type: 'server_error' },
      isDone: false,
    });
  });

  it('drops all calls but the first where only one is accepted', async () => {
    const { whole, streamed } = await both(
      [
        {
          toolUse: [
            { name: 'get_weather', toolUseId: 'a' },
            { name: 'get_weather', toolUseId: 'b' },
          ],
        },
      ],
      { parallel_tool_calls: false, model: NOVA },
    );
    expect(whole.choices[0].message.tool_calls).toHaveLength(1);
    expect(streamed.calls).toHaveLength(1);
  });

  it('shows sources', async () => {
    const source = {
      text: 'Blue.',
      title: 'Sky',
      location: { web: { url: 'https://sky.test', domain: 'sky.test' } },
    };
    const { whole, streamed } = await both([{ text: 'So: ', citations: [source] }]);
    const citation = { start_index: 4, end_index: 9, title: 'Sky', url: 'https://sky.test' };
    const annotations = [{ type: 'url_citation', url_citation: citation }];
    expect(whole.choices[0].message).toMatchObject({ content: 'So: Blue.', annotations });
    expect(streamed.message).toMatchObject({ content: 'So: Blue.', annotations });
  });
});

describe('reasoning', () => {
  const thinking = { text: 'Let me see.', signature: 'signature-1', redacted: 'aGlkZGVu' };

  /** Sends the answer back with a result, as clients do, and returns what Bedrock got of the answer. */
  async function sendBack(gateway: TestGateway, message: object, id: string) {
    const messages = [USER, message, { role: 'tool', tool_call_id: id, content: 'sunny' }];
    const body = { model: CLAUDE, messages, tools: [WEATHER], reasoning_effort: 'high' };
    const response = await gateway.send('/v1/chat/completions', body);
    expect(response.status, await response.clone().text()).toBe(200);
    const sent = gateway.sent() as {
      messages: { content: object[] }[];
      additionalModelRequestFields?: object;
    };
    return { content: sent.messages[1]?.content, fields: sent.additionalModelRequestFields, response };
  }

  const rule = {
    user: 'Weather?',
    reasoning: thinking,
    toolUse: { name: 'get_weather', toolUseId: 'tooluse_1' },
  };
  const expected = [
    { reasoningContent: { reasoningText: { text: 'Let me see.', signature: 'signature-1' } } },
    { reasoningContent: { redactedContent: 'aGlkZGVu' } },
    { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: {} } },
  ];

  it('survives a loop of tools in the id of the call', async () => {
    const { gateway, whole, streamed } = await both([rule], { reasoning_effort: 'high' });
    const { message } = whole.choices[0];
    expect(message).toMatchObject({ reasoning_content: 'Let me see.', reasoning: 'Let me see.' });
    expect(streamed.message['reasoning_content']).toBe('Let me see.');
    const [call] = streamed.calls;
    expect(message.tool_calls[0].id).toBe(call?.id);
    // Clients replace everything else in an id, which would break what it carries.
    expect(call?.id).toMatch(/^[\w-]+$/);
    const { content, fields } = await sendBack(gateway, message, message.tool_calls[0].id);
    expect(content).toEqual(expected);
    expect(fields).toMatchObject({ thinking: { type: 'enabled' } });
  });

  it('is switched off for a request whose last call came back without it', async () => {
    const { gateway } = await both([rule]);
    const bare = {
      role: 'assistant',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
    };
    const { fields, response } = await sendBack(gateway, bare, 'call_1');
    expect(fields).toBeUndefined();
    expect(response.headers.get('x-bedrock-anywhere-notes')).toContain('thinking: off for this request');
  });

  it('drops what somebody else wrote into an id', async () => {
    const { gateway } = await both([rule]);
    for (const id of ['call_1_ba1_%%%', 'call_1_ba1_bnVsbA', `call_1_ba1_${btoa('[{"t":1}]')}`]) {
      const call = { id, type: 'function', function: { name: 'get_weather', arguments: '{}' } };
      const { content } = await sendBack(gateway, { role: 'assistant', tool_calls: [call] }, id);
      expect(content).toEqual([{ toolUse: { toolUseId: 'call_1', name: 'get_weather', input: {} } }]);
    }
  });
});

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'number' } },
    required: ['a'],
    additionalProperties: false,
  };
  const format = (of: object = schema) => ({
    tools: [],
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: of } },
  });

  it('is native where the model is known to have it', async () => {
    const model = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
    const { gateway, whole } = await both([{ text: '{"a":1}' }], { ...format(), model });
    expect(gateway.sent()).toMatchObject({
      outputConfig: {
        textFormat: { structure: { jsonSchema: { name: 'x', schema: JSON.stringify(schema) } } },
      },
    });
    expect(whole.choices[0].message.content).toBe('{"a":1}');
  });

  const NATIVE = 'us.anthropic.claude-opus-4-6-v1';

  it('closes its objects, which Claude requires', async () => {
    const { additionalProperties: _closed, ...open } = schema;
    const { gateway } = await both([{ text: '{"a":1}' }], { ...format(open), model: NATIVE });
    const { outputConfig } = gateway.sent() as {
      outputConfig: { textFormat: { structure: { jsonSchema: { schema: string } } } };
    };
    expect(JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema)).toEqual(schema);
  });

  it.each([true, { type: 'number' }])('is a tool if an object may have any members: %j', async (more) => {
    const map = {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object', additionalProperties: more } } },
    };
    const { gateway } = await both(undefined, { ...format(map), model: NATIVE });
    expect(gateway.sent()).not.toHaveProperty('outputConfig');
    expect(gateway.sent()['toolConfig']).toMatchObject({
      tools: [{ toolSpec: { name: 'gateway_json_answer', inputSchema: { json: map } } }],
    });
  });

  it('is next to the effort, which Converse would replace by the format', async () => {
    const { gateway } = await both([{ text: '{"a":1}' }], {
      ...format(),
      model: NATIVE,
      reasoning_effort: 'low',
    });
    expect(gateway.sent()).not.toHaveProperty('outputConfig');
    expect(gateway.sent()['additionalModelRequestFields']).toMatchObject({
      output_config: { effort: 'low', format: { type: 'json_schema', schema } },
    });
  });

  it.each([
    [{ type: 'function', function: { name: 'get_weather' } }, { tool: { name: 'get_weather' } }],
    ['required', { any: {} }],
  ])('does not matter to an answer that has to be a call: %j', async (choice, toolChoice) => {
    for (const response_format of [format().response_format, { type: 'json_object' }]) {
      const { gateway, whole } = await both(undefined, {
        model: NOVA,
        tools: [WEATHER],
        tool_choice: choice,
        response_format,
      });
      const { toolConfig, system } = gateway.sent();
      expect([toolConfig, system]).toEqual([
        { tools: [{ toolSpec: expect.objectContaining({ name: 'get_weather' }) }], toolChoice },
        undefined,
      ]);
      expect(whole.choices[0].finish_reason).toBe('tool_calls');
    }
  });

  it('is a forced tool elsewhere, whose input is the text', async () => {
    const { gateway, whole, streamed } = await both(undefined, { ...format(), model: NOVA });
    expect(gateway.sent()).toMatchObject({
      toolConfig: {
        tools: [{ toolSpec: { inputSchema: { json: schema } } }],
        toolChoice: { tool: { name: 'gateway_json_answer' } },
      },
    });
    expect(JSON.parse(whole.choices[0].message.content)).toEqual({ a: expect.any(Number) });
    expect(whole.choices[0].finish_reason).toBe('stop');
    expect(whole.choices[0].message).not.toHaveProperty('tool_calls');
    expect(JSON.parse(streamed.message['content'] as string)).toEqual({ a: expect.any(Number) });
    expect(streamed.finish).toBe('stop');
  });

  const model = 'us.anthropic.claude-opus-5-5';

  it('is a tool and an instruction for the newest Claude, which cannot be forced', async () => {
    const { gateway, whole, streamed } = await both(
      [{ text: 'Here it is:', toolUse: { name: 'gateway_json_answer', input: { a: 2 } } }],
      { ...format(), model },
    );
    expect(gateway.sent()['toolConfig']).not.toHaveProperty('toolChoice');
    expect(gateway.sent()['system']).toEqual([
      { text: 'Give your answer by calling the tool gateway_json_answer, and write no other text.' },
    ]);
    expect(whole.choices[0].message.content).toBe('{"a":2}');
    expect(streamed.message['content']).toBe('{"a":2}');
  });

  it('takes JSON that was written as text, and fails for anything else', async () => {
    const fenced = await both([{ text: '```json\n{"a":3}\n```' }], { ...format(), model });
    expect(fenced.whole.choices[0].message.content).toBe('{"a":3}');
    expect(fenced.streamed.message['content']).toBe('{"a":3}');
    const prose = await both([{ text: 'I would rather not.' }], { ...format(), model });
    expect(prose.whole.error.message).toMatch(/did not answer with the JSON/);
    expect([prose.status, prose.streamed.error]).toEqual([502, prose.whole.error]);
  });

  it('unwraps a schema whose root is not an object', async () => {
    const list = { type: 'array', items: { type: 'number' } };
    const { whole, streamed } = await both(
      [{ toolUse: { name: 'gateway_json_answer', input: { value: [1, 2] } } }],
      {
        ...format(list),
        model: NOVA,
      },
    );
    expect(whole.choices[0].message.content).toBe('[1,2]');
    expect(streamed.message['content']).toBe('[1,2]');
  });

  it.each([
    [
      { $ref: '#/$defs/Node', $defs: { Node: { properties: { next: { $ref: '#/$defs/Node' } } } } },
      { $ref: '#/$defs/Node' },
      { $defs: { Node: { properties: { next: { $ref: '#/$defs/Node' } } } } },
    ],
    [
      {
        anyOf: [
          { type: 'null' },
          { items: { $ref: '#' } },
          { $ref: '#/anyOf/0' },
          { $ref: '#/definitions/a' },
        ],
      },
      {
        anyOf: [
          { type: 'null' },
          { items: { $ref: '#/properties/value' } },
          { $ref: '#/properties/value/anyOf/0' },
          { $ref: '#/definitions/a' },
        ],
      },
      {},
    ],
  ])('has references that lead where they led: %j', async (of, value, beside) => {
    const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
    const { gateway } = await both([{ toolUse: { name: 'gateway_json_answer', input: { value: 1 } } }], {
      ...format(of),
      model,
    });
    const { tools } = gateway.sent()['toolConfig'] as { tools: { toolSpec: { inputSchema: object } }[] };
    expect(tools[0]?.toolSpec.inputSchema).toEqual({
      json: { type: 'object', properties: { value }, required: ['value'], ...beside },
    });
  });

  describe('of any JSON', () => {
    const any = { model: NOVA, response_format: { type: 'json_object' } };

    it.each([
      ['{"a": [1, 2]}', '{"a": [1, 2]}'],
      ['  \n {"a":1}', '{"a":1}'],
      ['```json\n{"a":3}\n```', '{"a":3}'],
      ['Certainly! {"a":1}', '{"a":1}'],
      ['Here is the JSON:\n\n```json\n{ "a": {"b": 3} }\n```\n', '{ "a": {"b": 3} }'],
    ])('is its text: %j', async (text, content) => {
      const { whole, streamed } = await both([{ text }], any);
      expect([whole.choices[0].message.content, streamed.message['content']]).toEqual([content, content]);
    });

    it('arrives as it is written', async () => {
      const { streamed } = await both([{ text: `{"words": "${'word '.repeat(50)}"}` }], any);
      expect(streamed.events.length).toBeGreaterThan(20);
    });

    it.each([
      ['Certainly! {"a":1} I hope this helps.', 502],
      ['Certainly! An empty one is {}', 502],
      ['I would rather not.', 502],
      ['{"a":1} I hope this helps.', 200],
    ])('is an error if it is %j, in a stream with the status %i', async (text, begun) => {
      const { whole, streamed, status } = await both([{ text }], any);
      expect(whole.error.message).toMatch(/did not answer with the JSON .* ask for a JSON schema instead/);
      expect([status, streamed.error, streamed.isDone]).toEqual([begun, whole.error, false]);
    });

    it('may be truncated, and may come with a call', async () => {
      const text = '{"a": "unfinished';
      const { whole } = await both([{ text, stopReason: 'max_tokens' }], any);
      expect(whole.choices[0]).toMatchObject({ message: { content: text }, finish_reason: 'length' });
      const called = await both([{ text: 'Let me see.', toolUse: { name: 'get_weather' } }], {
        ...any,
        tools: [WEATHER],
      });
      expect(called.whole.choices[0]).toMatchObject({
        message: { content: 'Let me see.', tool_calls: [{ function: { name: 'get_weather' } }] },
        finish_reason: 'tool_calls',
      });
      expect(called.streamed.message['content']).toBe('Let me see.');
    });
  });

  it('leaves the tools of the client to the model', async () => {
    const { gateway, whole } = await both([{ toolUse: { name: 'get_weather' } }], {
      ...format(),
      tools: [WEATHER],
      model: NEW_CLAUDE,
    });
    expect(gateway.sent()['toolConfig']).toMatchObject({ toolChoice: { any: {} } });
    expect(whole.choices[0]).toMatchObject({
      message: { tool_calls: [{ function: { name: 'get_weather' } }] },
      finish_reason: 'tool_calls',
    });
  });
});

describe('a failure', () => {
  const ask = { model: CLAUDE, messages: [USER] };

  it.each([
    ['throttle=9', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['status=503:ServiceUnavailableException', 503, 'server_error', 'server_error'],
    ['status=403:AccessDeniedException', 500, 'server_error', 'server_error'],
    ['status=424:ModelErrorException', 502, 'server_error', 'server_error'],
    ['truncate=0', 502, 'server_error', 'server_error'],
  ])('before the answer (%s) has the status %i', async (fault, status, type, code) => {
    const gateway = await setUp();
    for (const stream of [false, true]) {
      if (!stream && fault === 'truncate=0') continue;
      const response = await gateway.send(
        '/v1/chat/completions',
        { ...ask, stream },
        { 'x-local-fault': fault },
      );
      expect([response.status, (await json(response)).error]).toEqual([
        status,
        { message: expect.any(String), type, param: null, code },
      ]);
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    }
  });

  it('tells clients how long to wait', async () => {
    const gateway = await setUp({ client: { maxAttempts: 1 } });
    const response = await gateway.send('/v1/chat/completions', ask, {
      'x-local-fault': 'throttle=1,retry-after=2',
    });
    expect(response.headers.get('retry-after')).toBe('2');
    expect((await json(response)).error.message).toContain('Please try again in 2s.');
  });

  it.each(['truncate=1500', 'exception=modelStreamErrorException@6', 'reset=1500'])(
    'in the middle of the answer (%s) is an error without [DONE]',
    async (fault) => {
      const gateway = await setUp();
      const response = await gateway.send(
        '/v1/chat/completions',
        { ...ask, stream: true },
        { 'x-local-fault': fault },
      );
      const streamed = collectChat(await response.text());
      expect(response.status).toBe(200);
      expect(streamed).toMatchObject({ isDone: false, finish: undefined, error: { type: 'server_error' } });
      expect(streamed.events.at(-1)?.data).toHaveProperty('error');
      expect(gateway.log).toMatchObject([{ outcome: 'failed', status: 200 }]);
    },
  );

  it('never shows the account', async () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/admin/me is not authorized to perform: bedrock:InvokeModel';
    const gateway = await setUp({ local: { script: [{ error: { name: 'ValidationException', message } }] } });
    const response = await gateway.send('/v1/chat/completions', ask);
    expect(await response.text()).not.toMatch(/123456789012|admin/);
    expect(String(gateway.log[0]?.error)).toContain('123456789012');
  });
});
