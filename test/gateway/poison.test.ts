import { describe, expect, it } from 'vitest';
import { PIXEL } from './recorded.js';
import { CLAUDE, NOVA, type Setup, setUp } from './setup.js';

/** JSON may contain such an object, which cannot be turned into a string or a number. */
const POISON = { toString: 1, valueOf: 1 };

const schema = { $id: 'urn:a', type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const parameters = { ...schema, $defs: { a: { type: 'string' } } };
const image = 'data:image/png;base64,iVBORw0KGgo=';
const cache_control = { type: 'ephemeral', ttl: '1h' };

const chat = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'Hi', cache_control },
        { type: 'image_url', image_url: { url: image, detail: 'low' } },
        { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } },
      ],
    },
    {
      role: 'assistant',
      content: 'Hm',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'found' }] },
  ],
  tools: [
    { type: 'function', function: { name: 'look_up', description: 'Finds', parameters, strict: true } },
  ],
  tool_choice: { type: 'function', function: { name: 'look_up' } },
  max_completion_tokens: 100,
  stop: ['a'],
  user: 'ann',
  metadata: { team: 'a' },
  service_tier: 'auto',
  reasoning_effort: 'low',
  safety_identifier: 'ann',
};
const responses = {
  instructions: 'Be brief.',
  input: [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    { role: 'user', content: [{ type: 'input_image', image_url: image, detail: 'auto' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'a' },
    { type: 'function_call', call_id: 'call_1', name: 'look_up', namespace: 'a', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'found' }] },
    { type: 'local_shell_call', call_id: 'call_2', action: { type: 'exec', command: ['ls'] } },
    { type: 'function_call_output', call_id: 'call_2', output: 'a' },
    { type: 'agent_message', content: [{ type: 'encrypted_content', encrypted_content: 'Add.' }] },
    { type: 'tool_search_call', call_id: 'call_3', execution: 'client', arguments: { query: 'a' } },
    {
      type: 'tool_search_output',
      call_id: 'call_3',
      execution: 'client',
      tools: [{ type: 'function', name: 'found_one', parameters }],
    },
    { type: 'web_search_call', id: 'ws_1', action: { query: 'a' } },
    { type: 'additional_tools', tools: [{ type: 'function', name: 'more' }] },
  ],
  tools: [
    { type: 'function', name: 'look_up', parameters, strict: true },
    { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] },
  ],
  tool_choice: { type: 'function', name: 'look_up' },
  text: { format: { type: 'json_schema', name: 'a', schema: parameters }, verbosity: 'low' },
  reasoning: { effort: 'low', summary: 'auto' },
  max_output_tokens: 100,
  service_tier: 'auto',
  store: false,
  user: 'ann',
  metadata: { team: 'a' },
};
/** Without what bedrock-mantle does not know. */
const ofMantle = {
  ...responses,
  input: [
    ...responses.input.filter(({ type }) => !/search/.test(type ?? '')),
    { type: 'context_compaction', encrypted_content: 'abc' },
  ],
};
const messages = {
  max_tokens: 100,
  system: [{ type: 'text', text: 'Be brief.', cache_control }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi', cache_control },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'a' } },
      ],
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look_up', input: {} }] },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [{ type: 'text', text: 'a' }],
        },
      ],
    },
  ],
  tools: [{ name: 'look_up', description: 'Finds', input_schema: schema, cache_control }],
  tool_choice: { type: 'tool', name: 'look_up', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  stop_sequences: ['a'],
  metadata: { user_id: 'ann' },
  service_tier: 'auto',
  speed: 'standard',
};
const converse = {
  system: [{ text: 'Be brief.' }],
  messages: [
    {
      role: 'user',
      content: [{ text: 'Hi' }, { document: { name: 'a', format: 'txt', source: { text: 'a' } } }],
    },
  ],
  inferenceConfig: { maxTokens: 100, stopSequences: ['a'] },
  toolConfig: { tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: schema } } }] },
  serviceTier: { type: 'default' },
  performanceConfig: { latency: 'standard' },
  requestMetadata: { team: 'a' },
};

/** The paths of all values in a JSON value. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

/** A copy with the object at a path. */
function put(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = rest.length === 0 ? POISON : put(copy[key], rest);
  return copy;
}

const translated: Setup = { gateway: { fetchImage: async () => PIXEL } };
const passed: Setup = { gateway: { passThrough: 'auto', serviceTiers: ['default', 'flex'] } };

describe('an object that cannot become a string or a number never causes a server error, wherever it is in', () => {
  const {
    thinking: _thinking,
    tool_choice: _choice,
    speed: _speed,
    service_tier: _tier,
    ...invoked
  } = messages;
  const { reasoning_effort: _effort, stop: _stop, ...plain } = chat;
  it.each<[string, string, object, Setup]>([
    ['Chat Completions', '/v1/chat/completions', { model: NOVA, ...chat }, translated],
    ['Responses', '/v1/responses', { model: NOVA, ...responses }, translated],
    ['Messages', '/v1/messages', { model: CLAUDE, ...messages }, translated],
    [
      'Messages that are only counted',
      '/v1/messages/count_tokens',
      { model: CLAUDE, ...messages },
      translated,
    ],
    ['Responses for bedrock-mantle', '/v1/responses', { model: 'openai.gpt-5.6-sol', ...ofMantle }, passed],
    [
      'Chat Completions for bedrock-mantle',
      '/v1/chat/completions',
      { model: 'openai.gpt-5.6-sol', ...plain },
      passed,
    ],
    ['Messages that are passed on', '/v1/messages', { model: CLAUDE, ...messages }, passed],
    ['Converse', `/model/${NOVA}/converse`, converse, passed],
    [
      'InvokeModel',
      `/model/${CLAUDE}/invoke`,
      { anthropic_version: 'bedrock-2023-05-31', ...invoked },
      passed,
    ],
  ])('%s', async (_what, path, body, options) => {
    const { send } = await setUp(options);
    const paths = pathsOf(body);
    const whole = await send(path, body);
    const said = await whole.text();
    expect(whole.status, said).toBe(200);
    const failed: string[] = [];
    for (const at of paths) {
      const response = await send(path, put(body, at));
      const text = await response.text();
      if (response.status >= 500) failed.push(`${at.join('.')}: ${text.slice(0, 200)}`);
    }
    expect(failed).toEqual([]);
    expect(paths.length).toBeGreaterThan(15);
  });
});
