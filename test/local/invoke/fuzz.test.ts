import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { fuzzProperty } from '../../fuzz/seed.js';
import fc from '../../property.js';
import { decode } from '../events.js';
import { changed, DEEP, NESTED, writeJson } from '../fuzz/odd-json.js';
import { problemOf } from '../fuzz/refusal-shape.js';
import { modelPath } from '../request.js';

const text = (role: string, content: unknown) => ({ role, content });
const schema = { type: 'object', properties: { at: { type: 'string' } } };
const call = { name: 'look', arguments: '{"at":"it"}' };
const GUARDRAIL = '/guardrail/localguardrail/version/1/apply';

/** A request that is accepted, for every form, with all that it may have. */
const REQUESTS: [path: string, body: object][] = [
  ...both('us.anthropic.claude-sonnet-4-5-20250929-v1:0', {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 2000,
    system: [{ type: 'text', text: 'Rules', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: [{ name: 'look', description: 'Looks', input_schema: schema }],
    tool_choice: { type: 'auto' },
    messages: [
      text('user', [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'All' },
          citations: { enabled: true },
        },
        { type: 'text', text: 'Look' },
      ]),
      text('assistant', [
        { type: 'thinking', thinking: 'Hm', signature: 'EloC' },
        { type: 'redacted_thinking', data: 'YQ==' },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'it' } },
      ]),
      text('user', [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: [{ type: 'text', text: 'Blue' }],
          is_error: false,
        },
      ]),
    ],
  }),
  ...both('amazon.nova-lite-v1:0', {
    schemaVersion: 'messages-v1',
    system: [{ text: 'Rules' }],
    messages: [text('user', [{ text: 'Look' }])],
    toolConfig: {
      tools: [{ toolSpec: { name: 'look', inputSchema: { json: schema } } }],
      toolChoice: { any: {} },
    },
    inferenceConfig: { max_new_tokens: 9, temperature: 0.5, topP: 0.5, topK: 3, stopSequences: ['x'] },
  }),
  ...both('amazon.titan-text-express-v1', {
    inputText: 'User: Hi\nBot:',
    textGenerationConfig: { maxTokenCount: 9, temperature: 0, topP: 1, stopSequences: ['User:'] },
  }),
  ...both('meta.llama3-8b-instruct-v1:0', { prompt: 'Hi', max_gen_len: 9, temperature: 0, top_p: 1 }),
  ...both('mistral.mixtral-8x7b-instruct-v0:1', { prompt: '[INST] Hi [/INST]', max_tokens: 9, stop: ['x'] }),
  ...both('us.deepseek.r1-v1:0', { prompt: 'Hi', max_tokens: 9, stop: ['x'] }),
  ...both('cohere.command-text-v14', {
    prompt: 'Hi',
    max_tokens: 9,
    num_generations: 2,
    stop_sequences: ['x'],
  }),
  ...both('cohere.command-r-v1:0', {
    message: 'Hi',
    preamble: 'Rules',
    chat_history: [
      { role: 'USER', message: 'Hi' },
      { role: 'CHATBOT', message: 'Hello' },
    ],
    tools: [
      {
        name: 'look',
        description: 'Looks',
        parameter_definitions: { at: { type: 'str', description: 'a', required: true } },
      },
    ],
    tool_results: [{ call: { name: 'look', parameters: { at: 'it' } }, outputs: [{ color: 'blue' }] }],
    max_tokens: 9,
  }),
  ...['ai21.jamba-1-5-mini-v1:0', 'openai.gpt-oss-120b-1:0'].flatMap((id) =>
    both(id, {
      messages: [
        text('system', 'Rules'),
        text('user', [{ type: 'text', text: 'Hi' }]),
        { ...text('assistant', ''), tool_calls: [{ id: 'abcdefghi', type: 'function', function: call }] },
        { ...text('tool', 'Blue'), tool_call_id: 'abcdefghi' },
      ],
      tools: [{ type: 'function', function: { name: 'look', description: 'Looks', parameters: schema } }],
      tool_choice: 'auto',
      max_tokens: 9,
      // gpt-oss takes no stop sequences.
      ...(id.startsWith('ai21') && { stop: 'x' }),
    }),
  ),
  one('amazon.titan-embed-text-v2:0', {
    inputText: 'Hi',
    dimensions: 256,
    normalize: true,
    embeddingTypes: ['binary'],
  }),
  one('amazon.titan-embed-image-v1', {
    inputText: 'Hi',
    inputImage: 'YQ==',
    embeddingConfig: { outputEmbeddingLength: 256 },
  }),
  one('cohere.embed-english-v3', {
    texts: ['Hi'],
    input_type: 'clustering',
    embedding_types: ['int8'],
    truncate: 'END',
  }),
  one('us.cohere.embed-v4:0', {
    inputs: [{ content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,YQ==' } }] }],
    input_type: 'image',
    output_dimension: 256,
  }),
  one('amazon.nova-2-multimodal-embeddings-v1:0', {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'CLUSTERING',
      embeddingDimension: 256,
      image: { format: 'png', source: { bytes: 'YQ==' } },
    },
  }),
  one('cohere.rerank-v3-5:0', { query: 'Hi', documents: ['Hi', { text: 'Ho' }], top_n: 1, api_version: 2 }),
  [
    GUARDRAIL,
    { source: 'OUTPUT', content: [{ text: { text: 'Hi', qualifiers: ['query'] } }], outputScope: 'FULL' },
  ],
  [
    '/guardrail-checks/invoke',
    {
      messages: [text('user', [{ text: 'Hi' }])],
      checks: {
        contentFilter: { categories: [{ category: 'HATE' }] },
        promptAttack: { categories: [{ category: 'JAILBREAK' }] },
        sensitiveInformation: { entities: [{ type: 'EMAIL' }] },
      },
    },
  ],
];

