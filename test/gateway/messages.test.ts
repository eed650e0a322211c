import { describe, expect, it } from 'vitest';
import { collectMessages } from './collect-messages.js';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, json, NEW_CLAUDE, NOVA, type Setup, setUp } from './setup.js';

const MESSAGES = '/v1/messages';
const USER = { role: 'user', content: 'Weather?' };
const ASK = { model: CLAUDE, max_tokens: 100, messages: [USER] };
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL = { name: 'get_weather', input_schema: SCHEMA };
const SPEC = { toolSpec: { name: 'get_weather', inputSchema: { json: SCHEMA } } };

async function translate(body: object) {
  const gateway = await setUp();
  const response = await gateway.send(MESSAGES, { ...ASK, ...body });
  expect(response.status, await response.clone().text()).toBe(200);
  return { sent: gateway.sent(), notes: response.headers.get('x-bedrock-anywhere-notes') };
}

async function both(script: NonNullable<Setup['local']>['script'], body: object = {}) {
  const gateway = await setUp({ local: { script: script ?? [] } });
  const request = { ...ASK, tools: [TOOL], ...body };
  const whole = await json(await gateway.send(MESSAGES, request));
  const streamed = await (await gateway.send(MESSAGES, { ...request, stream: true })).text();
  return { gateway, whole, streamed: collectMessages(streamed) };
}

/** Both messages without what differs from call to call. */
function comparable({ id: _id, ...message }: Record<string, unknown>) {
  return message;
}

