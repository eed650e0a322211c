import type { LocalServerOptions } from 'bedrock-anywhere/local/node';
import { SCHEMA } from '../clients/cases/inputs.js';

/** A call that both providers make. */
export interface ComparedCall {
  /** What it is about. */
  kind: string;
  how: 'generate' | 'stream' | 'embedMany' | 'rerank';
  options: Record<string, unknown>;
  bedrock?: LocalServerOptions;
}

/** One of each kind of model that differs. */
const MODELS = {
  sonnet: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  haiku3: 'anthropic.claude-3-haiku-20240307-v1:0',
  opus46: 'us.anthropic.claude-opus-4-6-v1',
  opus47: 'us.anthropic.claude-opus-4-7',
  sonnet55: 'global.anthropic.claude-sonnet-5-5',
  nova: 'us.amazon.nova-lite-v1:0',
  nova2: 'us.amazon.nova-2-lite-v1:0',
  oss: 'openai.gpt-oss-120b-1:0',
  llama: 'us.meta.llama3-3-70b-instruct-v1:0',
  deepseek: 'us.deepseek.r1-v1:0',
} as const;

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const PDF = btoa('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

const prompt = 'What is the weather in Paris?';
const text = 'It is 18 degrees in Paris, and the sun shines.';

/** A call of a tool, and an answer from its result. */
const LOOP = [
  { toolResult: 'celsius', text },
  { user: prompt, text: 'I will look.', toolUse: { name: 'get_weather', input: { city: 'Paris' } } },
];

const HISTORY = [
  { role: 'user', content: prompt },
  {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'get_weather', input: { city: 'Paris' } }],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'call_1',
        toolName: 'get_weather',
        output: { type: 'json', value: { city: 'Paris', celsius: 18 } },
      },
    ],
  },
];

const file = (mediaType: string, data: string, filename?: string) => [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType, data, filename },
    ],
  },
];

const bedrockOptions = (members: object) => ({ providerOptions: { bedrock: members } });

/** What models write that can only be asked for an object. */
const IN_WORDS = [
  {
    model: /sonnet-5-5|llama|deepseek/,
    text: 'Here it is:\n```json\n{"city":"Paris","people":2100000}\n```\nI counted {all}.',
  },
];

/** Calls of language models by kind; every model makes each of them. */
const KINDS: Readonly<Record<string, Omit<ComparedCall, 'kind'>>> = {
  text: { how: 'generate', options: { prompt, instructions: 'Be brief.' }, bedrock: { script: [{ text }] } },
  'streamed text': { how: 'stream', options: { prompt }, bedrock: { script: [{ text }] } },
  sampling: {
    how: 'generate',
    options: { prompt, temperature: 0.3, topP: 0.9, topK: 5, stopSequences: ['END'], maxOutputTokens: 100 },
    bedrock: { script: [{ text }] },
  },
  'an image': { how: 'generate', options: { messages: file('image/png', PNG) } },
  'a document': {
    how: 'generate',
    options: { messages: file('application/pdf', PDF, 'the 3rd report.pdf') },
  },
  'a tool loop': {
    how: 'generate',
    options: { prompt, toolNames: ['get_weather', 'add'], steps: 5 },
    bedrock: { script: LOOP },
  },
  'a streamed tool loop': {
    how: 'stream',
    options: { prompt, toolNames: ['get_weather', 'add'], steps: 5 },
    bedrock: { script: LOOP },
  },
  'a strict tool': {
    how: 'generate',
    options: { prompt, toolNames: ['get_weather'], strict: true, steps: 5 },
    bedrock: { script: LOOP },
  },
  'one forced tool': {
    how: 'generate',
    options: {
      prompt,
      toolNames: ['get_weather', 'add'],
      toolChoice: { type: 'tool', toolName: 'get_weather' },
    },
  },
  'any forced tool': {
    how: 'generate',
    options: { prompt, toolNames: ['get_weather'], toolChoice: 'required' },
  },
  'no tool': {
    how: 'generate',
    options: { messages: HISTORY, toolNames: ['get_weather'], toolChoice: 'none' },
    bedrock: { script: [{ text }] },
  },
  'a history of tools without tools': {
    how: 'generate',
    options: { messages: HISTORY },
    bedrock: { script: [{ toolResult: true, text }, { text: 'I know nothing about the weather.' }] },
  },
  'an object': {
    how: 'generate',
    options: { prompt, schema: SCHEMA },
    bedrock: { script: IN_WORDS },
  },
  'a streamed object': {
    how: 'stream',
    options: { prompt, schema: SCHEMA },
    bedrock: { script: IN_WORDS },
  },
  'an object beside tools': {
    how: 'generate',
    options: { prompt, schema: SCHEMA, toolNames: ['add'], steps: 2 },
  },
  'reasoning: high': {
    how: 'stream',
    options: { prompt, reasoning: 'high' },
    bedrock: { script: [{ text, reasoning: 'The user asks about Paris.' }] },
  },
  'reasoning: none': {
    how: 'generate',
    options: { prompt, reasoning: 'none' },
    bedrock: { script: [{ text }] },
  },
  'a budget for reasoning': {
    how: 'generate',
    options: {
      prompt,
      maxOutputTokens: 500,
      temperature: 0.3,
      ...bedrockOptions({ reasoningConfig: { type: 'enabled', budgetTokens: 2000 } }),
    },
    bedrock: { script: [{ text }] },
  },
};