function one(modelId: string, body: object): [string, object] {
  return [modelPath('invoke', modelId), body];
}

function both(modelId: string, body: object): [string, object][] {
  return ['invoke', 'invoke-with-response-stream'].map((operation) => [modelPath(operation, modelId), body]);
}

const addModels = ['cohere.command-text-v14', 'cohere.command-r-v1:0', 'ai21.jamba-1-5-mini-v1:0'];
const local = createLocalBedrock({ addModels });
/** With an API key: nothing is signed, so a failure prints the body alone. */
const post = (path: string, body: string) =>
  local.fetch(
    new Request(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${local.apiKey}`, 'content-type': 'application/json' },
      body,
    }),
  );

describe('a request in the form of its model', () => {
  it.each(REQUESTS)('is accepted: %s', async (path, body) => {
    const response = await post(path, JSON.stringify(body));
    expect(response.status, await response.clone().text()).toBe(200);
  });

  fuzzProperty(
    'gets an answer that AWS could have given, whatever is changed in it',
    0.3,
    fc
      .constantFrom(...REQUESTS)
      .chain(([path, body]) => fc.tuple(fc.constant(path), changed(fc.constant(body)))),
    async ([path, body]) => {
      const written = writeJson(body)
        .replaceAll(NESTED, `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`)
        .replaceAll(DEEP, '['.repeat(20_000) + ']'.repeat(20_000));
      const response = await post(path, written);
      const bytes = Buffer.from(await response.arrayBuffer());
      const reply = {
        method: 'POST',
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: bytes,
      };
      if (response.status !== 200) {
        expect(problemOf(reply), bytes.toString('utf8').slice(0, 300)).toBeUndefined();
      } else if (path.endsWith('stream')) {
        const last = decode(bytes).at(-1)?.body?.['bytes'];
        expect(Buffer.from(String(last), 'base64').toString()).toContain('amazon-bedrock-invocationMetrics');
      } else {
        JSON.parse(bytes.toString('utf8'));
      }
      expect(local.liveConnections()).toBe(0);
    },
  );
});