describe('a request of Messages', () => {
  it('keeps the system prompt, roles, results and cache points in their order', async () => {
    const { sent } = await translate({
      system: [
        { type: 'text', text: 'A.' },
        { type: 'text', text: 'B.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      tools: [{ ...TOOL, cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        USER,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} },
          ],
        },
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Now?' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [{ type: 'text', text: 'no' }],
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
      ],
    });
    const hour = { cachePoint: { type: 'default', ttl: '1h' } };
    expect(sent['system']).toEqual([{ text: 'A.' }, { text: 'B.' }, hour]);
    expect(sent['toolConfig']).toEqual({ tools: [SPEC, hour] });
    expect(sent['messages']).toEqual([
      { role: 'user', content: [{ text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [{ text: 'I look.' }, { toolUse: { toolUseId: 'toolu_1', name: 'get_weather', input: {} } }],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'toolu_1', content: [{ text: 'no' }], status: 'error' } },
          { cachePoint: { type: 'default' } },
          { text: 'Be brief.' },
          { text: 'Now?' },
        ],
      },
    ]);
  });

  it('sends images, documents and search results', async () => {
    const { sent } = await translate({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL_BASE64 } },
            {
              type: 'document',
              title: 'My report: 1.pdf',
              context: 'c',
              citations: { enabled: true },
              source: { type: 'base64', media_type: 'application/pdf', data: btoa('%PDF-1.4 x') },
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Blue.' } },
            {
              type: 'search_result',
              source: 'https://a.test',
              title: 'A',
              content: [{ type: 'text', text: 'Blue.' }],
            },
            { type: 'text', text: 'What?' },
          ],
        },
      ],
    });
    expect(sent['messages']).toMatchObject([
      {
        content: [
          { image: { format: 'png', source: { bytes: PIXEL_BASE64 } } },
          { document: { format: 'pdf', name: 'My report 1', context: 'c', citations: { enabled: true } } },
          { document: { format: 'txt', name: 'document', source: { text: 'Blue.' } } },
          { searchResult: { source: 'https://a.test', title: 'A', content: [{ text: 'Blue.' }] } },
          { text: 'What?' },
        ],
      },
    ]);
  });

  it.each([
    [{ type: 'auto' }, { tools: [SPEC] }, undefined],
    [{ type: 'any' }, { tools: [SPEC], toolChoice: { any: {} } }, undefined],
    [
      { type: 'tool', name: 'get_weather' },
      { tools: [SPEC], toolChoice: { tool: { name: 'get_weather' } } },
      undefined,
    ],
    [{ type: 'none' }, undefined, undefined],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { tools: [SPEC] },
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    ],
  ])('sends the choice %j', async (tool_choice, toolConfig, fields) => {
    const { sent } = await translate({ tools: [TOOL], tool_choice });
    expect([sent['toolConfig'], sent['additionalModelRequestFields']]).toEqual([toolConfig, fields]);
  });

  it.each([
    [
      CLAUDE,
      { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 },
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
    ],
    [
      CLAUDE,
      { thinking: { type: 'adaptive', display: 'omitted' }, max_tokens: 32_000 },
      { thinking: { type: 'enabled', budget_tokens: 16_384 } },
    ],
    [CLAUDE, { thinking: { type: 'disabled' } }, undefined],
    [
      NEW_CLAUDE,
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
    ],
    [
      NEW_CLAUDE,
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [NEW_CLAUDE, { output_config: { effort: 'low' } }, { output_config: { effort: 'low' } }],
    [
      NEW_CLAUDE,
      { messages: [{ ...USER, output_config: { effort: 'low' } }], output_config: { effort: 'high' } },
      { output_config: { effort: 'low' } },
    ],
    [NOVA, { thinking: { type: 'adaptive' } }, undefined],
    [CLAUDE, { top_k: 5 }, { top_k: 5 }],
    [NEW_CLAUDE, { top_k: 5, temperature: 0.5 }, undefined],
  ])('asks %s to think as in %j', async (model, body, fields) => {
    expect((await translate({ model, ...body })).sent['additionalModelRequestFields']).toEqual(fields);
  });

  it.each([
    [{ budget_tokens: 50_000 }, 2976],
    [{ budget_tokens: 10 }, 1024],
    [{ budget_tokens: 2000 }, undefined],
  ])('says what became of the budget for thinking: %j', async (budget, sent) => {
    const { notes } = await translate({ max_tokens: 4000, thinking: { type: 'enabled', ...budget } });
    expect(notes).toBe(
      sent === undefined
        ? null
        : `thinking.budget_tokens: ${sent}, which leaves room for the answer and is at least 1024`,
    );
  });

  it('never refuses what Claude Code sends to every model', async () => {
    const { notes } = await translate({
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: '{"device_id":"x"}' },
      tools: [
        { ...TOOL, defer_loading: true, eager_input_streaming: true },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      max_tokens: 0,
    });
    expect(notes).toBe(
      'context_management: ignored; tools.1 (web_search_20250305): a tool that only Anthropic runs; omitted; max_tokens: 1, the least that Bedrock accepts',
    );
  });

  it.each([
    [{ max_tokens: undefined }, /^max_tokens: Field required/],
    [{ messages: [] }, /^messages is empty/],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
      /stores no files/,
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, /^messages\.0\.role/],
    [{ mcp_servers: [{ url: 'https://a.test' }] }, /^mcp_servers is not available/],
    [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, /bash_20250124/],
    [
      {
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'tool', name: 'web_search' },
      },
      /not in tools/,
    ],
    [{ temperature: 2 }, /temperature/],
    [
      { cache_control: { type: 'ephemeral', ttl: '2h' } },
      /^cache_control\.ttl: The ttl of cache_control is neither/,
    ],
    [
      { tools: [{ ...TOOL, cache_control: { type: 'ephemeral', ttl: '2h' } }] },
      /^tools\.0\.cache_control\.ttl: The ttl/,
    ],
    [{ messages: [{ role: 'user', content: null }] }, /^messages\.0\.content is not a string or a list/],
    [{ thread: { type: 'create' } }, /keeps no threads/],
  ])('%j is refused in the shape of Messages', async (body, message) => {
    const gateway = await setUp();
    const response = await gateway.send(MESSAGES, { ...ASK, ...body });
    const { type, error, request_id } = await json(response);
    expect([response.status, type, error.type]).toEqual([400, 'error', 'invalid_request_error']);
    expect(error.message).toMatch(message);
    expect(response.headers.get('request-id')).toBe(request_id);
  });
});

