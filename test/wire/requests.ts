import type {
  CachePointBlock,
  Citation,
  CitationLocation,
  ContentBlock,
  ConverseStreamCommandInput,
  DocumentBlock,
  GuardrailConverseContentBlock,
  ImageBlock,
  Message,
  ReasoningContentBlock,
  S3Location,
  SearchResultBlock,
  SystemContentBlock,
  Tool,
  ToolResultBlock,
  VideoBlock,
} from '@aws-sdk/client-bedrock-runtime';
import fc, { type Arbitrary } from '../property.js';

/** Any Converse request that the AWS client's types allow: every kind of content, bytes at every place for bytes. */

type Document = Record<string, null | boolean | number | string | Document[] | string[] | number[]>;

const text = fc.string({ unit: 'binary', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 40 });
const count = fc.nat({ max: 1_000 });
const json = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .filter((object) => !JSON.stringify(object).includes('__proto__')) as Arbitrary<Document>;

/** An object whose members may each be left out, or be undefined, or be there. */
function some<T extends object>(members: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(members, { requiredKeys: [] }) as Arbitrary<T>;
}

/** An object of exactly one member, as the unions of AWS's types are. */
function one<T>(members: Record<string, Arbitrary<unknown>>): Arbitrary<T> {
  const kinds = Object.entries(members).map(([name, value]) => value.map((each) => ({ [name]: each })));
  return fc.oneof(...kinds) as Arbitrary<T>;
}

const s3Location: Arbitrary<S3Location> = some({
  uri: text,
  bucketOwner: fc.option(text, { nil: undefined }),
});
const source = <T>(): Arbitrary<T> => one<T>({ bytes, s3Location });
const cachePoint: Arbitrary<CachePointBlock> = fc.record(
  { type: fc.constant('default' as const), ttl: fc.constantFrom('5m' as const, '1h' as const) },
  { requiredKeys: ['type'] },
);
const citationsConfig = fc.record({ enabled: fc.boolean() });

const image: Arbitrary<ImageBlock> = fc.record({
  format: fc.constantFrom('png' as const, 'webp' as const),
  source: source(),
});
const video: Arbitrary<VideoBlock> = fc.record({
  format: fc.constantFrom('mp4' as const, 'mov' as const),
  source: source(),
});
const audio = fc.record({ format: fc.constantFrom('mp3', 'wav'), source: source() });
const document: Arbitrary<DocumentBlock> = fc.record(
  {
    format: fc.constantFrom('pdf' as const, 'md' as const),
    name: text,
    source: one<NonNullable<DocumentBlock['source']>>({
      bytes,
      s3Location,
      text,
      content: fc.array(fc.record({ text }), { maxLength: 2 }),
    }),
    context: text,
    citations: citationsConfig,
  },
  { requiredKeys: ['name', 'source'] },
);
const searchResult: Arbitrary<SearchResultBlock> = fc.record(
  {
    source: text,
    title: text,
    content: fc.array(fc.record({ text }), { maxLength: 2 }),
    citations: citationsConfig,
  },
  { requiredKeys: ['source', 'title', 'content'] },
);
const range = { start: count, end: count };
const location = one<CitationLocation>({
  web: some({ url: text, domain: text }),
  documentChar: some({ documentIndex: count, ...range }),
  documentPage: some({ documentIndex: count, ...range }),
  documentChunk: some({ documentIndex: count, ...range }),
  searchResultLocation: some({ searchResultIndex: count, ...range }),
});
const citation: Arbitrary<Citation> = some({
  title: text,
  source: text,
  sourceContent: fc.array(fc.record({ text }), { maxLength: 2 }),
  location,
});
const toolResult: Arbitrary<ToolResultBlock> = fc.record(
  {
    toolUseId: text,
    content: fc.array(
      one<NonNullable<ToolResultBlock['content']>[number]>({
        json,
        text,
        image,
        document,
        video,
        searchResult,
      }),
      {
        maxLength: 3,
      },
    ),
    status: fc.constantFrom('success' as const, 'error' as const),
    type: text,
  },
  { requiredKeys: ['toolUseId', 'content'] },
);
const guardContent = one<GuardrailConverseContentBlock>({
  text: fc.record(
    { text, qualifiers: fc.subarray(['grounding_source', 'query', 'guard_content']) },
    { requiredKeys: ['text'] },
  ),
  image: fc.record({ format: fc.constantFrom('png', 'jpeg'), source: fc.record({ bytes }) }),
});
const reasoningContent = one<ReasoningContentBlock>({
  reasoningText: fc.record({ text, signature: text }, { requiredKeys: ['text'] }),
  redactedContent: bytes,
});
const toolReference = fc.record({ tool: some({ type: text, name: text, serverName: text }) });

