/** A request of InvokeModel that the service refuses, in its own words. */
export interface InvokeRefusal {
  what: string;
  modelId: string;
  /** An object, or a text as it is. */
  body: unknown;
  headers?: Record<string, string>;
  contentType?: string;
  operation?: 'invoke' | 'invoke-with-response-stream' | 'converse';
  /** Default: 400. */
  status?: number;
  /** Default: `ValidationException`. */
  exception?: string;
  message: string;
  /** Where the sentence was read, and when; or that it was not recorded, and what it is worded after. */
  source: string;
}

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const LLAMA = 'meta.llama3-8b-instruct-v1:0';
const ENGLISH = 'cohere.embed-english-v3';
const messages = [{ role: 'user', content: 'Hi' }];
const hi = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 10, messages };
const without = (name: keyof typeof hi) => ({ ...hi, [name]: undefined });
const again = 'please reformat your input and try again.';
const guardrail = { 'x-amzn-bedrock-guardrailidentifier': 'localguardrail' };

const VERSION = 'https://github.com/QuantumNous/new-api/issues/3339, 2026-11-28';
const KEYS = 'https://github.com/promptfoo/promptfoo/issues/921, 2026-11-28';
const LENGTHS = 'https://github.com/ScrapeGraphAI/Scrapegraph-ai/issues/400, 2026-11-28';
const AS_OTHERS = 'not recorded; worded as the sentences that were, by the same validator';
const ANTHROPIC =
  "not recorded with Bedrock; Anthropic's own words, https://github.com/browser-use/browser-use/issues/988 has an older form";
const GUARDRAIL = 'not recorded; botocore 1.43.67 says when, not in what words';