describe('an answer of Messages', () => {
  it.each([
    ['text', [{ text: 'Hello', stopReason: 'end_turn' }]],
    [
      'calls',
      [
        {
          text: 'I look.',
          toolUse: [
            { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'a' },
            { name: 'get_weather', toolUseId: 'b' },
          ],
        },
      ],
    ],
    ['reasoning', [{ reasoning: { text: 'Hm.', signature: 'S', redacted: 'aGlkZGVu' }, text: 'x' }]],
    ['reasoning that shows nothing', [{ reasoning: { text: '', signature: 'S' }, text: 'x' }]],
    [
      'sources',
      [
        {
          citations: [
            { text: 'Blue.', title: 'Sky' },
            { text: 'Red.', location: { web: { url: 'https://a.test', domain: 'a' } } },
          ],
        },
      ],
    ],
    ['a guardrail', [{ guardrail: { message: 'Blocked.' } }]],
    [
      'cache',
      [
        {
          text: 'x',
          usage: {
            inputTokens: 1,
            outputTokens: 2,
            totalTokens: 9,
            cacheReadInputTokens: 3,
            cacheWriteInputTokens: 3,
            cacheDetails: [{ ttl: '1h', inputTokens: 2 }],
          },
        },
      ],
    ],
  ] as [string, NonNullable<Setup['local']>['script']][])(
    'with %s is the same streamed and whole',
    async (_what, script) => {
      const { whole, streamed } = await both(script);
      expect(comparable(streamed.message)).toEqual(comparable(whole));
      expect(streamed.events.at(-1)?.name).toBe('message_stop');
      expect(whole).toMatchSnapshot({ id: expect.stringMatching(/^msg_[0-9a-f]{32}$/) });
    },
  );

  it('names the stop sequence', async () => {
    const { whole, streamed } = await both(undefined, { stop_sequences: ['Bedrock'] });
    expect(whole).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'Bedrock' });
    expect(streamed.message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'Bedrock' });
  });

  it('brings reasoning back unchanged', async () => {
    const script = [
      {
        user: 'Weather?',
        reasoning: { text: 'Hm.', signature: 'S', redacted: 'aGlkZGVu' },
        toolUse: { name: 'get_weather', toolUseId: 'a' },
      },
    ];
    const { gateway, streamed } = await both(script);
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'sunny' }] };
    const messages = [USER, { role: 'assistant', content: streamed.message.content }, result];
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    expect(
      (await gateway.send(MESSAGES, { ...ASK, tools: [TOOL], messages, thinking, max_tokens: 4000 })).status,
    ).toBe(200);
    expect(gateway.sent()['messages']).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'S' } } },
          { reasoningContent: { redactedContent: 'aGlkZGVu' } },
          { toolUse: { toolUseId: 'a' } },
        ],
      },
      {},
    ]);
    expect(gateway.sent()['additionalModelRequestFields']).toMatchObject({ thinking });
  });

  it('is JSON where the request wants it', async () => {
    const format = { type: 'json_schema', schema: { ...SCHEMA, required: ['city'] } };
    for (const model of [CLAUDE, NEW_CLAUDE, NOVA]) {
      const { whole } = await both(undefined, { model, tools: [], output_config: { format } });
      expect(JSON.parse(whole.content[0].text)).toEqual({ city: expect.any(String) });
      expect([whole.content.length, whole.stop_reason]).toEqual([1, 'end_turn']);
    }
  });
});

describe('a failure', () => {
  it.each([
    ['throttle=9', 429, 'rate_limit_error'],
    ['status=503:ServiceUnavailableException', 529, 'overloaded_error'],
    ['status=403:AccessDeniedException', 500, 'api_error'],
    ['status=400:ValidationException', 400, 'invalid_request_error'],
  ])('before the answer (%s) is %i, %s', async (fault, status, type) => {
    const gateway = await setUp();
    for (const stream of [false, true]) {
      const response = await gateway.send(MESSAGES, { ...ASK, stream }, { 'x-local-fault': fault });
      expect([response.status, (await json(response)).error.type]).toEqual([status, type]);
    }
  });

  it('in the middle of the answer is an event and the end', async () => {
    const gateway = await setUp();
    const response = await gateway.send(
      MESSAGES,
      { ...ASK, stream: true },
      { 'x-local-fault': 'truncate=1500' },
    );
    const { error, events } = collectMessages(await response.text());
    expect(error).toEqual({
      type: 'error',
      error: { type: 'api_error', message: expect.any(String) },
      request_id: response.headers.get('request-id'),
    });
    expect(events.at(-1)?.name).toBe('error');
  });

  it('has the shape of Messages wherever its clients go', async () => {
    const gateway = await setUp();
    const version = { 'anthropic-version': '2023-06-01' };
    expect(await json(await gateway.send('/v1/models/x', undefined, version))).toMatchObject({
      error: { type: 'not_found_error' },
    });
    expect(await json(await gateway.send(MESSAGES, ASK, { authorization: '' }))).toMatchObject({
      error: { type: 'authentication_error' },
    });
    expect(await json(await gateway.send(MESSAGES, { ...ASK, model: 'claude-opus-5-5' }))).toMatchObject({
      error: { type: 'not_found_error' },
    });
    const uncounted = await gateway.send(`${MESSAGES}/count_tokens`, { ...ASK, model: NOVA });
    expect([uncounted.status, (await json(uncounted)).error.type]).toEqual([400, 'invalid_request_error']);
  });
});