/** Calls that do not depend on the model. */
const ONCE: ComparedCall[] = [
  {
    kind: 'a cache point',
    how: 'generate',
    options: {
      model: MODELS.sonnet,
      messages: [
        {
          role: 'user',
          content: 'Roses are red. '.repeat(1500),
          ...bedrockOptions({ cachePoint: { type: 'default', ttl: '1h' } }),
        },
      ],
    },
  },
  {
    kind: 'a guardrail',
    how: 'stream',
    options: {
      model: MODELS.sonnet,
      prompt: 'Tell me what is forbidden',
      ...bedrockOptions({
        guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1', trace: 'enabled' },
      }),
    },
  },
  {
    kind: 'a service tier',
    how: 'generate',
    options: { model: MODELS.nova, prompt, ...bedrockOptions({ serviceTier: 'flex' }) },
    bedrock: { script: [{ text }] },
  },
  {
    kind: 'citations',
    how: 'stream',
    options: {
      model: MODELS.sonnet,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Who is in it?' },
            {
              type: 'file',
              mediaType: 'text/plain',
              data: btoa('Everyone is in it.'),
              filename: 'report.txt',
              ...bedrockOptions({ citations: { enabled: true } }),
            },
          ],
        },
      ],
    },
  },
  {
    kind: 'the maximum of tokens',
    how: 'generate',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text, stopReason: 'max_tokens' }] },
  },
  {
    kind: 'an unreadable tool call',
    how: 'generate',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text, stopReason: 'malformed_tool_use' }] },
  },
  {
    kind: 'a tool call that ends like an answer',
    how: 'generate',
    options: { model: MODELS.oss, prompt, toolNames: ['get_weather'], steps: 1 },
    bedrock: {
      script: [{ toolUse: { name: 'get_weather', input: { city: 'Paris' } }, stopReason: 'end_turn' }],
    },
  },
  {
    kind: 'one throttled request',
    how: 'generate',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['throttle=1'] },
  },
  {
    kind: 'one throttled stream',
    how: 'stream',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['throttle=1'] },
  },
  {
    kind: 'throttled requests',
    how: 'generate',
    options: { model: MODELS.nova, prompt, maxRetries: 0 },
    bedrock: { faults: Array<string>(9).fill('status=429:ThrottlingException') },
  },
  {
    kind: 'a service that is down',
    how: 'generate',
    options: { model: MODELS.nova, prompt, maxRetries: 0 },
    bedrock: { faults: Array<string>(9).fill('status=503:ServiceUnavailableException') },
  },
  {
    kind: 'denied access',
    how: 'stream',
    options: { model: MODELS.sonnet, prompt },
    bedrock: { noAccess: [MODELS.sonnet.slice(3)] },
  },
  { kind: 'an unknown model', how: 'generate', options: { model: 'acme.one-v1:0', prompt } },
  {
    kind: 'an exception before any content',
    how: 'stream',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['exception=throttlingException@1'] },
  },
  {
    kind: 'an exception in the text',
    how: 'stream',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['exception=modelStreamErrorException@4'] },
  },
  {
    kind: 'a cut answer',
    how: 'stream',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['truncate=900'] },
  },
  {
    kind: 'a broken connection',
    how: 'stream',
    options: { model: MODELS.nova, prompt },
    bedrock: { script: [{ text }], faults: ['reset=900'] },
  },
  {
    kind: 'an abort',
    how: 'stream',
    options: { model: MODELS.nova, prompt, abortAfter: 8 },
    bedrock: { script: [{ text: 'word '.repeat(1000) }], faults: ['stall=12'] },
  },
  ...[
    'amazon.titan-embed-text-v2:0',
    'cohere.embed-multilingual-v3',
    'amazon.nova-2-multimodal-embeddings-v1:0',
  ].map(
    (model): ComparedCall => ({
      kind: `embeddings of ${model}`,
      how: 'embedMany',
      options: { model, values: ['The sky is blue.', 'Grass is green.', 'Snow is white.'] },
    }),
  ),
  {
    kind: 'embeddings of few dimensions',
    how: 'embedMany',
    options: {
      model: 'amazon.titan-embed-text-v2:0',
      values: ['Snow is white.'],
      ...bedrockOptions({ dimensions: 256 }),
    },
  },
  ...['cohere.rerank-v3-5:0', 'amazon.rerank-v1:0'].map(
    (model): ComparedCall => ({
      kind: `a ranking by ${model}`,
      how: 'rerank',
      options: {
        model,
        query: 'Why is the sky blue?',
        documents: ['Grass is green.', 'Air scatters blue light in the sky.', 'Snow is white.'],
        topN: 2,
      },
    }),
  ),
];

/** All calls. */
export const CALLS: readonly ComparedCall[] = [
  ...Object.entries(KINDS).flatMap(([kind, call]) =>
    Object.entries(MODELS).map(
      ([name, model]): ComparedCall => ({
        ...call,
        kind: `${kind}: ${name}`,
        options: { model, ...call.options },
      }),
    ),
  ),
  ...ONCE,
];
