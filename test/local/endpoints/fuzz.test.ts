import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { fuzzProperty } from '../../fuzz/seed.js';
import fc from '../../property.js';
import { changed, DEEP, NESTED, writeJson } from '../fuzz/odd-json.js';
import { MANTLE, RUNTIME } from './post.js';

const schema = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] };
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const chat = {
  messages: [
    { role: 'system', content: 'Rules' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,YQ==' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } },
        { id: 'b', type: 'custom', custom: { name: 'note', input: 'x' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'Blue' },
    { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'Noted' }] },
  ],
  tools: [
    { type: 'function', function: { name: 'look', description: 'Looks', parameters: schema } },
    { type: 'custom', custom: { name: 'note' } },
  ],
  tool_choice: { type: 'function', function: { name: 'look' } },
  response_format: { type: 'json_schema', json_schema: { name: 'one', schema } },
  max_completion_tokens: 100,
  stop: ['x'],
  reasoning_effort: 'low',
  n: 1,
};

const responses = {
  instructions: 'Rules',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'Hi' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        { type: 'input_file', file_data: 'data:text/plain;base64,YQ==' },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm' }],
      encrypted_content: 'x',
    },
    { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"at":"it"}' },
    { type: 'custom_tool_call', call_id: 'b', name: 'note', input: 'x' },
    { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'Blue' }] },
    { type: 'custom_tool_call_output', call_id: 'b', output: 'Noted' },
    {
      type: 'message',
      role: 'assistant',
      id: 'msg_1',
      content: [{ type: 'output_text', text: 'Hm', annotations: [] }],
    },
    {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'function', name: 'more', parameters: schema }],
    },
    { role: 'user', content: 'Go on' },
  ],
  tools: [
    { type: 'function', name: 'look', parameters: schema, strict: false },
    { type: 'custom', name: 'note' },
    { type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'list', parameters: null }] },
  ],
  tool_choice: 'required',
  reasoning: { effort: 'high', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  text: { format: { type: 'json_schema', name: 'one', schema }, verbosity: 'low' },
  max_output_tokens: 100,
  metadata: { a: 'b' },
};

const messages = {
  max_tokens: 2000,
  system: [{ type: 'text', text: 'Rules', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  thinking: { type: 'adaptive', display: 'omitted' },
  tools: [{ name: 'look', description: 'Looks', input_schema: schema, defer_loading: true }],
  tool_choice: { type: 'auto' },
  metadata: { user_id: 'u' },
  context_management: { edits: [] },
  output_config: { effort: 'low' },
  messages: [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    },
    { role: 'system', content: 'Be brief.' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'EloC' },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'it' } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: [{ type: 'text', text: 'Blue' }],
          is_error: false,
        },
      ],
    },
  ],
};

/** A request that is accepted, for every path, with all that it may have. */
const REQUESTS: [url: string, body: object][] = [
  ...both(`${MANTLE}/v1/chat/completions`, { model: 'google.gemma-3-27b-it', ...chat }),
  ...both(`${RUNTIME}/openai/v1/chat/completions`, { model: 'google.gemma-3-27b-it', ...chat }),
  ...both(`${MANTLE}/openai/v1/responses`, { model: 'openai.gpt-5.6-sol', ...responses }),
  ...both(`${MANTLE}/v1/responses`, { model: 'acme.any', ...responses }),
  ...both(`${RUNTIME}/openai/v1/responses`, { model: 'us.openai.gpt-5.6-sol', ...responses }),
  ...both(`${MANTLE}/anthropic/v1/messages`, { model: 'anthropic.claude-opus-5', ...messages }),
  ...both(`${RUNTIME}/anthropic/v1/messages`, { model: 'us.anthropic.claude-opus-5', ...messages }),
  [`${MANTLE}/anthropic/v1/messages/count_tokens`, { model: 'anthropic.claude-opus-5', ...messages }],
];

function both(url: string, body: object): [string, object][] {
  return [false, true].map((stream) => [url, { ...body, stream }]);
}

const local = createLocalBedrock({ addModels: ['acme.any-v1:0'] });
/** With an API key: nothing is signed, so a failure prints the body alone. */
const post = (url: string, body: string) =>
  local.fetch(
    new Request(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${local.apiKey}`,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
      body,
    }),
  );

describe('a request in the protocol of OpenAI or Anthropic', () => {
  it.each(REQUESTS)('is accepted: %s', async (url, body) => {
    const response = await post(url, JSON.stringify(body));
    expect(response.status, await response.clone().text()).toBe(200);
  });

  fuzzProperty(
    'gets an answer or a refusal in the shape of its protocol, whatever is changed in it',
    0.3,
    fc
      .constantFrom(...REQUESTS)
      .chain(([url, body]) => fc.tuple(fc.constant(url), changed(fc.constant(body)))),
    async ([url, body]) => {
      const written = writeJson(body)
        .replaceAll(NESTED, `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`)
        .replaceAll(DEEP, '['.repeat(20_000) + ']'.repeat(20_000));
      const response = await post(url, written);
      const text = await response.text();
      expect(text).not.toMatch(/"(?:arguments|text|delta|partial_json)":"undefined"|\[object Object\]/);
      if (response.headers.get('content-type') === 'text/event-stream') {
        expect(text).toMatch(/\[DONE\]|"type":"response\.(?:completed|incomplete)"|"type":"message_stop"/);
      } else if (response.status === 200) {
        JSON.parse(text);
      } else {
        expect([400, 401, 404, 413], text.slice(0, 300)).toContain(response.status);
        const { error } = JSON.parse(text) as { error: { message: string; type: string } };
        expect([typeof error.message, error.message !== '', typeof error.type]).toEqual([
          'string',
          true,
          'string',
        ]);
      }
      expect(local.liveConnections()).toBe(0);
    },
  );
});
