/** What people reported about other gateways, tried on this one. */
import { describe, expect, it } from 'vitest';
import { collectChat } from './collect-chat.js';
import { collectMessages } from './collect-messages.js';
import { collectResponses } from './collect-responses.js';
import { CLAUDE, GPT_OSS, json, NEW_CLAUDE, setUp } from './setup.js';

const CHAT_TOOL = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } };
const TOOL = { name: 'look_up', input_schema: { type: 'object' } };
const PING = [{ role: 'user', content: 'ping' }];

// https://github.com/strands-agents/harness-sdk/issues/644 (live, gpt-oss), /1810 (live, Claude),
// https://github.com/strands-rl/strands-env/pull/252 (the other way round)
describe.each([
  ['end_turn', { toolUse: { name: 'look_up' } }, 'tool_calls', 'tool_use'],
  ['tool_use', { text: 'Hello.' }, 'stop', 'end_turn'],
])('an answer that Bedrock ends with %s, and that has %j,', (stopReason, answer, ofChat, ofMessages) => {
  it('ends so that clients run its calls, and nothing else', async () => {
    const gateway = await setUp({ local: { script: [{ ...answer, stopReason }] } });
    const chat = { model: GPT_OSS, messages: PING, tools: [CHAT_TOOL] };
    const whole = await json(await gateway.send('/v1/chat/completions', chat));
    expect(whole.choices[0].finish_reason).toBe(ofChat);
    const streamed = await gateway.send('/v1/chat/completions', { ...chat, stream: true });
    expect(collectChat(await streamed.text())).toMatchObject({ finish: ofChat });
    const messages = { model: CLAUDE, max_tokens: 100, messages: PING, tools: [TOOL] };
    expect(await json(await gateway.send('/v1/messages', messages))).toMatchObject({
      stop_reason: ofMessages,
    });
    const events = await gateway.send('/v1/messages', { ...messages, stream: true });
    expect(collectMessages(await events.text()).message).toMatchObject({ stop_reason: ofMessages });
  });
});

// https://github.com/Portkey-AI/gateway/issues/1191, https://github.com/BerriAI/litellm/pull/13640; opencode marks its last tool call:
// https://github.com/anomalyco/opencode/issues/3077
describe('the prompt is cached up to the mark that a client puts', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  const point = { cachePoint: { type: 'default', ttl: '1h' } };
  const use = { toolUse: { toolUseId: 'call_1', name: 'look_up', input: {} } };
  const result = { toolResult: { toolUseId: 'call_1', content: [{ text: 'found' }] } };
  const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{}' } };

  function chat(ofCall: object, ofResult: object, ofPart: object): object {
    return {
      model: CLAUDE,
      tools: [CHAT_TOOL],
      messages: [
        ...PING,
        { role: 'assistant', content: null, tool_calls: [{ ...call, ...ofCall }] },
        {
          role: 'tool',
          tool_call_id: 'call_1',
          content: [{ type: 'text', text: 'found', ...ofPart }],
          ...ofResult,
        },
      ],
    };
  }
  const mark = { cache_control };
  const other = { cache_control: { type: 'ephemeral' } };

  it.each([
    ['on a tool call', '/v1/chat/completions', chat(mark, {}, {}), [use, point], [result]],
    ['in the content of a result', '/v1/chat/completions', chat({}, {}, mark), [use], [result, point]],
    ['on a result and in it', '/v1/chat/completions', chat({}, mark, other), [use], [result, point]],
    [
      'in the output of a call',
      '/v1/responses',
      {
        model: CLAUDE,
        tools: [{ type: 'function', name: 'look_up' }],
        input: [
          ...PING,
          { type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{}' },
          {
            type: 'function_call_output',
            call_id: 'call_1',
            output: [{ type: 'input_text', text: 'found', cache_control }],
          },
        ],
      },
      [use],
      [result, point],
    ],
  ])('%s (%s)', async (_where, path, body, assistant, user) => {
    const gateway = await setUp();
    const response = await gateway.send(path, body);
    expect(response.status, await response.text()).toBe(200);
    const [, ...messages] = gateway.sent()['messages'] as object[];
    expect(messages).toEqual([
      { role: 'assistant', content: assistant },
      { role: 'user', content: user },
    ]);
  });
});

