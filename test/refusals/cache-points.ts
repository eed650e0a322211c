import type { Refusal } from './refusal.js';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const point = { cachePoint: { type: 'default' } };
const point1h = { cachePoint: { type: 'default', ttl: '1h' } };
const text = { text: 'Hi' };
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const tool = { toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } };
const thought = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } };
const csv = { document: { format: 'csv', name: 'table', source: { bytes: 'YSxi' } } };

const nothing = {
  message: 'There is nothing available to cache. Please remove the invalid cache point and try again.',
  source: 'https://github.com/strands-agents/harness-sdk/pull/3677',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const reasoning = {
  message:
    'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
  source: 'https://github.com/anomalyco/opencode/issues/36517',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const document = {
  source:
    'https://github.com/strands-agents/harness-sdk/issues/1966, https://github.com/aws/aws-sdk-java-v2/issues/6277',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const tooMany = {
  message:
    'The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. Found 5.',
  source: 'https://github.com/BerriAI/litellm/issues/16062',
  read: '2026-11-28',
  client: 'repairs',
} as const;

const order = (path: string) =>
  ({
    message:
      `The model returned the following errors: ${path}.cache_control.ttl: a ttl='1h' cache_control block must not come ` +
      "after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, " +
      '`messages`.',
    source:
      'https://github.com/Portkey-AI/gateway/issues/1762, https://github.com/strands-agents/harness-sdk/issues/3758',
    read: '2026-11-28',
    client: 'repairs',
  }) as const;

export const CACHE_POINT_REFUSALS: readonly Refusal[] = [
  {
    what: 'a cache point at the beginning of a message',
    modelId: CLAUDE,
    body: { messages: [user(text), assistant(text), user(point, text)] },
    ...nothing,
  },
  {
    what: 'a cache point at the beginning of a message',
    modelId: NOVA,
    body: { messages: [user(point, text)] },
    ...nothing,
  },
  {
    what: 'a message with only a cache point',
    modelId: CLAUDE,
    body: { messages: [user(text), assistant(text), user(point)] },
    ...nothing,
    source: 'https://github.com/zed-industries/zed/pull/59436',
  },
  {
    what: 'a cache point at the beginning of the system prompt',
    modelId: CLAUDE,
    body: { system: [point, text], messages: [user(text)] },
    ...nothing,
  },
  {
    what: 'a cache point before the tools',
    modelId: CLAUDE,
    body: { messages: [user(text)], toolConfig: { tools: [point, tool] } },
    ...nothing,
  },
  {
    what: 'a cache point after reasoning',
    modelId: CLAUDE,
    body: { messages: [user(text), assistant(text, thought, point), user(text)] },
    ...reasoning,
  },
  {
    what: 'a cache point after reasoning at the beginning of a message',
    modelId: CLAUDE,
    body: { messages: [user(text), assistant(thought, point, text), user(text)] },
    ...reasoning,
  },
  {
    what: 'a cache point after a document that is not a PDF',
    modelId: CLAUDE,
    body: { messages: [user(text, csv, point)] },
    message: 'The model returned the following errors: messages.0.content.2.type: Field required',
    ...document,
  },
  {
    what: 'a cache point after such a document at the beginning of the message',
    modelId: CLAUDE,
    body: { messages: [user(csv, point, text)] },
    message: 'The model returned the following errors: messages.0.content.1.type: Field required',
    ...document,
  },
  {
    what: 'five cache points',
    modelId: CLAUDE,
    body: {
      system: [text, point],
      messages: [
        user(text, point),
        assistant(text, point),
        user(text, point),
        assistant(text),
        user(text, point),
      ],
    },
    ...tooMany,
  },
  {
    what: 'five cache points, most of them in the system prompt and the tools',
    modelId: CLAUDE,
    body: {
      system: [text, point, text, point, text, point],
      messages: [user(text, point)],
      toolConfig: { tools: [tool, point] },
    },
    ...tooMany,
  },
  {
    what: 'five cache points',
    modelId: NOVA,
    body: { messages: [user(text, point, text, point, text, point, text, point, text, point)] },
    ...tooMany,
    // The limit is documented; what Nova says is not recorded.
    message: 'The request has 5 cache points, and the model accepts 4. Remove some and try again.',
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html',
  },
  {
    what: 'a cache point of one hour in a message, after one of five minutes in the system prompt',
    modelId: CLAUDE,
    body: { system: [text, point], messages: [user(text), assistant(text), user(text, point1h)] },
    ...order('messages.2.content.0'),
  },
  {
    what: 'a cache point of one hour in the system prompt, after one of five minutes in the tools',
    modelId: CLAUDE,
    body: {
      system: [text, point1h],
      messages: [user(text, point1h)],
      toolConfig: { tools: [tool, { cachePoint: { type: 'default', ttl: '5m' } }] },
    },
    ...order('system.0'),
  },
  {
    what: 'a cache point of one hour after one of five minutes in the same message',
    modelId: CLAUDE,
    body: { messages: [user(text, point, text, point1h)] },
    ...order('messages.0.content.1'),
  },
  {
    what: 'a cache point for a model without prompt caching',
    modelId: 'us.meta.llama3-3-70b-instruct-v1:0',
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }] },
    status: 403,
    exception: 'AccessDeniedException',
    message:
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    source: 'https://github.com/strands-agents/harness-sdk/pull/1807',
    read: '2026-11-29',
    client: 'adapts',
  },
  {
    what: 'a cache point, if the model does not have the field',
    modelId: 'us.moonshotai.kimi-k3',
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }] },
    message:
      "This model doesn't support the cachePoint field for user messages. Remove cachePoint and try again.",
    source:
      'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results/moonshotai.kimi-k3.json, live, us-east-1)',
    read: '2026-11-29',
    client: 'adapts',
  },
  {
    what: 'a cache point in the tools of Nova',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      toolConfig: {
        tools: [
          { toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } },
          { cachePoint: { type: 'default' } },
        ],
      },
    },
    message:
      'The model returned the following errors: Malformed input request: #/toolConfig/tools/1: extraneous key [cachePoint] is not permitted, please reformat your input and try again.',
    source:
      'https://github.com/danny-avila/LibreChat/issues/13838, https://github.com/NousResearch/hermes-agent/pull/97327',
    read: '2026-11-29',
    client: 'adapts',
  },
  {
    what: 'a ttl on a cache point of Nova',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default', ttl: '1h' } }] }],
    },
    message: 'Extended TTL prompt caching is only supported for Anthropic models',
    source: 'https://github.com/maximhq/bifrost (core/providers/bedrock)',
    read: '2026-11-28',
    client: 'adapts',
  },
];
