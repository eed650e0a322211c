import type { Refusal } from './refusal.js';

const NOVA = 'amazon.nova-pro-v1:0';
const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const READ = '2026-11-29';
const API = 'https://docs.aws.amazon.com/bedrock/latest/APIReference';
const text = { text: 'Hi' };
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });

const OF_METADATA_VALUES =
  /^1 validation error detected: Value '.*' at 'requestMetadata' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: \[a-zA-Z0-9\\s:_@\$#=\/\+,-\.\]\{0,256\}\]$/;

/** A member of the wrong type, which the service's model says; no one has recorded the refusal. */
const wrongType = (what: string, body: object, message: string, client: Refusal['client'], advice?: RegExp) =>
  ({
    what,
    modelId: NOVA,
    body,
    exception: 'SerializationException',
    message,
    source: `not recorded: the types of ${API}/API_runtime_Converse.html`,
    read: READ,
    client,
    ...(advice && { advice }),
  }) as const;

export const MESSAGE_REFUSALS: readonly Refusal[] = [
  {
    what: 'a request without messages',
    modelId: NOVA,
    body: { messages: [] },
    message: 'The messages field is empty. Add a user message to the messages field and try again.',
    source: `not recorded: ${API}/API_runtime_Converse.html`,
    read: READ,
    client: 'says what to do',
    advice: /^The request has no messages\. Pass prompt/,
  },
  {
    what: "a conversation that begins with the assistant's words",
    modelId: NOVA,
    body: { messages: [assistant({ text: 'Hello.' }), user(text)] },
    message:
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    source: 'https://github.com/strands-agents/sdk-typescript/issues/727',
    read: READ,
    client: 'repairs',
  },
  {
    what: 'two messages with the same role in a row',
    modelId: CLAUDE,
    body: { messages: [user(text), user(text)] },
    message:
      'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user ' +
      'and assistant roles and try again.',
    source: 'https://github.com/langgenius/dify/issues/9294',
    read: READ,
    client: 'repairs',
  },
  {
    what: 'a message without content',
    modelId: 'anthropic.claude-opus-4-8',
    body: { messages: [user(text), assistant(), user(text)] },
    message:
      'The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again.',
    source:
      'https://github.com/theopenco/llmgateway/pull/3127, https://github.com/earendil-works/pi/pull/3443',
    read: READ,
    client: 'repairs',
  },
  {
    what: 'a blank text',
    modelId: CLAUDE,
    body: { messages: [user({ text: ' ' }, text)] },
    message:
      'The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.',
    source: 'https://github.com/aws-samples/bedrock-engineer/issues/8',
    read: READ,
    client: 'repairs',
  },
  {
    what: 'a blank text for the guardrail to read',
    modelId: CLAUDE,
    body: {
      messages: [user({ guardContent: { text: { text: ' ', qualifiers: ['grounding_source'] } } }, text)],
    },
    message:
      'The text field in the GuardrailConverseContentBlock object at messages.0.content.0 is blank. ' +
      'Add text to the text field, and try again.',
    source: 'not recorded in its words: https://github.com/aws-samples/bedrock-chat/issues/637',
    read: READ,
    client: 'repairs',
  },
  {
    what: 'a block with two members',
    modelId: NOVA,
    body: { messages: [user({ text: 'Hi', cachePoint: { type: 'default' } })] },
    message:
      'The ContentBlock object at messages.0.content.0 must have exactly one member, and has text, cachePoint.',
    source: `not recorded: ${API}/API_runtime_ContentBlock.html is a union`,
    read: READ,
    client: 'says what to do',
    advice: /^messages\.0\.content\.0 has text and cachePoint\. Pass one of/,
  },
  {
    what: 'half of a surrogate pair',
    modelId: NOVA,
    body: { messages: [user({ text: 'cut \ud83d' })] },
    message:
      'The text at messages.0.content.0.text holds half of a surrogate pair, which is not a character.',
    source: 'not recorded: https://www.rfc-editor.org/rfc/rfc8259, section 8.2',
    read: READ,
    client: 'repairs',
  },
  wrongType(
    'a text that is a number',
    { messages: [user({ text: 5 })] },
    'NUMBER_VALUE can not be converted to a String',
    'says what to do',
    /^messages\.0\.content\.0\.text is 5\. Pass/,
  ),
  wrongType(
    'an output limit that is a string',
    { messages: [user(text)], inferenceConfig: { maxTokens: '5' } },
    'STRING_VALUE can not be converted to a Integer',
    'says what to do',
    /^inferenceConfig\.maxTokens is/,
  ),
  wrongType(
    'a string as the member strict',
    {
      messages: [user(text)],
      toolConfig: {
        tools: [{ toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } }, strict: 'yes' } }],
      },
    },
    'STRING_VALUE can not be converted to a Boolean',
    'says what to do',
    /^toolConfig\.tools\.0\.toolSpec\.strict is/,
  ),
  wrongType(
    'messages that are an object',
    { messages: {} },
    'START_OBJECT can not be converted to a List',
    'says what to do',
    /^messages is an object\. Pass/,
  ),
  wrongType(
    'metadata that is a list',
    { messages: [user(text)], requestMetadata: [] },
    'START_ARRAY can not be converted to a Map',
    'says what to do',
    /^requestMetadata is an array\. Pass/,
  ),
  wrongType(
    'additional model fields that are a string',
    { messages: [user(text)], additionalModelRequestFields: 'top_k' },
    'STRING_VALUE can not be converted to a Map',
    'cannot help',
  ),
  wrongType(
    'a configuration that is a string',
    { messages: [user(text)], inferenceConfig: 'short' },
    'STRING_VALUE can not be converted to a Structure',
    'says what to do',
    /^inferenceConfig is a string\. Pass/,
  ),
  {
    what: 'a metadata value that is too long',
    modelId: NOVA,
    body: { messages: [user(text)], requestMetadata: { team: 'x'.repeat(257) } },
    message: OF_METADATA_VALUES,
    source: `not recorded for a length: the limits of ${API}/API_runtime_Converse.html, in the words of the next row`,
    read: READ,
    client: 'cannot help',
  },
  {
    what: 'JSON in a metadata value, such as the user id that Claude Code sends',
    modelId: NOVA,
    body: { messages: [user(text)], requestMetadata: { user_id: '{"device_id":"704cb53c"}' } },
    message: OF_METADATA_VALUES,
    source: 'https://github.com/agentgateway/agentgateway/issues/1739, which shortens the limits',
    read: '2026-11-29',
    client: 'cannot help',
  },
  {
    what: 'a metadata key that is not allowed',
    modelId: NOVA,
    body: { messages: [user(text)], requestMetadata: { 'a"b': 'x' } },
    message:
      /^1 validation error detected: Value '.*' at 'requestMetadata' failed to satisfy constraint: Map keys must satisfy constraint: \[.*\]$/,
    source: `not recorded for keys: ${API}/API_runtime_Converse.html`,
    read: '2026-11-29',
    client: 'cannot help',
  },
  {
    what: 'a guardrail without a version',
    modelId: NOVA,
    body: { messages: [user(text)], guardrailConfig: { guardrailIdentifier: 'abc' } },
    message:
      'The guardrailConfig field needs guardrailIdentifier and guardrailVersion; guardrailVersion is missing.',
    source: `not recorded: ${API}/API_runtime_GuardrailConfiguration.html`,
    read: READ,
    client: 'says what to do',
    advice: /^guardrailConfig needs both/,
  },
  {
    what: 'a stream from a model that does not stream',
    modelId: 'openai.gpt-oss-120b-1:0',
    model: { responseStreamingSupported: false },
    only: 'converse-stream',
    body: { messages: [user(text)] },
    message: 'The model is unsupported for streaming.',
    source: 'https://github.com/aws-samples/amazon-bedrock-client-for-mac/issues/112',
    read: READ,
    client: 'repairs',
  },
  ...[
    ['mistral.mistral-7b-instruct-v0:2', '567-labs/instructor/issues/1753'],
    ['mistral.mixtral-8x7b-instruct-v0:1', 'stdapi-ai/stdapi.ai (tests/probes/results, live, us-east-1)'],
    ['amazon.titan-text-express-v1', 'Mintplex-Labs/anything-llm/issues/2486'],
  ].map(
    ([modelId = '', source = '']): Refusal => ({
      what: 'a system prompt, for a model that does not support one',
      modelId,
      body: { system: [text], messages: [user(text)] },
      message:
        "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
      source: `https://github.com/${source}`,
      read: READ,
      client: 'adapts',
    }),
  ),
];