describe('what Codex keeps in its history', () => {
  const model = CLAUDE;
  const tools = [{ type: 'function', name: 'look_up' }];

  async function messagesOf(...items: object[]) {
    const gateway = await setUp();
    const body = { model, store: false, tools, input: [...PING, ...items] };
    const response = await gateway.send('/v1/responses', body);
    expect(response.status, await response.text()).toBe(200);
    return {
      messages: (gateway.sent()['messages'] as object[]).slice(1),
      tools: Object(gateway.sent()['toolConfig']).tools as { toolSpec: { name: string } }[],
      notes: response.headers.get('x-bedrock-anywhere-notes'),
    };
  }

  // https://github.com/BerriAI/litellm/issues/36528
  it('another agent’s words are read, even if they are in the member for encrypted ones', async () => {
    const content = [
      { type: 'input_text', text: 'The subtask is ' },
      { type: 'encrypted_content', encrypted_content: 'complete.' },
    ];
    const item = { type: 'agent_message', author: 'worker', recipient: 'parent', content };
    const said = { role: 'assistant', content: 'I wait.' };
    expect((await messagesOf(said, item)).messages.at(-1)).toEqual({
      role: 'user',
      content: [{ text: 'The subtask is complete.' }],
    });
  });

  // https://github.com/BerriAI/litellm/issues/36546
  it('a call of the shell keeps its output', async () => {
    const action = { type: 'exec', command: ['ls'] };
    const { messages } = await messagesOf(
      { type: 'local_shell_call', call_id: 'call_1', status: 'completed', action },
      { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' },
    );
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 'call_1', name: 'local_shell', input: action } }],
      },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'a.txt' }] } }],
      },
    ]);
  });

  // https://github.com/openai/codex/issues/24612
  it.each(['web_search_call', 'image_generation_call', 'mcp_list_tools'])('%s is left out', async (type) => {
    const said = { role: 'assistant', content: 'It is sunny.' };
    const { messages, notes } = await messagesOf({ type, id: 'x_1', status: 'completed' }, said, ...PING);
    expect(messages).toEqual([
      { role: 'assistant', content: [{ text: 'It is sunny.' }] },
      { role: 'user', content: [{ text: 'ping' }] },
    ]);
    expect(notes).toBe(`input.1 (${type}): a tool that ran at OpenAI; omitted`);
  });

  it('a summary that only OpenAI can read is refused, because nothing else contains what it replaced', async () => {
    const gateway = await setUp();
    const input = [{ type: 'compaction', encrypted_content: 'abc' }, ...PING];
    expect((await gateway.send('/v1/responses', { model, store: false, input })).status).toBe(400);
  });

  // https://github.com/CommandCodeAI/command-code/issues/893
  describe('a search for tools', () => {
    const parameters = { type: 'object', properties: { query: { type: 'string' } } };
    const search = { type: 'tool_search', execution: 'client', description: 'Finds tools.', parameters };
    const found = {
      type: 'namespace',
      name: 'browser',
      tools: [{ type: 'function', name: 'open', parameters: { type: 'object' } }],
    };
    const call = {
      type: 'tool_search_call',
      call_id: 'call_1',
      execution: 'client',
      status: 'completed',
      arguments: { query: 'web' },
    };
    const output = {
      type: 'tool_search_output',
      call_id: 'call_1',
      execution: 'client',
      status: 'completed',
      tools: [found],
    };

    it.each([false, true])('is offered, called and answered (stream: %s)', async (stream) => {
      const script = [
        { user: 'ping', toolUse: { name: '_tool_search', input: { query: 'web' }, toolUseId: 'call_1' } },
        { toolResult: true, toolUse: { name: 'browser_open', input: {}, toolUseId: 'call_2' } },
      ] as const;
      const gateway = await setUp({ local: { script } });
      const request = { model, store: false, stream, tools: [search] };
      const ask = async (input: object[]) => {
        const response = await gateway.send('/v1/responses', { ...request, input });
        return stream ? collectResponses(await response.text()).response : json(response);
      };
      const { output: first } = await ask(PING);
      expect(first).toEqual([{ ...call, id: expect.stringMatching(/^tsc_/) as unknown }]);
      expect(gateway.sent()['toolConfig']).toEqual({
        tools: [
          {
            toolSpec: {
              name: '_tool_search',
              description: 'Finds tools.',
              inputSchema: { json: parameters },
            },
          },
        ],
      });
      const { output: second } = await ask([...PING, ...first, output]);
      expect(second).toMatchObject([{ type: 'function_call', name: 'open', namespace: 'browser' }]);
      expect((gateway.sent()['messages'] as object[]).slice(1)).toEqual([
        {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 'call_1', name: '_tool_search', input: { query: 'web' } } }],
        },
        {
          role: 'user',
          content: [
            {
              toolResult: { toolUseId: 'call_1', content: [{ text: 'You can use these tools now: open.' }] },
            },
          ],
        },
      ]);
    });

    it('that ran at OpenAI is left out, but the tools that it found are offered', async () => {
      const { messages, tools: offered } = await messagesOf(
        { ...call, execution: 'server', call_id: null },
        { ...output, execution: 'server', call_id: null },
      );
      expect(messages).toEqual([]);
      expect(offered.map(({ toolSpec }) => toolSpec.name)).toEqual(['look_up', 'browser_open']);
    });
  });
});

