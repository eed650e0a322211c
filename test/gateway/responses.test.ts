import { describe, expect, it } from 'vitest';
import { collectResponses } from './collect-responses.js';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, json, NOVA, type Setup, setUp } from './setup.js';

const RESPONSES = '/v1/responses';
const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL = { type: 'function', name: 'get_weather', parameters: PARAMETERS, strict: null };
const SPAWN = { type: 'namespace', name: 'agents', tools: [{ ...TOOL, name: 'spawn' }] };
const ASK = { model: CLAUDE, input: 'Weather?' };

async function translate(body: object) {
  const gateway = await setUp();
  const response = await gateway.send(RESPONSES, { ...ASK, ...body });
  expect(response.status, await response.clone().text()).toBe(200);
  return {
    sent: gateway.sent(),
    notes: response.headers.get('x-bedrock-anywhere-notes'),
    answer: await json(response),
  };
}

async function both(script: NonNullable<Setup['local']>['script'], body: object = {}, headers = {}) {
  const gateway = await setUp({ local: { script: script ?? [] }, gateway: { now: () => 1_795_928_051_000 } });
  const request = { ...ASK, tools: [TOOL], ...body };
  const whole = await json(await gateway.send(RESPONSES, request, headers));
  const response = await gateway.send(RESPONSES, { ...request, stream: true }, headers);
  return { gateway, whole, streamed: collectResponses(await response.text()) };
}

/** Without the ids that differ from call to call. */
function comparable(response: object): unknown {
  return JSON.parse(JSON.stringify(response).replace(/_[0-9a-f]{32}/g, ''));
}

