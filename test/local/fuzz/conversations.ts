export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = { format: 'png', source: { bytes: PNG } };
const document = { format: 'txt', name: 'notes', source: { bytes: 'YQ==' }, citations: { enabled: true } };
const video = { format: 'mp4', source: { s3Location: { uri: 's3://bucket/video.mp4' } } };

const tools = [
  {
    toolSpec: {
      name: 'get_weather',
      description: 'Current weather in a city',
      inputSchema: {
        json: {
          type: 'object',
          $defs: { place: { type: 'string', examples: ['Oslo'] } },
          properties: {
            city: { $ref: '#/$defs/place' },
            unit: { enum: ['celsius', 'fahrenheit'] },
            days: { type: 'integer', minimum: 1, maximum: 7, multipleOf: 1 },
            hours: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'number' } },
            note: { anyOf: [{ type: 'null' }, { type: 'string', minLength: 2, format: 'date' }] },
            both: { allOf: [{ type: 'object', required: ['a'] }, { properties: { a: { const: 1 } } }] },
          },
          required: ['city', 'days', 'hours', 'note', 'both'],
        },
      },
    },
  },
  { cachePoint: { type: 'default' } },
];

/** Whole conversations, which between them hold every member that the service knows. */
export const CONVERSATIONS: readonly object[] = [
  {
    messages: [{ role: 'user', content: [{ text: 'How is the weather in Oslo, in celsius?' }] }],
    system: [{ text: 'Be short.' }, { guardContent: { text: { text: 'a', qualifiers: ['query'] } } }],
    inferenceConfig: { maxTokens: 50, temperature: 0.5, stopSequences: ['weather'] },
    toolConfig: { tools, toolChoice: { any: {} } },
    additionalModelRequestFields: { reasoning_effort: 'low' },
    additionalModelResponseFieldPaths: ['/stop_sequence'],
    requestMetadata: { a: 'b' },
    performanceConfig: { latency: 'standard' },
    serviceTier: { type: 'default' },
    promptVariables: { a: { text: 'b' } },
  },
  {
    messages: [
      {
        role: 'user',
        content: [{ document }, { text: 'a' }, { image }, { cachePoint: { type: 'default', ttl: '5m' } }],
      },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'b', signature: 'c' } } },
          { toolUse: { toolUseId: 'u1', name: 'get_weather', input: { city: 'Oslo' } } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            toolResult: {
              toolUseId: 'u1',
              content: [
                { text: 'rain' },
                { json: { a: [1, { b: null }] } },
                { document: { ...document, name: 'more notes' } },
                { searchResult: { title: 'a' } },
              ],
              status: 'success',
            },
          },
        ],
      },
    ],
    toolConfig: { tools, toolChoice: { auto: {} } },
  },
  {
    messages: [
      {
        role: 'user',
        content: [{ guardContent: { text: { text: 'swordfish' } } }, { text: 'b' }, { video }],
      },
    ],
    guardrailConfig: {
      guardrailIdentifier: 'localguardrail',
      guardrailVersion: 'DRAFT',
      trace: 'enabled_full',
      streamProcessingMode: 'async',
    },
    inferenceConfig: { maxTokens: 2000 },
    additionalModelRequestFields: { inferenceConfig: { topK: 20 } },
    outputConfig: {
      textFormat: {
        structure: {
          jsonSchema: { schema: '{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}' },
        },
      },
    },
  },
  {
    messages: [
      { role: 'user', content: [{ text: 'a' }] },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { redactedContent: 'AQID' } },
          { citationsContent: { content: [{ text: 'b' }], citations: [{ title: 'c' }] } },
        ],
      },
      { role: 'user', content: [{ searchResult: { title: 'a', content: [{ text: 'b' }] } }, { text: 'c' }] },
    ],
    inferenceConfig: { maxTokens: 2000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
  },
];

/** Models of different families. */
export const MODELS = [
  'amazon.nova-lite-v1:0',
  CLAUDE,
  'meta.llama3-8b-instruct-v1:0',
  'openai.gpt-oss-120b-1:0',
] as const;