describe('a request of Codex for a model that only bedrock-mantle has', () => {
  const auto = { gateway: { passThrough: 'auto' as const } };
  const model = 'openai.gpt-5.6-sol';
  const exec = { type: 'custom', name: 'exec' };
  const spawn = {
    type: 'namespace',
    name: 'collaboration',
    tools: [{ type: 'function', name: 'spawn_agent' }],
  };
  const functions = { type: 'namespace', name: 'functions', tools: [exec] };
  const held = (...tools: object[]) => ({ type: 'additional_tools', role: 'developer', tools });

  /** The request that reaches Bedrock, which has to accept it. */
  async function passed(body: object, options: Parameters<typeof setUp>[0] = auto) {
    const gateway = await setUp({ ...auto, ...options });
    const response = await gateway.send('/v1/responses', { model, input: PING, store: false, ...body });
    expect(response.status, await response.text()).toBe(200);
    expect(gateway.local.requests.map(({ operation }) => operation)).toEqual(['CreateResponse']);
    const { model: _model, ...sent } = JSON.parse(gateway.local.requests[0]?.bodyText ?? '');
    return { sent, notes: response.headers.get('x-bedrock-anywhere-notes') };
  }

  // https://github.com/BerriAI/litellm/issues/36545, https://github.com/maximhq/bifrost/pull/7084
  it('has the tools of the namespace functions at the top, where Bedrock accepts them', async () => {
    const { sent } = await passed({ input: [held(functions, spawn), ...PING] });
    expect(sent).toEqual({ input: PING, store: false, tools: [exec, spawn] });
    expect((await passed({ tools: [functions] })).sent).toEqual({ input: PING, store: false, tools: [exec] });
  });

  // https://github.com/maximhq/bifrost/pull/7039
  it.each(['web', 'image_gen', 'browser', 'python'])(
    'does without the namespace %s, and a note says so',
    async (name) => {
      const reserved = { type: 'namespace', name, tools: [{ type: 'function', name: 'run' }] };
      const { sent, notes } = await passed({ tools: [reserved, exec] });
      expect(sent['tools']).toEqual([exec]);
      expect(notes).toBe(`tools (${name}): reserved by Bedrock; omitted`);
    },
  );

  // https://github.com/BerriAI/litellm/issues/36528, https://github.com/BerriAI/litellm/pull/38227
  it('has its history rewritten as Bedrock knows it', async () => {
    const content = [{ type: 'encrypted_content', encrypted_content: 'Add 1 and 2.' }];
    const { sent } = await passed({
      input: [
        { type: 'context_compaction', encrypted_content: 'abc' },
        { type: 'local_shell_call', id: 'lsh_1', call_id: 'a', action: { type: 'exec', command: ['ls'] } },
        { type: 'function_call_output', call_id: 'a', output: 'b' },
        { type: 'agent_message', author: '/root', recipient: '/root/sum', content },
      ],
    });
    expect(sent['input']).toEqual([
      { type: 'compaction', encrypted_content: 'abc' },
      {
        type: 'function_call',
        call_id: 'a',
        name: 'local_shell',
        arguments: '{"type":"exec","command":["ls"]}',
      },
      { type: 'function_call_output', call_id: 'a', output: 'b' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Add 1 and 2.' }] },
    ]);
  });

  // https://github.com/maximhq/bifrost/pull/6532, https://github.com/BerriAI/litellm/pull/34058
  it.each([
    ['flex', 'not accepted by this model'],
    ['priority', 'priority is not allowed here'],
  ])('has the default tier instead of %s', async (tier, why) => {
    const { sent, notes } = await passed({ service_tier: tier });
    expect(sent['service_tier']).toBe('default');
    expect(notes).toBe(`service_tier: ${why}`);
  });

  it('stores nothing, whatever the client says', async () => {
    for (const store of [undefined, null, true]) expect((await passed({ store })).sent['store']).toBe(false);
    const gateway = await setUp(auto);
    const input = [...PING, { type: 'item_reference', id: 'msg_1' }];
    const refused = await gateway.send('/v1/responses', { model, input });
    expect([refused.status, (await json(refused)).error.message]).toEqual([
      404,
      expect.stringContaining('Set `store` to false in your client'),
    ]);
  });

  it('is passed on byte for byte if Bedrock accepts it', async () => {
    const gateway = await setUp(auto);
    const body = `{ "model":"${model}","input":[${JSON.stringify(held(spawn))},{"role":"user","content":"\\u0041"}], "store":false ,"service_tier":"auto"}`;
    expect((await gateway.send('/v1/responses', body)).status).toBe(200);
    expect(gateway.local.requests[0]?.bodyText).toBe(body);
  });

  it('is translated at once if bedrock-runtime would refuse it', async () => {
    for (const input of [
      [held({ ...spawn, name: 'web' }), ...PING],
      [...PING, { type: 'agent_message', content: [{ type: 'input_text', text: 'Done.' }] }],
    ]) {
      const gateway = await setUp(auto);
      const body = { model: `us.${model}`, input, store: false };
      expect((await gateway.send('/v1/responses', body)).status).toBe(200);
      expect(gateway.local.requests.map(({ operation }) => operation)).toEqual(['Converse']);
    }
  });
});

// https://github.com/experientiallabs/experiential/pull/840, https://github.com/maximhq/bifrost/issues/6342
it('an answer in which Claude thought between its calls is sent back in the original order', async () => {
  const gateway = await setUp();
  const thought = (thinking: string) => ({ type: 'thinking', thinking, signature: 'c2ln' });
  const call = (id: string) => ({ type: 'tool_use', id, name: 'look_up', input: {} });
  const result = (tool_use_id: string) => ({ type: 'tool_result', tool_use_id, content: 'found' });
  const content = [thought('a'), call('t1'), thought(''), { type: 'text', text: 'And:' }, call('t2')];
  const response = await gateway.send('/v1/messages', {
    model: NEW_CLAUDE,
    max_tokens: 4000,
    thinking: { type: 'adaptive' },
    tools: [TOOL],
    messages: [
      ...PING,
      { role: 'assistant', content },
      { role: 'user', content: [result('t2'), result('t1')] },
    ],
  });
  expect([response.status, response.headers.get('x-bedrock-anywhere-notes')]).toEqual([200, null]);
  const [, sent] = gateway.sent()['messages'] as { content: object[] }[];
  const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'look_up', input: {} } });
  const reasoning = (text: string) => ({ reasoningContent: { reasoningText: { text, signature: 'c2ln' } } });
  expect(sent?.content).toEqual([reasoning('a'), use('t1'), reasoning(''), { text: 'And:' }, use('t2')]);
});
