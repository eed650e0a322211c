import { createBedrock, invokeModel, invokeModelStream } from 'bedrock-anywhere';
import { localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { answers, bodiesOf, CLAUDE, chunk, completion, setUp, streams, usageChunk } from './server.js';

const TOOL = { name: 'get_weather', description: 'The weather.', input_schema: { type: 'object' } };
const CLAUDE_BODY = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  temperature: 0.5,
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [TOOL],
};
const CALL = {
  id: 'call_first0001',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Bern"}' },
};

/** Bodies of models in their own format, what the upstream is sent for each, and the answer to `Hello there`. */
const FORMATS: [modelId: string, body: object, sent: object, answer: object][] = [
  [
    'meta.llama3-1-70b-instruct-v1:0',
    {
      prompt: '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>',
      temperature: 0.5,
      top_p: 0.9,
      max_gen_len: 9,
    },
    { messages: [{ role: 'user', content: 'Hi' }], temperature: 0.5, top_p: 0.9, max_tokens: 9 },
    { generation: 'Hello there', prompt_token_count: 11, generation_token_count: 3, stop_reason: 'stop' },
  ],
  [
    'amazon.titan-text-express-v1',
    {
      inputText: 'Hi',
      textGenerationConfig: { temperature: 0.5, topP: 0.9, maxTokenCount: 9, stopSequences: ['User:'] },
    },
    { temperature: 0.5, top_p: 0.9, max_tokens: 9, stop: ['User:'] },
    {
      inputTextTokenCount: 11,
      results: [{ tokenCount: 3, outputText: 'Hello there', completionReason: 'FINISH' }],
    },
  ],
  [
    'mistral.mistral-7b-instruct-v0:2',
    { prompt: '<s>[INST] Hi [/INST]', temperature: 0.5, top_k: 40, max_tokens: 9 },
    { temperature: 0.5, top_k: 40, max_tokens: 9 },
    { outputs: [{ text: 'Hello there', stop_reason: 'stop' }] },
  ],
  [
    'cohere.command-r-v1:0',
    { message: 'Hi', temperature: 0.5, p: 0.9, k: 40 },
    { messages: [{ role: 'user', content: 'Hi' }], temperature: 0.5, top_p: 0.9, top_k: 40 },
    { text: 'Hello there', finish_reason: 'COMPLETE' },
  ],
  [
    'openai.gpt-oss-20b-1:0',
    {
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 1.5,
      response_format: { type: 'json_object' },
    },
    { temperature: 1.5, response_format: { type: 'json_object' } },
    {
      choices: [{ finish_reason: 'stop', index: 0, message: { content: 'Hello there', role: 'assistant' } }],
    },
  ],
  [
    'amazon.nova-lite-v1:0',
    {
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 9, temperature: 0.5 },
    },
    { temperature: 0.5, max_tokens: 9 },
    {
      output: { message: { content: [{ text: 'Hello there' }] } },
      usage: { inputTokens: 11, outputTokens: 3 },
    },
  ],
];

const COUNTED = { usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 } };

describe('InvokeModel', () => {
  it.each(FORMATS)(
    'of %s asks the upstream, and answers in the format of the model',
    async (modelId, body, sent, answer) => {
      const { local, server } = await setUp(
        answers(completion({ content: 'Hello there' }, 'stop', COUNTED)),
        { addModels: [modelId] },
      );
      const client = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
      const result = await invokeModel({ modelId, body }, { client });
      expect(result.json()).toMatchObject(answer);
      expect(bodiesOf(server)[0]).toMatchObject(sent);
      expect(result.usage).toMatchObject({ inputTokens: 11, outputTokens: 3 });
    },
  );

  it.each(FORMATS)('of %s streams', async (modelId, body) => {
    const { local } = await setUp(
      streams(
        chunk({ content: 'Hello' }),
        chunk({ content: ' there' }),
        chunk({}, 'stop'),
        usageChunk(11, 3),
      ),
      { addModels: [modelId] },
    );
    const client = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    const stream = invokeModelStream({ modelId, body }, { client });
    const texts: string[] = [];
    for await (const { json } of stream) texts.push(JSON.stringify(json));
    const shown = texts.join('\n');
    expect(shown.indexOf('"Hello"')).toBeGreaterThan(0);
    expect(shown.indexOf('" there"')).toBeGreaterThan(shown.indexOf('"Hello"'));
    expect(shown).toContain('"inputTokenCount":11');
    expect(shown).toContain('"outputTokenCount":3');
  });

  it('of Claude passes tools, calls and reasoning on', async () => {
    const message = { reasoning_content: 'Hm.', content: 'Let me look.', tool_calls: [CALL] };
    const { local, server } = await setUp(answers(completion(message, 'tool_calls', COUNTED)));
    const client = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    const result = await invokeModel({ modelId: CLAUDE, body: CLAUDE_BODY }, { client });
    expect(result.json()).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: expect.any(String) },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'call_first0001', name: 'get_weather', input: { city: 'Bern' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 11, output_tokens: 3 },
    });
    expect(bodiesOf(server)).toEqual([
      {
        model: 'qwen3:8b',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
        ],
        temperature: 0.5,
        max_tokens: 100,
        tools: [
          {
            type: 'function',
            function: { name: 'get_weather', description: 'The weather.', parameters: { type: 'object' } },
          },
        ],
      },
    ]);
  });

  it('of Claude streams a tool call as it arrives', async () => {
    const start = { ...CALL, index: 0, function: { name: 'get_weather', arguments: '' } };
    const { local } = await setUp(
      streams(
        chunk({ tool_calls: [start] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '"Bern"}' } }] }),
        chunk({}, 'tool_calls'),
        usageChunk(11, 3),
      ),
    );
    const client = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    const pieces: unknown[] = [];
    for await (const { json } of invokeModelStream({ modelId: CLAUDE, body: CLAUDE_BODY }, { client })) {
      const { type, delta } = json as {
        type: string;
        delta?: { partial_json?: string; stop_reason?: string };
      };
      pieces.push(delta?.partial_json ?? delta?.stop_reason ?? type);
    }
    expect(pieces).toEqual([
      ...[
        'message_start',
        'content_block_start',
        '',
        '{"city":',
        '"Bern"}',
        'content_block_stop',
        'tool_use',
      ],
      'message_stop',
    ]);
  });
});