/** Content of a message, one arbitrary for each member of the union. */
export const CONTENT: { [K in keyof ContentBlock.Visitor<unknown>]: Arbitrary<unknown> } = {
  text,
  image,
  document,
  video,
  audio,
  toolUse: fc.record(
    { toolUseId: text, name: text, input: json, type: fc.constant('server_tool_use') },
    { requiredKeys: ['toolUseId', 'name', 'input'] },
  ),
  toolResult,
  guardContent,
  cachePoint,
  reasoningContent,
  citationsContent: some({
    content: fc.array(fc.record({ text }), { maxLength: 2 }),
    citations: fc.array(citation, { maxLength: 2 }),
  }),
  searchResult,
  toolAddition: toolReference,
  toolRemoval: toolReference,
  _: fc.constant(undefined),
};

const { _: _unknown, ...content } = CONTENT;
const message: Arbitrary<Message> = fc.record({
  role: fc.constantFrom('user' as const, 'assistant' as const),
  content: fc.array(one<ContentBlock>(content), { maxLength: 4 }),
});
const tool = one<Tool>({
  toolSpec: fc.record(
    { name: text, description: text, inputSchema: fc.record({ json }), strict: fc.boolean() },
    { requiredKeys: ['name', 'inputSchema'] },
  ),
  systemTool: fc.record({ name: text }),
  cachePoint,
});

/** Every member of a ConverseStream request but its model. */
export const converseRequest: Arbitrary<Omit<ConverseStreamCommandInput, 'modelId'>> = some({
  messages: fc.array(message, { maxLength: 4 }),
  system: fc.array(one<SystemContentBlock>({ text, guardContent, cachePoint }), { maxLength: 3 }),
  inferenceConfig: some({
    maxTokens: count,
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    topP: fc.double({ min: 0, max: 1, noNaN: true }),
    stopSequences: fc.array(text, { maxLength: 3 }),
  }),
  toolConfig: fc.record(
    {
      tools: fc.array(tool, { maxLength: 3 }),
      toolChoice: one({ auto: fc.constant({}), any: fc.constant({}), tool: fc.record({ name: text }) }),
    },
    { requiredKeys: ['tools'] },
  ) as Arbitrary<ConverseStreamCommandInput['toolConfig']>,
  guardrailConfig: some({
    guardrailIdentifier: text,
    guardrailVersion: text,
    trace: fc.constantFrom('enabled' as const, 'enabled_full' as const),
    streamProcessingMode: fc.constantFrom('sync' as const, 'async' as const),
  }),
  additionalModelRequestFields: json,
  promptVariables: fc.dictionary(text, fc.record({ text }), { maxKeys: 3 }) as Arbitrary<
    ConverseStreamCommandInput['promptVariables']
  >,
  additionalModelResponseFieldPaths: fc.array(text, { maxLength: 2 }),
  requestMetadata: fc.dictionary(text, text, { maxKeys: 3 }),
  performanceConfig: some({ latency: fc.constantFrom('standard' as const, 'optimized' as const) }),
  serviceTier: fc.record({ type: fc.constantFrom('priority' as const, 'flex' as const) }),
  outputConfig: some({
    effort: text,
    textFormat: fc.record({
      type: fc.constant('json_schema' as const),
      structure: fc.record({
        jsonSchema: fc.record({ schema: text, name: text, description: text }, { requiredKeys: ['schema'] }),
      }),
    }),
  }),
}) as Arbitrary<Omit<ConverseStreamCommandInput, 'modelId'>>;
