import type { Shape, ValueOf } from './shape.js';

// Shapes of the request bodies, as they are on the wire, with bytes as base64. Limits: the service model of Bedrock Runtime.

const text = { kind: 'string' } as const;
const filled = { kind: 'string', min: 1 } as const;
const any = { kind: 'any' } as const;
const object = { kind: 'object' } as const;

function list<Of extends Shape>(of: Of, min?: number, max?: number) {
  return { kind: 'list', of, min, max } as const;
}

function struct<
  Members extends Record<string, Shape>,
  const Required extends readonly (keyof Members & string)[],
>(members: Members, ...required: Required) {
  return { kind: 'struct', members, required } as const;
}

function oneOf(...values: string[]) {
  return { kind: 'string', values } as const;
}

const source = struct({
  bytes: text,
  s3Location: struct({ uri: text }, 'uri'),
  text: filled,
  content: list(struct({ text })),
});

const image = struct({ format: oneOf('png', 'jpeg', 'gif', 'webp'), source }, 'format', 'source');
const document = struct(
  {
    format: oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: { kind: 'string', min: 1, max: 200 },
    source,
    citations: struct({ enabled: { kind: 'boolean' } }, 'enabled'),
  },
  'name',
  'source',
);
const video = struct(
  { format: oneOf('mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'), source },
  'format',
  'source',
);
const audio = struct({ format: text, source }, 'format', 'source');

const toolName = { kind: 'string', min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ } as const;
const toolUseId = { kind: 'string', min: 1, max: 64, pattern: /^[a-zA-Z0-9_.:-]+$/ } as const;
const cachePoint = struct({ type: oneOf('default'), ttl: oneOf('5m', '1h') }, 'type');

const guardContent = struct({
  text: struct({ text, qualifiers: list(oneOf('grounding_source', 'query', 'guard_content')) }, 'text'),
  image: struct({ format: oneOf('png', 'jpeg'), source }, 'format', 'source'),
});

const toolResult = struct(
  {
    toolUseId,
    content: list(struct({ json: any, text, image, document, video, searchResult: object })),
    status: oneOf('success', 'error'),
  },
  'toolUseId',
  'content',
);

const block = struct({
  text,
  image,
  document,
  video,
  audio,
  toolUse: struct({ toolUseId, name: toolName, input: any }, 'toolUseId', 'name', 'input'),
  toolResult,
  guardContent,
  cachePoint,
  reasoningContent: struct({
    reasoningText: struct({ text, signature: text }, 'text'),
    redactedContent: text,
  }),
  citationsContent: struct({ content: list(struct({ text })) }),
  searchResult: object,
});

const tool = struct({
  toolSpec: struct(
    {
      name: toolName,
      description: filled,
      inputSchema: struct({ json: object }),
      strict: { kind: 'boolean' },
    },
    'name',
    'inputSchema',
  ),
  systemTool: struct({ name: toolName }, 'name'),
  cachePoint,
});

const conversation = {
  messages: list(
    struct({ role: oneOf('user', 'assistant', 'system'), content: list(block) }, 'role', 'content'),
  ),
  system: list(struct({ text: filled, guardContent, cachePoint })),
  toolConfig: struct(
    {
      tools: list(tool, 1),
      toolChoice: struct({ auto: any, any, tool: struct({ name: toolName }, 'name') }),
    },
    'tools',
  ),
  additionalModelRequestFields: object,
};

/** Body of Converse and ConverseStream. */
export const CONVERSE = struct({
  ...conversation,
  inferenceConfig: struct({
    maxTokens: { kind: 'number', integer: true, min: 1 },
    temperature: { kind: 'number', min: 0, max: 1 },
    topP: { kind: 'number', min: 0, max: 1 },
    stopSequences: list(filled, 0, 2500),
  }),
  guardrailConfig: struct({
    guardrailIdentifier: {
      kind: 'string',
      max: 2048,
      pattern: /^(([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+))?$/,
    },
    guardrailVersion: { kind: 'string', pattern: /^(([1-9][0-9]{0,7})|(DRAFT))?$/ },
    trace: oneOf('enabled', 'disabled', 'enabled_full'),
    streamProcessingMode: oneOf('sync', 'async'),
  }),
  additionalModelResponseFieldPaths: list({ kind: 'string', min: 1, max: 256 }, 0, 10),
  promptVariables: { kind: 'map', of: struct({ text }) },
  requestMetadata: {
    kind: 'map',
    keys: { kind: 'string', min: 1, max: 256, pattern: /^[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}$/ },
    of: { kind: 'string', max: 256, pattern: /^[a-zA-Z0-9\s:_@$#=/+,-.]{0,256}$/ },
    max: 16,
  },
  performanceConfig: struct({ latency: oneOf('standard', 'optimized') }),
  serviceTier: struct({ type: oneOf('priority', 'default', 'flex', 'reserved') }, 'type'),
  outputConfig: struct({
    textFormat: struct({ structure: struct({ jsonSchema: struct({ schema: text }, 'schema') }) }),
  }),
});

/** Body of CountTokens. */
export const COUNT_TOKENS = struct(
  { input: struct({ converse: struct(conversation), invokeModel: struct({ body: text }, 'body') }) },
  'input',
);

/** Body of Converse and ConverseStream. */
export type ConverseBody = ValueOf<typeof CONVERSE>;

/** One turn of the conversation. */
export type Message = NonNullable<ConverseBody['messages']>[number];

/** A block of content: one of the members is set. */
export type Block = ValueOf<typeof block>;

/** An image, video, audio or document. */
export type Media = Pick<ValueOf<typeof document>, 'source' | 'format' | 'citations'> & { name?: string };

/** The result of a tool. */
export type ToolResult = ValueOf<typeof toolResult>;

/** A tool that the model may call. */
export type ToolSpec = NonNullable<ValueOf<typeof tool>['toolSpec']>;

/** What a guardrail is to do. */
export type GuardrailConfig = NonNullable<ConverseBody['guardrailConfig']>;

/** Body of CountTokens. */
export type CountTokensBody = ValueOf<typeof COUNT_TOKENS>;