export const INVOKE_REFUSALS: readonly InvokeRefusal[] = [
  {
    what: 'a body that is not JSON',
    modelId: CLAUDE,
    body: '{"messages":',
    message: `Malformed input request, ${again}`,
    source: 'https://github.com/newrelic/newrelic-python-agent (tests/external_botocore), 2026-11-28',
  },
  {
    what: 'no body',
    modelId: LLAMA,
    body: '',
    message: `Malformed input request, ${again}`,
    source: 'not recorded; as a body that is not JSON',
  },
  {
    what: 'no anthropic_version',
    modelId: CLAUDE,
    body: without('anthropic_version'),
    message: 'anthropic_version: Field required',
    source: VERSION,
  },
  {
    what: 'no max_tokens',
    modelId: CLAUDE,
    body: without('max_tokens'),
    message: 'max_tokens: Field required',
    source: `not recorded; as ${VERSION}`,
  },
  {
    what: 'no messages',
    modelId: CLAUDE,
    body: without('messages'),
    message: 'messages: Field required',
    source: `not recorded; as ${VERSION}`,
  },
  {
    what: 'the id in the body',
    modelId: CLAUDE,
    body: { ...hi, model: 'claude' },
    message: 'model: Extra inputs are not permitted',
    source:
      'not recorded word for word; gateways quote "Extra inputs are not permitted" for model and stream, 2026-11-28',
  },
  {
    what: 'another API version',
    modelId: CLAUDE,
    body: { ...hi, anthropic_version: 'claude-3' },
    message: 'Invalid API version: claude-3',
    source: 'https://github.com/boto/boto3/issues/4218, 2026-11-28',
  },
  {
    what: 'a version of the API of Anthropic',
    modelId: CLAUDE,
    body: { ...hi, anthropic_version: '2026-10-21' },
    message: 'Invalid API version: 2026-10-21',
    source: 'not recorded; "Versions" of Anthropic has it for Claude 4.7 and newer on Bedrock, 2026-11-28',
  },
  {
    what: 'the role system',
    modelId: CLAUDE,
    body: { ...hi, messages: [...messages, { role: 'system', content: 'Be brief.' }] },
    message: "messages.1: role 'system' is not supported on this model",
    source: 'https://github.com/BerriAI/litellm/pull/32831, 2026-11-28',
  },
  {
    what: 'the assistant first',
    modelId: CLAUDE,
    body: { ...hi, messages: [{ role: 'assistant', content: 'Hi' }] },
    message: 'messages: first message must use the "user" role',
    source: ANTHROPIC,
  },
  {
    what: 'an empty text',
    modelId: CLAUDE,
    body: { ...hi, messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
    message: 'messages: text content blocks must be non-empty',
    source: ANTHROPIC,
  },
  {
    what: 'a tool use without its result',
    modelId: CLAUDE,
    body: {
      ...hi,
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      messages: [
        ...messages,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
        { role: 'user', content: 'And?' },
      ],
    },
    message:
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each `tool_use` block ' +
      'must have a corresponding `tool_result` block in the next message.',
    source: ANTHROPIC,
  },
  {
    what: 'temperature and top_p',
    modelId: CLAUDE,
    body: { ...hi, temperature: 0.5, top_p: 0.5 },
    message: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    source: 'as Converse passes it on, test/local/check/quirks.test.ts',
  },
  {
    what: "Titan's body for Cohere",
    modelId: ENGLISH,
    body: { inputText: 'Hi' },
    message: `Malformed input request: #: required key [texts] not found#: required key [input_type] not found#: extraneous key [inputText] is not permitted, ${again}`,
    source: KEYS,
  },
  {
    what: 'no input_type',
    modelId: ENGLISH,
    body: { texts: ['Hi'] },
    message: `Malformed input request: #: required key [input_type] not found, ${again}`,
    source: KEYS,
  },
  {
    what: 'a long text',
    modelId: ENGLISH,
    body: { texts: ['x'.repeat(2049)], input_type: 'clustering' },
    message: `Malformed input request: #/texts/0: expected maxLength: 2048, actual: 2049, ${again}`,
    source: LENGTHS,
  },
  {
    what: '97 texts',
    modelId: ENGLISH,
    body: { texts: Array.from({ length: 97 }, () => 'Hi'), input_type: 'clustering' },
    message: `Malformed input request: #/texts: expected maximum item count: 96, found: 97, ${again}`,
    source: AS_OTHERS,
  },
  {
    what: 'another input_type',
    modelId: 'us.cohere.embed-v4:0',
    body: { texts: ['Hi'], input_type: 'query' },
    message: `Malformed input request: #/input_type: query is not a valid enum value, ${again}`,
    source: AS_OTHERS,
  },
  {
    what: 'dimensions that Titan lacks',
    modelId: 'amazon.titan-embed-text-v2:0',
    body: { inputText: 'Hi', dimensions: 384 },
    message: `Malformed input request: #/dimensions: 384 is not a valid enum value, ${again}`,
    source: AS_OTHERS,
  },
  {
    what: 'dimensions for the first Titan',
    modelId: 'amazon.titan-embed-text-v1',
    body: { inputText: 'Hi', dimensions: 256 },
    message: `Malformed input request: #: extraneous key [dimensions] is not permitted, ${again}`,
    source: KEYS,
  },
  {
    what: 'no purpose for Nova',
    modelId: 'amazon.nova-2-multimodal-embeddings-v1:0',
    body: {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: { text: { truncationMode: 'END', value: 'Hi' } },
    },
    message: `Malformed input request: #/singleEmbeddingParams: required key [embeddingPurpose] not found, ${again}`,
    source: AS_OTHERS,
  },
  {
    what: 'a text for an embedding model',
    modelId: LLAMA,
    body: { inputText: 'Hi' },
    message: `Malformed input request: #: required key [prompt] not found#: extraneous key [inputText] is not permitted, ${again}`,
    source: KEYS,
  },
  {
    what: 'content as a text for Nova',
    modelId: 'amazon.nova-lite-v1:0',
    body: { messages },
    message: `Malformed input request: #/messages/0/content: expected type: JSONArray, found: String, ${again}`,
    source: 'a public write-up of errors with Nova Pro (no repository named by the index), 2026-11-28',
  },
  {
    what: 'no api_version for Cohere Rerank',
    modelId: 'cohere.rerank-v3-5:0',
    body: { query: 'Hi', documents: ['Hi'] },
    message: `Malformed input request: #: required key [api_version] not found, ${again}`,
    source: AS_OTHERS,
  },
  {
    what: 'an unknown model',
    modelId: 'acme.none-v1:0',
    body: hi,
    message: 'The provided model identifier is invalid.',
    source: 'https://github.com/Arize-ai/openinference, recorded 2025',
  },
  {
    what: 'a model without its profile',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: hi,
    message:
      'Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn’t supported. Retry your ' +
      'request with the ID or ARN of an inference profile that contains this model.',
    source: 'as with Converse, test/local/check/validate.test.ts',
  },
  {
    what: 'a stream of embeddings',
    modelId: 'amazon.titan-embed-text-v2:0',
    body: { inputText: 'Hi' },
    operation: 'invoke-with-response-stream',
    message: 'The model is unsupported for streaming.',
    source: 'as with Converse, test/local/check/validate.test.ts',
  },
  {
    what: 'Converse with an embedding model',
    modelId: 'us.cohere.embed-v4:0',
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
    operation: 'converse',
    message:
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    source: 'as with Converse, test/local/check/validate.test.ts',
  },
  {
    what: 'a guardrail without its version',
    modelId: CLAUDE,
    body: hi,
    headers: guardrail,
    message: 'A guardrailIdentifier needs a guardrailVersion. Provide one and try again.',
    source: GUARDRAIL,
  },
  {
    what: 'a guardrail for what is not JSON',
    modelId: CLAUDE,
    body: hi,
    headers: { ...guardrail, 'x-amzn-bedrock-guardrailversion': '1' },
    contentType: 'text/plain',
    message: 'A guardrail can be applied to the content type application/json only.',
    source: GUARDRAIL,
  },
  {
    what: 'settings for a guardrail that is not named',
    modelId: CLAUDE,
    body: { ...hi, 'amazon-bedrock-guardrailConfig': { tagSuffix: 'x' } },
    message:
      'The request body has amazon-bedrock-guardrailConfig, but the request names no guardrailIdentifier. Provide one, or remove the field.',
    source: GUARDRAIL,
  },
  {
    what: 'a guardrail that does not exist',
    modelId: CLAUDE,
    body: hi,
    headers: { 'x-amzn-bedrock-guardrailidentifier': 'none', 'x-amzn-bedrock-guardrailversion': '1' },
    message: 'The guardrail identifier or version provided in the request does not exist.',
    source: 'as with Converse',
  },
  {
    what: 'a body of 25,000,001 bytes',
    modelId: LLAMA,
    body: JSON.stringify({ prompt: 'x'.repeat(25_000_001 - 13) }),
    status: 413,
    exception: 'RequestEntityTooLargeException',
    message: 'The request body is too large.',
    source: 'limit: botocore 1.43.67, bedrock-runtime, Body; its words are not recorded',
  },
];
