import type { Refusal } from './refusal.js';

const tools = [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }];
const asked = [
  { role: 'user', content: [{ text: 'Hi' }] },
  { role: 'assistant', content: [{ toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } }] },
];

const API = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime';
const BIFROST = 'https://github.com/maximhq/bifrost/issues/1720';
const hi = [{ role: 'user', content: [{ text: 'Hi' }] }];
const plainTool = tools[0];
const choice = {
  type: 'object',
  properties: { pid: { type: 'integer' }, profile: { type: 'string' } },
  anyOf: [
    { required: ['pid'] },
    { properties: { allow_launch: { const: true } }, required: ['allow_launch', 'profile'] },
  ],
};
const defined = {
  type: 'object',
  definitions: { Zone: { type: 'string', enum: ['utc', 'local'] } },
  properties: { timezone: { $ref: '#/definitions/Zone' } },
  required: ['timezone'],
};

/** A tool use with this result, and what else is in the message with the result. */
function answered(content: object, ...beside: object[]): object {
  const toolUse = { toolUseId: 'tooluse_abcdef', name: 'look_up', input: {} };
  return {
    messages: [
      ...hi,
      { role: 'assistant', content: [{ toolUse }] },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: toolUse.toolUseId, content: [content] } }, ...beside],
      },
    ],
    toolConfig: { tools },
  };
}

/** The words as models gave them. */
const RECORDED =
  'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results, live, us-east-1), https://github.com/langchain-ai/langchain-aws/issues/447';

/** AWS's table says which models do not support tools; the words are those of the others. */
const FEATURES =
  'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html';

