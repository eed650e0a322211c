import { createLocalBedrock, type ScriptRule } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, dataOf, framesOf, type Json } from './post.js';

// What bedrock-mantle was recorded with, member by member: pydantic/pydantic-ai, tests/models/cassettes/test_bedrock_mantle, July 2026,
// read 2026-11-29. Values are those of the recordings where they do not depend on the model's words.

const ID = (pattern: string) => expect.stringMatching(new RegExp(`^${pattern}$`));
const NUMBER = expect.any(Number);
const BASE32 = '[a-z2-7]{52}';

function ask(path: string, body: Json, rule: ScriptRule): Promise<Response> {
  const local = createLocalBedrock({ script: [rule] });
  return askMantle(local, path, body, { headers: { 'anthropic-version': '2023-06-01' } });
}

const headersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => /^content-type$|^cache-control$/.test(name)));

describe('a whole answer of bedrock-mantle', () => {
  it('of Chat Completions has the members of one of gpt-oss', async () => {
    const body = {
      model: 'openai.gpt-oss-safeguard-20b',
      messages: [{ role: 'user', content: 'Reply with SAFE.' }],
    };
    const response = await ask('/v1/chat/completions', body, { reasoning: 'Short.', text: 'SAFE' });
    expect(headersOf(response)).toEqual({ 'content-type': 'application/json' });
    expect(await response.json()).toEqual({
      choices: [
        {
          finish_reason: 'stop',
          index: 0,
          logprobs: null,
          message: { content: 'SAFE', reasoning: 'Short.', refusal: null, role: 'assistant' },
        },
      ],
      created: NUMBER,
      id: ID('chatcmpl-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'),
      model: 'openai.gpt-oss-safeguard-20b',
      object: 'chat.completion',
      service_tier: 'default',
      usage: { completion_tokens: NUMBER, prompt_tokens: NUMBER, total_tokens: NUMBER },
    });
  });

  it('of Responses below /v1 has the members of one of gpt-oss', async () => {
    const body = {
      model: 'openai.gpt-oss-120b',
      input: [{ role: 'user', content: 'Reply with OSS.' }],
      stream: false,
    };
    const response = await ask('/v1/responses', body, { reasoning: 'Short.', text: 'OSS' });
    expect(await response.json()).toEqual({
      background: false,
      created_at: NUMBER,
      error: null,
      id: ID(`resp_${BASE32}`),
      incomplete_details: null,
      instructions: null,
      metadata: {},
      model: 'openai.gpt-oss-120b',
      object: 'response',
      output: [
        {
          content: [{ text: 'Short.', type: 'reasoning_text' }],
          id: ID('msg_[0-9a-f]{16}'),
          status: 'completed',
          summary: [],
          type: 'reasoning',
        },
        {
          content: [{ annotations: [], text: 'OSS', type: 'output_text' }],
          id: ID('msg_[0-9a-f]{16}'),
          role: 'assistant',
          status: 'completed',
          type: 'message',
        },
      ],
      parallel_tool_calls: true,
      service_tier: 'default',
      status: 'completed',
      temperature: 1,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      tools: [],
      top_p: 1,
      truncation: 'disabled',
      usage: {
        input_tokens: NUMBER,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: NUMBER,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: NUMBER,
      },
    });
  });

  it('of Responses below /openai/v1 has the members of one of GPT-5.6, except who pays', async () => {
    const format = {
      name: 'City',
      schema: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      strict: true,
      type: 'json_schema',
    };
    const body = {
      model: 'openai.gpt-5.6-luna',
      input: 'Where is the Eiffel Tower?',
      stream: false,
      text: { format },
    };
    const response = await ask('/openai/v1/responses', body, { text: '{"city":"Paris"}' });
    expect(await response.json()).toEqual({
      ...LONG,
      id: ID(`resp_${BASE32}`),
      completed_at: NUMBER,
      output: [
        {
          content: [{ annotations: [], logprobs: [], text: '{"city":"Paris"}', type: 'output_text' }],
          id: ID('msg_[0-9a-f]{32}'),
          phase: 'final_answer',
          role: 'assistant',
          status: 'completed',
          type: 'message',
        },
      ],
      service_tier: 'default',
      status: 'completed',
      text: { format, verbosity: 'medium' },
      usage: USAGE,
    });
  });

  it('of Messages has the members of one of Claude Sonnet 5', async () => {
    const body = {
      model: 'anthropic.claude-sonnet-5',
      max_tokens: 4096,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const response = await ask('/anthropic/v1/messages?beta=true', body, { text: 'violet-otter-73' });
    expect(await response.json()).toEqual({
      content: [{ text: 'violet-otter-73', type: 'text' }],
      id: ID(`msg_bdrk_${BASE32}`),
      model: 'claude-sonnet-5',
      role: 'assistant',
      stop_details: null,
      stop_reason: 'end_turn',
      stop_sequence: null,
      type: 'message',
      usage: {
        cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        input_tokens: NUMBER,
        output_tokens: NUMBER,
        output_tokens_details: { thinking_tokens: 0 },
        service_tier: 'standard',
      },
    });
  });
});

const LONG = {
  background: false,
  completed_at: null,
  created_at: NUMBER,
  error: null,
  frequency_penalty: 0,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  model: 'openai.gpt-5.6-luna',
  moderation: null,
  object: 'response',
  output: [],
  parallel_tool_calls: true,
  presence_penalty: 0,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: 'in_memory',
  reasoning: { context: 'all_turns', effort: 'medium', summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  status: 'in_progress',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 0.98,
  truncation: 'disabled',
  usage: null,
  user: null,
} satisfies Json;

const USAGE = {
  input_tokens: NUMBER,
  input_tokens_details: { cache_write_tokens: 0, cached_tokens: 0 },
  output_tokens: NUMBER,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: NUMBER,
};

const TOOL = {
  description: null,
  name: 'first_tool',
  parameters: { additionalProperties: false, properties: {}, type: 'object' },
  strict: false,
  type: 'function',
};

describe('a stream of Responses', () => {
  const body = {
    include: ['reasoning.encrypted_content'],
    input: [{ content: 'Follow the tool instructions.', role: 'user' }],
    instructions: 'Call first_tool.',
    model: 'openai.gpt-5.6-luna',
    stream: true,
    tool_choice: 'auto',
    tools: [TOOL],
  };
  const rule = { reasoning: 'Hm.', toolUse: { name: 'first_tool' } };

  it('below /openai/v1 has the events of one of GPT-5.6, each with its name after its data, and no end mark', async () => {
    const response = await ask('/openai/v1/responses', body, rule);
    expect(headersOf(response)).toEqual({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const frames = await framesOf(response);
    const events = dataOf(frames);
    for (const [i, frame] of frames.entries()) {
      expect(frame).toEqual([expect.stringMatching(/^data: \{/), `event: ${events[i]?.['type']}`]);
    }
    const started = { ...LONG, id: ID(`resp_${BASE32}`), instructions: 'Call first_tool.', tools: [TOOL] };
    const id = ID('fc_[0-9a-f]{32}');
    const call = { call_id: 'call_0', id, name: 'first_tool', type: 'function_call' };
    const thought = {
      encrypted_content: ID('rsn_.+'),
      id: ID('rs_[0-9a-f]{32}'),
      summary: [],
      type: 'reasoning',
    };
    const done = { ...call, arguments: '{}', status: 'completed' };
    expect(events).toEqual([
      { response: started, sequence_number: 0, type: 'response.created' },
      { response: started, sequence_number: 1, type: 'response.in_progress' },
      { item: thought, output_index: 0, sequence_number: 2, type: 'response.output_item.added' },
      { item: thought, output_index: 0, sequence_number: 3, type: 'response.output_item.done' },
      {
        item: { ...call, arguments: '', status: 'in_progress' },
        output_index: 1,
        sequence_number: 4,
        type: 'response.output_item.added',
      },
      {
        delta: '{}',
        item_id: id,
        obfuscation: '',
        output_index: 1,
        sequence_number: 5,
        type: 'response.function_call_arguments.delta',
      },
      {
        arguments: '{}',
        item_id: id,
        output_index: 1,
        sequence_number: 6,
        type: 'response.function_call_arguments.done',
      },
      { item: done, output_index: 1, sequence_number: 7, type: 'response.output_item.done' },
      {
        response: {
          ...started,
          completed_at: NUMBER,
          output: [thought, done],
          service_tier: 'default',
          status: 'completed',
          usage: USAGE,
        },
        sequence_number: 8,
        type: 'response.completed',
      },
    ]);
  });

  it('below /v1 has only data, and no end mark', async () => {
    const frames = await framesOf(
      await ask('/v1/responses', { ...body, model: 'openai.gpt-oss-120b' }, rule),
    );
    for (const frame of frames) expect(frame).toEqual([expect.stringMatching(/^data: \{/)]);
    expect(dataOf(frames).at(-1)).toMatchObject({
      type: 'response.completed',
      response: { status: 'completed' },
    });
  });
});