describe('a request of Responses', () => {
  it('makes one message of neighbouring items, and one of all outputs', async () => {
    const { sent } = await translate({
      instructions: 'Be brief.',
      tools: [TOOL],
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Use English.' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Weather?' },
            { type: 'input_image', image_url: `data:image/png;base64,${PIXEL_BASE64}` },
          ],
        },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'foreign' },
        {
          type: 'message',
          id: 'msg_1',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
        },
        { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Bern"}' },
        { type: 'function_call', call_id: 'call_2', name: 'get_weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_2', output: 'rain' },
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: [
            { type: 'input_text', text: 'sunny' },
            { type: 'input_image', image_url: `data:image/png;base64,${PIXEL_BASE64}`, detail: 'high' },
          ],
        },
      ],
    });
    const image = { image: { format: 'png', source: { bytes: PIXEL_BASE64 } } };
    expect(sent['system']).toEqual([{ text: 'Be brief.' }, { text: 'Use English.' }]);
    expect(sent['messages']).toEqual([
      { role: 'user', content: [{ text: 'Weather?' }, image] },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'call_1', name: 'get_weather', input: { city: 'Bern' } } },
          { toolUse: { toolUseId: 'call_2', name: 'get_weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_2', content: [{ text: 'rain' }] } },
          { toolResult: { toolUseId: 'call_1', content: [{ text: 'sunny' }, image] } },
        ],
      },
    ]);
  });

  // Clients drop it: https://github.com/openai/codex/issues/23839, https://github.com/github/copilot-cli/issues/4519
  it.each([
    ['the only one of that name', [SPAWN], undefined, 'agents_spawn'],
    ['one of several', [SPAWN, { ...SPAWN, name: 'other' }], undefined, 'spawn'],
    ['one that also exists outside namespaces', [SPAWN, { ...TOOL, name: 'spawn' }], undefined, 'spawn'],
    ['the one that it names', [{ ...SPAWN, name: 'other' }, SPAWN], 'agents', 'agents_spawn'],
    ['none of the request', [], undefined, 'spawn'],
  ])(
    'finds the tool of a call whose namespace the client may have dropped: %s',
    async (_which, tools, namespace, name) => {
      const gateway = await setUp();
      const call = { type: 'function_call', call_id: 'a', name: 'spawn', namespace, arguments: '{}' };
      const output = { type: 'function_call_output', call_id: 'a', output: 'b' };
      const input = [{ role: 'user', content: 'Go' }, call, output];
      const response = await gateway.send('/v1/responses', { model: NOVA, store: false, tools, input });
      expect(response.status, await response.text()).toBe(200);
      expect(gateway.sent()['messages']).toMatchObject([
        {},
        { content: [{ toolUse: { name } }] },
        { content: [{ toolResult: {} }] },
      ]);
    },
  );

  it('flattens namespaces and custom tools, and gives both back', async () => {
    const tools = [
      TOOL,
      { type: 'namespace', name: 'agents', tools: [{ ...TOOL, name: 'spawn' }, { ...TOOL }] },
      {
        type: 'custom',
        name: 'apply_patch',
        description: 'Patches.',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
      },
      { type: 'web_search' },
    ];
    const additional = {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'namespace', name: 'clock', tools: [{ ...TOOL, name: 'sleep' }] }],
    };
    const { gateway, whole, streamed } = await both(
      [
        {
          toolUse: [
            { name: 'agents_get_weather', input: { city: 'Bern' } },
            { name: 'apply_patch', input: { input: '*** Begin "Patch"' } },
            { name: 'clock_sleep' },
          ],
        },
      ],
      { tools, input: [additional, { role: 'user', content: 'Go' }] },
    );
    const names = (gateway.sent()['toolConfig'] as { tools: { toolSpec: { name: string } }[] }).tools.map(
      ({ toolSpec }) => toolSpec.name,
    );
    expect(names).toEqual([
      'get_weather',
      'agents_spawn',
      'agents_get_weather',
      'apply_patch',
      'clock_sleep',
    ]);
    for (const { output } of [whole, streamed.response]) {
      expect(output).toMatchObject([
        { type: 'function_call', name: 'get_weather', namespace: 'agents', arguments: '{"city":"Bern"}' },
        { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin "Patch"' },
        { type: 'function_call', name: 'sleep', namespace: 'clock', arguments: '{}' },
      ]);
    }
    const back = [
      ...whole.output,
      { type: 'custom_tool_call_output', call_id: whole.output[1].call_id, output: 'ok' },
    ];
    await gateway.send(RESPONSES, { ...ASK, tools, input: [{ role: 'user', content: 'Go' }, ...back] });
    expect(JSON.stringify(gateway.sent())).toContain('{"toolUseId"');
    expect(gateway.sent()['messages']).toMatchObject([
      {},
      { content: [{ toolUse: { name: 'apply_patch', input: { input: '*** Begin "Patch"' } } }] },
      {},
    ]);
  });

  it('says that verbosity was left out', async () => {
    const gateway = await setUp();
    const response = await gateway.send(RESPONSES, { ...ASK, tools: [], text: { verbosity: 'low' } });
    expect(response.headers.get('x-bedrock-anywhere-notes')).toBe('text.verbosity: ignored');
  });

  it('offers the allowed tools that can be offered', async () => {
    const gateway = await setUp();
    const tools = [{ type: 'function', name: 'a' }, { type: 'function', name: 'b' }, { type: 'web_search' }];
    const allowed = [{ type: 'web_search' }, { type: 'function', name: 'b' }];
    const tool_choice = { type: 'allowed_tools', mode: 'required', tools: allowed };
    expect((await gateway.send(RESPONSES, { ...ASK, tools, tool_choice })).status).toBe(200);
    expect(gateway.sent()['toolConfig']).toMatchObject({
      tools: [{ toolSpec: { name: 'b' } }],
      toolChoice: { any: {} },
    });
  });

  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id', 'previous_response_not_found'],
    [{ conversation: 'conv_1' }, 'conversation', null],
    [{ background: true }, 'background', null],
    [{ prompt: { id: 'p' } }, 'prompt', null],
    [{ top_logprobs: 3 }, 'logprobs', null],
    [{ include: ['message.output_text.logprobs'] }, 'include', null],
    [{ input: [] }, null, null],
    [{ input: ' ' }, null, null],
    [{ input: [{ type: 'computer_call' }] }, 'input.0.type', null],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
      'input.0.content.0.file_id',
      null,
    ],
    [{ tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } }, 'tool_choice', null],
    [
      {
        tools: [{ type: 'function', name: 'a' }],
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'b' }] },
      },
      'tool_choice',
      null,
    ],
  ])('refuses %j', async (body, param, code) => {
    const gateway = await setUp();
    const response = await gateway.send(RESPONSES, { ...ASK, ...body });
    expect([response.status, (await json(response)).error]).toEqual([
      400,
      { type: 'invalid_request_error', message: expect.stringMatching(/\. /), param, code },
    ]);
  });
});