export const TOOL_REFUSALS: readonly Refusal[] = [
  ...['us.meta.llama4-maverick-17b-instruct-v1:0', 'mistral.mistral-large-2407-v1:0'].map(
    (modelId): Refusal => ({
      what: 'tools in a streaming request',
      modelId,
      only: 'converse-stream',
      body: { messages: hi, toolConfig: { tools } },
      message: "This model doesn't support tool use in streaming mode.",
      source:
        'https://github.com/earendil-works/pi/issues/3739, https://github.com/vercel-labs/fx/issues/900',
      read: '2026-11-29',
      client: 'repairs',
    }),
  ),
  {
    what: 'tools in a streaming request, for a model that does not support tools',
    modelId: 'us.deepseek.r1-v1:0',
    only: 'converse-stream',
    body: { messages: hi, toolConfig: { tools } },
    message: "This model doesn't support tool use in streaming mode.",
    source: 'https://github.com/danny-avila/LibreChat/issues/6351',
    read: '2026-11-29',
    client: 'says what to do',
    advice: /^This model doesn't support tool use\. .*us\.deepseek\.r1-v1:0/,
  },
  ...[
    ['us.deepseek.r1-v1:0', RECORDED],
    ['mistral.mistral-7b-instruct-v0:2', RECORDED],
    ['mistral.mixtral-8x7b-instruct-v0:1', RECORDED],
    ['meta.llama3-8b-instruct-v1:0', RECORDED],
    [
      'us.meta.llama3-2-3b-instruct-v1:0',
      `https://github.com/epam/ai-dial-adapter-bedrock/issues/181, ${FEATURES}`,
    ],
    ['amazon.titan-text-express-v1', FEATURES],
  ].map(
    ([modelId = '', source = '']): Refusal => ({
      what: 'tools',
      modelId,
      only: 'converse',
      body: { messages: hi, toolConfig: { tools } },
      message: "This model doesn't support tool use.",
      source,
      read: '2026-11-29',
      client: 'says what to do',
      advice: new RegExp(`^This model doesn't support tool use\\. .*${modelId}.* toolConfig`),
    }),
  ),
  ...[
    [
      'a space',
      'Account Number',
      'aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/709',
    ],
    ['brackets', 'filter[id]', 'beautyfree/appstore-connect-mcp/issues/2'],
    ['65 characters', 'x'.repeat(65), 'ComposioHQ/composio/pull/3067'],
  ].map(
    ([what = '', name = '', source = '']): Refusal => ({
      what: `a tool property with ${what} in its name`,
      modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
      body: {
        messages: hi,
        toolConfig: {
          tools: [
            plainTool,
            {
              toolSpec: {
                name: 'list_apps',
                inputSchema: { json: { type: 'object', properties: { limit: {}, [name]: {} } } },
              },
            },
          ],
        },
      },
      message:
        "The model returned the following errors: tools.1.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
      source: `https://github.com/${source}`,
      read: '2026-11-29',
      client: 'says what to do',
      advice: new RegExp(`\\. Rename ${JSON.stringify(name).replace(/[[\]]/g, '\\$&')} in list_apps\\.$`),
    }),
  ),
  {
    what: 'tool uses without results',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: { messages: [...asked, { role: 'user', content: [{ text: 'And?' }] }], toolConfig: { tools } },
    message: 'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1',
    source: 'https://github.com/agno-agi/agno/issues/6698',
    read: '2026-11-28',
    client: 'repairs with all',
  },
  {
    what: 'a failed tool result without content',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [
        ...asked,
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'tooluse_1', status: 'error', content: [] } }],
        },
      ],
      toolConfig: { tools },
    },
    message:
      'The content field at messages.2.content.0.toolResult cannot be empty when status value is error.',
    source: 'https://github.com/aws-samples/sample-multi-agent-orchestration-chat-on-agentcore/issues/15',
    read: '2026-11-28',
    client: 'repairs',
  },
  ...(
    [
      ['amazon.nova-micro-v1:0', 'stdapi-ai/stdapi.ai/issues/226'],
      ['nvidia.nemotron-nano-9b-v2', 'strands-agents/harness-sdk/issues/2122'],
    ] as const
  ).map(
    ([modelId, source]): Refusal => ({
      what: 'a tool result without content',
      modelId,
      body: {
        messages: [
          ...asked,
          { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [] } }] },
        ],
        toolConfig: { tools },
      },
      message: 'The content field at messages.2.content.0.toolResult is empty. Add content and try again.',
      source: `not recorded in its words: https://github.com/${source} (live)`,
      read: '2026-11-29',
      client: 'repairs',
    }),
  ),
  {
    what: 'a forced tool choice',
    modelId: 'anthropic.claude-opus-5-5',
    body: { messages: hi, toolConfig: { tools, toolChoice: { any: {} } } },
    message:
      'The model returned the following errors: tool_choice: type "tool" and "any" are not supported for this model.',
    source: 'https://github.com/run-llama/llama_index/issues/23207 (live, us-east-1)',
    read: '2026-11-28',
    client: 'repairs with all',
  },
  {
    what: 'a forced tool',
    modelId: 'anthropic.claude-fable-5-1',
    body: { messages: hi, toolConfig: { tools, toolChoice: { tool: { name: 'look_up' } } } },
    message:
      'The model returned the following errors: tool_choice: type "tool" and "any" are not supported for this model.',
    source: 'https://github.com/567-labs/instructor/issues/2681',
    read: '2026-11-28',
    client: 'adapts',
  },
  {
    what: 'a tool choice that names the only tool',
    modelId: 'mistral.mistral-large-2407-v1:0',
    body: { messages: hi, toolConfig: { tools, toolChoice: { tool: { name: 'look_up' } } } },
    message:
      "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try again.",
    source: 'https://github.com/vercel/ai/issues/4396 (the sentence, on another model); langchain-aws 1.7.3',
    read: '2026-11-28',
    client: 'repairs',
  },
  ...['anthropic.claude-opus-4-8', 'anthropic.claude-sonnet-5', 'anthropic.claude-opus-5-5'].map(
    (modelId): Refusal => ({
      what: 'a strict tool',
      modelId,
      body: { messages: hi, toolConfig: { tools: [{ toolSpec: { ...tools[0]?.toolSpec, strict: true } }] } },
      message:
        'The model returned the following errors: tools.0.custom.strict: Extra inputs are not permitted',
      source:
        'https://github.com/BerriAI/litellm/issues/33193, https://github.com/lobehub/lobehub/issues/19876',
      read: '2026-11-28',
      client: 'adapts',
    }),
  ),
  {
    what: 'a tool that is explicitly not strict',
    modelId: 'anthropic.claude-opus-4-7',
    body: { messages: hi, toolConfig: { tools: [{ toolSpec: { ...tools[0]?.toolSpec, strict: false } }] } },
    message: 'The model returned the following errors: tools.0.custom.strict: Extra inputs are not permitted',
    source: 'https://github.com/BerriAI/litellm/pull/35688',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'a schema whose root is a union',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: {
      messages: hi,
      toolConfig: { tools: [plainTool, { toolSpec: { name: 'open', inputSchema: { json: choice } } }] },
    },
    message:
      'The model returned the following errors: tools.1.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
    source: 'https://github.com/trycua/cua/issues/3303',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'a schema whose root is a union without a type',
    modelId: 'zai.glm-5',
    body: {
      messages: hi,
      toolConfig: { tools: [{ toolSpec: { name: 'open', inputSchema: { json: { oneOf: choice.anyOf } } } }] },
    },
    message:
      'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    source: 'https://github.com/earendil-works/pi/issues/8279',
    read: '2026-11-28',
    client: 'repairs',
  },
  ...(
    [
      ['null as properties', { properties: null }, '$.properties: null found, object expected', BIFROST],
      [
        'a list as properties',
        { properties: [], required: [] },
        '$.properties: array found, object expected',
        'https://github.com/aws/aws-sdk-php/issues/2962',
      ],
      [
        'null as the list of required members',
        { required: null },
        '$.required: null found, array expected',
        `not recorded for this member: ${BIFROST}, https://github.com/jwadow/kiro-gateway/pull/169`,
      ],
      [
        'a schema with a name as its $id',
        { $id: 'Policy Application Form' },
        '$.$id: does not match the uri-reference pattern',
        'aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws, a test of its tool schemas, ' +
          'https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/709',
      ],
    ] as const
  ).map(
    ([what, members, said, source]): Refusal => ({
      what,
      modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
      body: {
        messages: hi,
        toolConfig: {
          tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object', ...members } } } }],
        },
      },
      message: `The json schema definition at toolConfig.tools.0.toolSpec.inputSchema is invalid. Fix the following errors and try again: ${said}`,
      source,
      read: '2026-11-29',
      client: 'repairs',
    }),
  ),
  {
    what: 'definitions in a schema',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: hi,
      toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: defined } } }] },
    },
    message:
      'The model returned the following errors: Malformed input request: #/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [definitions] is not permitted, please reformat your input and try again.',
    source: 'https://github.com/zed-industries/zed/issues/28521',
    read: '2026-11-28',
    client: 'repairs',
  },
  ...[
    'qwen.qwen3-vl-235b-a22b',
    'openai.gpt-6-astra',
    'google.gemma-4-31b',
    'mistral.pixtral-large-2502-v1:0',
  ].map(
    (modelId): Refusal => ({
      what: 'an image in a tool result',
      modelId,
      body: answered({ image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } }),
      message: "This model doesn't support the image field for user messages. Remove image and try again.",
      source: 'https://github.com/anomalyco/opencode/pull/50272',
      read: '2026-11-28',
      client: 'repairs',
    }),
  ),
  ...['us.meta.llama4-maverick-17b-instruct-v1:0', 'mistral.pixtral-large-2502-v1:0'].map(
    (modelId): Refusal => ({
      what: 'text next to a tool result',
      modelId,
      body: answered({ text: 'found' }, { text: 'And now?' }),
      // Recorded for Claude; the report calls the wording the same, and misleading, for the others.
      message:
        /^The model returned the following errors: messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: tooluse_abcdef\. Each `tool_use` block must have a corresponding `tool_result` block in the next message\.$/,
      source: 'https://github.com/pydantic/pydantic-ai/pull/6098 (live, us-east-1)',
      read: '2026-11-28',
      client: 'repairs',
    }),
  ),
  ...[
    [
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: tooluse_1. Each `tool_use` block ' +
        'must have a corresponding `tool_result` block in the next message.',
      'https://github.com/BerriAI/litellm/issues/24361',
    ],
    [
      'anthropic.claude-opus-4-8',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
      'https://github.com/NousResearch/hermes-agent/issues/108200',
    ],
  ].map(
    ([modelId = '', sentence, source = '']): Refusal => ({
      what: 'text behind a tool use',
      modelId,
      body: {
        messages: [
          ...hi,
          {
            role: 'assistant',
            content: [
              { toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } },
              { text: 'I look it up.' },
            ],
          },
          {
            role: 'user',
            content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'found' }] } }],
          },
        ],
        toolConfig: { tools },
      },
      message: `The model returned the following errors: ${sentence}`,
      source,
      read: '2026-11-29',
      client: 'repairs',
    }),
  ),
  {
    what: 'text next to a tool use',
    modelId: 'us.meta.llama3-2-11b-instruct-v1:0',
    only: 'converse',
    body: {
      messages: [
        ...hi,
        {
          role: 'assistant',
          content: [
            { text: 'I look it up.' },
            { toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } },
          ],
        },
        { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'found' }] } }] },
      ],
      toolConfig: { tools },
    },
    message:
      'messages.1.content: Conversation blocks and tool use blocks cannot be provided in the same turn.',
    source: 'https://github.com/quarkiverse/quarkus-langchain4j/issues/1983',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'a document that is not a PDF next to a tool result',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: answered(
      { text: 'found' },
      { text: 'And this?' },
      { document: { format: 'csv', name: 'numbers', source: { bytes: 'MSwy' } } },
    ),
    message:
      /^The model returned the following errors: messages\.1: `tool_use` ids were found without `tool_result`/,
    source: 'https://github.com/pydantic/pydantic-ai/issues/6081',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'an id that is too short',
    modelId: 'mistral.pixtral-large-2502-v1:0',
    body: JSON.parse(JSON.stringify(answered({ text: 'found' })).replaceAll('tooluse_abcdef', 'a')) as object,
    message:
      'The model returned the following errors: Tool call id was a but must be a-z, A-Z, 0-9, with a length of 9.',
    source: 'https://github.com/anomalyco/opencode/pull/48843 (live, us-east-1)',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'the status of a tool result',
    modelId: 'writer.palmyra-x5-v1:0',
    body: JSON.parse(
      JSON.stringify(answered({ text: 'gone' })).replace(
        '"content":[{"text":"gone"}]',
        '$&,"status":"error"',
      ),
    ) as object,
    message: "This model doesn't support the status field. Remove status and try again.",
    source:
      'pydantic-ai, providers/bedrock.py (verified in us-east-1), https://github.com/pydantic/pydantic-ai',
    read: '2026-11-28',
    client: 'repairs',
  },
  {
    what: 'tool uses and results without tools',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: { messages: (answered({ text: 'found' }) as { messages: object[] }).messages },
    message: 'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    source: 'https://github.com/vxcontrol/pentagi/issues/160',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'two tools with the same name',
    modelId: 'amazon.nova-pro-v1:0',
    body: { messages: hi, toolConfig: { tools: [...tools, ...tools] } },
    message: 'The toolConfig field has more than one tool with the name look_up.',
    source: `not recorded: ${API}_ToolConfiguration.html`,
    read: '2026-11-29',
    client: 'cannot help',
  },
  {
    what: 'a tool choice that names an unknown tool',
    modelId: 'amazon.nova-pro-v1:0',
    body: { messages: hi, toolConfig: { tools, toolChoice: { tool: { name: 'open' } } } },
    message: 'The tool open in the toolChoice field is not among the tools of the toolConfig field.',
    source: `not recorded: ${API}_SpecificToolChoice.html`,
    read: '2026-11-29',
    client: 'cannot help',
  },
  {
    what: 'an input that is not an object',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [
        ...hi,
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'look_up', input: '{"a":' } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'found' }] } }] },
      ],
      toolConfig: { tools },
    },
    message:
      'The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again.',
    source: 'https://github.com/vercel/ai/pull/19023',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'JSON in a result that is an array',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: answered({ json: [1] }),
    message:
      'The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.',
    source: 'https://github.com/sigoden/aichat/pull/1550',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'a result without a tool use',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [
        ...hi,
        { role: 'assistant', content: [{ text: 'Hello.' }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'found' }] } }] },
      ],
      toolConfig: { tools },
    },
    message:
      'The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.',
    source: 'https://github.com/pydantic/pydantic-ai/issues/2327',
    read: '2026-11-29',
    client: 'repairs with all',
  },
  {
    what: 'two tool uses with the same id',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [
        ...hi,
        {
          role: 'assistant',
          content: ['a', 'a'].map((toolUseId) => ({ toolUse: { toolUseId, name: 'look_up', input: {} } })),
        },
        {
          role: 'user',
          content: ['a', 'a'].map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: 'x' }] } })),
        },
      ],
      toolConfig: { tools },
    },
    message: 'The toolUse blocks at messages.1.content contain duplicate Ids: a',
    source: `not recorded: ${API}_ToolUseBlock.html`,
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'an id with a dot',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: JSON.parse(
      JSON.stringify(answered({ text: 'found' })).replaceAll('tooluse_abcdef', 'functions.look_up:0'),
    ) as object,
    message:
      "The model returned the following errors: messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    source:
      'not recorded here: the Messages API of Anthropic, https://platform.claude.com/docs/en/api/messages',
    read: '2026-11-29',
    client: 'repairs',
  },
  {
    what: 'an image in a failed result',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: JSON.parse(
      JSON.stringify(
        answered({ image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } }, { text: 'And now?' }),
      ).replace('"content":[{"image"', '"status":"error",$&'),
    ) as object,
    message:
      'The model returned the following errors: messages.2.content.0.tool_result: all content must be type `text` if `is_error` is true',
    source: 'https://github.com/can1357/oh-my-pi/issues/12809',
    read: '2026-11-29',
    client: 'repairs',
  },
];