describe('a response', () => {
  it.each([
    ['text', [{ text: 'Hello' }], {}],
    [
      'reasoning, text and calls',
      [
        {
          reasoning: { text: 'Hm.', signature: 'S', redacted: 'aGlkZGVu' },
          text: 'I look.',
          toolUse: { name: 'get_weather', toolUseId: 'a' },
        },
      ],
      {},
    ],
    [
      'sources',
      [{ citations: [{ text: 'Blue.', location: { web: { url: 'https://a.test', domain: 'a' } } }] }],
      {},
    ],
    ['a limit', [{ text: 'Hel', stopReason: 'max_tokens' }], {}],
    ['a filter', [{ text: 'No.', stopReason: 'guardrail_intervened' }], {}],
    [
      'a filter for Codex',
      [{ text: 'No.', stopReason: 'guardrail_intervened' }],
      { originator: 'codex_exec' },
    ],
  ] as [string, NonNullable<Setup['local']>['script'], object][])(
    'with %s is the same streamed and whole',
    async (_what, script, headers) => {
      const { whole, streamed } = await both(script, {}, headers);
      expect(comparable(streamed.response)).toEqual(comparable(whole));
      const { output, status, incomplete_details: details, usage } = whole;
      expect(comparable({ output, status, details, usage })).toMatchSnapshot();
    },
  );

  it('has every member that Open Responses requires', async () => {
    const { answer } = await translate({
      tools: [TOOL],
      metadata: { a: 'b' },
      reasoning: { effort: 'low', summary: 'auto' },
    });
    const REQUIRED =
      'id object created_at completed_at status incomplete_details model previous_response_id instructions output error tools tool_choice ' +
      'truncation parallel_tool_calls text top_p presence_penalty frequency_penalty top_logprobs temperature reasoning usage max_output_tokens ' +
      'max_tool_calls store background service_tier safety_identifier prompt_cache_key metadata';
    expect(Object.keys(answer).sort()).toEqual(REQUIRED.split(' ').sort());
    expect(answer).toMatchObject({
      tools: [{ description: null, strict: null }],
      metadata: { a: 'b' },
      reasoning: { effort: 'low', summary: 'auto' },
      usage: { input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
    });
  });

  it('carries reasoning through encrypted_content', async () => {
    const script = [
      {
        user: 'Weather?',
        reasoning: { text: 'Hm.', signature: 'S', redacted: 'aGlkZGVu' },
        toolUse: { name: 'get_weather', toolUseId: 'a' },
      },
    ];
    const { gateway, streamed } = await both(script, { reasoning: { effort: 'high' } });
    // Codex adds members, opencode omits the id.
    const items = streamed.response.output.map(({ id: _id, ...item }: Record<string, unknown>) => ({
      ...item,
      ...(item['type'] === 'reasoning' && { content: null }),
    }));
    const input = [
      { role: 'user', content: 'Weather?' },
      ...items,
      { type: 'function_call_output', call_id: 'a', output: 'sunny' },
    ];
    expect(
      (await gateway.send(RESPONSES, { ...ASK, tools: [TOOL], input, reasoning: { effort: 'high' } })).status,
    ).toBe(200);
    expect(gateway.sent()).toMatchObject({
      messages: [
        {},
        {
          content: [
            { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'S' } } },
            { reasoningContent: { redactedContent: 'aGlkZGVu' } },
            { toolUse: { toolUseId: 'a' } },
          ],
        },
        {},
      ],
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
    });
  });

  it('is JSON where the request wants it', async () => {
    const format = {
      type: 'json_schema',
      name: 'x',
      schema: { ...PARAMETERS, required: ['city'] },
      strict: true,
    };
    for (const model of [CLAUDE, NOVA]) {
      const { whole, streamed } = await both(undefined, { model, tools: [], text: { format } });
      for (const { output } of [whole, streamed.response]) {
        expect(output).toHaveLength(1);
        expect(JSON.parse(output[0].content[0].text)).toEqual({ city: expect.any(String) });
      }
    }
  });
});

describe('a failure', () => {
  it('in the middle is response.failed and error, with what was done before', async () => {
    const gateway = await setUp({
      local: {
        script: [
          {
            reasoning: { text: 'Hm.', signature: 'S' },
            text: 'A long answer in many words.',
            error: { name: 'modelStreamErrorException', afterEvents: 6 },
          },
        ],
      },
    });
    const response = await gateway.send(RESPONSES, { ...ASK, stream: true });
    const { response: failed, error } = collectResponses(await response.text());
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
      output: [{ type: 'reasoning' }],
      usage: null,
    });
    expect(error).toMatchObject({ type: 'error', code: 'server_error', error: { type: 'server_error' } });
  });

  it('before the answer has a status, and a code that Codex knows', async () => {
    const gateway = await setUp({
      local: {
        script: [
          { error: { name: 'ValidationException', message: 'Input is too long for requested model.' } },
        ],
      },
    });
    const response = await gateway.send(RESPONSES, { ...ASK, stream: true });
    expect([response.status, (await json(response)).error.code]).toEqual([400, 'context_length_exceeded']);
  });
});
