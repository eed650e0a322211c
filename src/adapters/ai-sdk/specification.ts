/**
 * The AI SDK's interfaces for models, as far as this adapter reads and writes them: version 4, and what version 3 has instead. They
 * are written here so that nobody needs `@ai-sdk/provider` to compile. `test/real/ai-sdk` compares them with the real ones.
 *
 * Source: the declarations of @ai-sdk/provider 3.0.18 (V3) and 4.0.38 (V4), 2026-11-29.
 */

/** A JSON value; members of objects may be undefined. */
export type Json = null | string | number | boolean | Json[] | JsonMembers;

/** A JSON object. */
export interface JsonMembers {
  [name: string]: Json | undefined;
}

/** Options for providers, by the provider's name. */
export type ProviderOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a provider says besides the answer itself, by the provider's name. */
export type ProviderMetadata = Record<string, JsonMembers>;

/** Something in a call that was changed or left out. */
export type Warning =
  | { type: 'unsupported' | 'compatibility'; feature: string; details?: string }
  | { type: 'other'; message: string };

/** Bytes, base64, or an address of a file: tagged in version 4, bare in version 3. */
export type FileData =
  | { type: 'data'; data: Uint8Array | string }
  | { type: 'url'; url: URL; originalUrl?: string | undefined }
  | { type: 'reference'; reference: object }
  | { type: 'text'; text: string }
  | Uint8Array
  | string
  | URL;

interface Part {
  providerOptions?: ProviderOptions | undefined;
}

export interface TextPart extends Part {
  type: 'text';
  text: string;
}

export interface FilePart extends Part {
  type: 'file';
  data: FileData;
  /** A whole media type, or only its beginning, such as `image` or `image/*`. */
  mediaType: string;
  filename?: string | undefined;
  originalUrl?: string | undefined;
}

interface ReasoningPart extends Part {
  type: 'reasoning';
  text: string;
}

interface ToolCallPart extends Part {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  input: unknown;
  providerExecuted?: boolean | undefined;
}

export interface ToolResultPart extends Part {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output: ToolOutput;
}

/** A part that Converse has no block for. */
interface OtherPart extends Part {
  type: 'custom' | 'reasoning-file' | 'tool-approval-response' | 'tool-approval-request';
}

export type ToolOutput = Part &
  (
    | { type: 'text' | 'error-text'; value: string }
    | { type: 'json' | 'error-json'; value: unknown }
    | { type: 'execution-denied'; reason?: string | undefined }
    | { type: 'content'; value: readonly ToolOutputPart[] }
  );

/** Version 3 has a type for each kind of file where version 4 has only `file`. */
export type ToolOutputPart = Part &
  (
    | { type: 'text'; text: string }
    | { type: 'file'; data: FileData; mediaType: string; filename?: string | undefined }
    | { type: 'file-data' | 'image-data'; data: string; mediaType: string; filename?: string | undefined }
    | { type: 'file-url' | 'image-url'; url: string; mediaType?: string | undefined }
    | { type: 'file-id' | 'image-file-id' | 'custom' }
  );

export type AssistantPart = TextPart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart | OtherPart;

export type PromptMessage = Part &
  (
    | { role: 'system'; content: string }
    | { role: 'user'; content: readonly (TextPart | FilePart)[] }
    | { role: 'assistant'; content: readonly AssistantPart[] }
    | { role: 'tool'; content: readonly (ToolResultPart | OtherPart)[] }
  );

export interface FunctionTool extends Part {
  type: 'function';
  name: string;
  description?: string | undefined;
  inputSchema: object | boolean;
  strict?: boolean | undefined;
}

export interface ProviderTool {
  type: 'provider';
  id: `${string}.${string}`;
  name: string;
  args: Record<string, unknown>;
}

export type ToolChoice = { type: 'auto' | 'none' | 'required' } | { type: 'tool'; toolName: string };

/** How hard to reason; only version 4 has it. */
export type ReasoningLevel =
  | 'provider-default'
  | 'none'
  | 'minimal'
  | 'low'
  | 'medium'
  | 'high'
  | 'xhigh'
  | 'max';

export type ResponseFormat =
  | { type: 'text' }
  | {
      type: 'json';
      schema?: object | boolean | undefined;
      name?: string | undefined;
      description?: string | undefined;
    };

/** What a model is called with. */
export interface LanguageModelCall {
  prompt: readonly PromptMessage[];
  maxOutputTokens?: number | undefined;
  temperature?: number | undefined;
  stopSequences?: readonly string[] | undefined;
  topP?: number | undefined;
  topK?: number | undefined;
  presencePenalty?: number | undefined;
  frequencyPenalty?: number | undefined;
  responseFormat?: ResponseFormat | undefined;
  seed?: number | undefined;
  tools?: readonly (FunctionTool | ProviderTool)[] | undefined;
  toolChoice?: ToolChoice | undefined;
  includeRawChunks?: boolean | undefined;
  abortSignal?: AbortSignal | undefined;
  headers?: Record<string, string | undefined> | undefined;
  reasoning?: ReasoningLevel | undefined;
  providerOptions?: ProviderOptions | undefined;
}

interface WithMetadata {
  providerMetadata?: ProviderMetadata;
}

interface ToolCall extends WithMetadata {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  /** JSON, as the model wrote it. */
  input: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
}

export interface ToolResult extends WithMetadata {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  result: NonNullable<Json>;
  isError?: boolean;
  dynamic?: boolean;
}

export type Source = WithMetadata & { type: 'source'; id: string } & (
    | { sourceType: 'url'; url: string; title?: string }
    | { sourceType: 'document'; mediaType: string; title: string; filename?: string }
  );

/** A file that the model made. */
export interface GeneratedFile<Data = { type: 'data'; data: Uint8Array | string } | { type: 'url'; url: URL }>
  extends WithMetadata {
  type: 'file';
  mediaType: string;
  data: Data;
}

export type Content<File = GeneratedFile> =
  | (WithMetadata & { type: 'text' | 'reasoning'; text: string })
  | File
  | Source
  | ToolCall
  | ToolResult;

/** Why an answer ended; only version 4 has `interrupted`, for an answer that was cut. */
export interface FinishReason<Interrupted extends string = 'interrupted'> {
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other' | Interrupted;
  /** As the service says it. */
  raw: string | undefined;
}

export interface ModelUsage {
  inputTokens: {
    total: number | undefined;
    noCache: number | undefined;
    cacheRead: number | undefined;
    cacheWrite: number | undefined;
  };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  raw?: JsonMembers;
}

interface ResponseMetadata {
  id?: string;
  modelId?: string;
}

/** What `doGenerate()` of the AI SDK resolves to. */
export interface GenerateResult<Face extends Faces = V4> extends WithMetadata {
  content: Content<Face['file']>[];
  finishReason: Face['finishReason'];
  usage: ModelUsage;
  request: { body: unknown };
  response: ResponseMetadata & { headers?: Record<string, string>; body?: unknown };
  warnings: Warning[];
}

/** A part of a stream, as the AI SDK reads it. */
export type StreamPart<Face extends Faces = V4> =
  | (WithMetadata & { type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end'; id: string })
  | (WithMetadata & {
      type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta';
      id: string;
      delta: string;
    })
  | (WithMetadata & {
      type: 'tool-input-start';
      id: string;
      toolName: string;
      providerExecuted?: boolean;
      dynamic?: boolean;
    })
  | (WithMetadata & { type: 'tool-input-end'; id: string })
  | ToolCall
  | ToolResult
  | Face['file']
  | Source
  | { type: 'stream-start'; warnings: Warning[] }
  | ({ type: 'response-metadata' } & ResponseMetadata)
  | (WithMetadata & { type: 'finish'; usage: ModelUsage; finishReason: Face['finishReason'] })
  | { type: 'raw'; rawValue: unknown }
  | { type: 'error'; error: unknown };

/** What `doStream()` of the AI SDK resolves to. */
export interface StreamResult<Face extends Faces = V4> {
  stream: ReadableStream<StreamPart<Face>>;
  request: { body: unknown };
  response: { headers?: Record<string, string> };
}

/** What differs between the versions in what a model returns. */
interface Faces {
  file: GeneratedFile<unknown>;
  finishReason: FinishReason<string>;
  version: string;
}

interface V4 extends Faces {
  file: GeneratedFile;
  finishReason: FinishReason;
  version: 'v4';
}

export interface V3 extends Faces {
  file: GeneratedFile<string | Uint8Array>;
  finishReason: FinishReason<never>;
  version: 'v3';
}

/** A language model of the AI SDK. */
export interface LanguageModel<Face extends Faces = V4> {
  readonly specificationVersion: Face['version'];
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: Record<string, RegExp[]>;
  doGenerate(options: LanguageModelCall): Promise<GenerateResult<Face>>;
  doStream(options: LanguageModelCall): Promise<StreamResult<Face>>;
}

interface ServiceCall {
  abortSignal?: AbortSignal | undefined;
  providerOptions?: ProviderOptions | undefined;
  headers?: Record<string, string | undefined> | undefined;
}

export interface EmbeddingCall extends ServiceCall {
  values: string[];
}

/** An embedding model of the AI SDK. */
export interface EmbeddingModel<Face extends Faces = V4> {
  readonly specificationVersion: Face['version'];
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: number;
  readonly supportsParallelCalls: boolean;
  doEmbed(options: EmbeddingCall): Promise<{
    embeddings: number[][];
    usage?: { tokens: number };
    warnings: Warning[];
  }>;
}

export interface RerankingCall extends ServiceCall {
  documents: { type: 'text'; values: readonly string[] } | { type: 'object'; values: readonly object[] };
  query: string;
  topN?: number | undefined;
}

/** A reranking model of the AI SDK. */
export interface RerankingModel<Face extends Faces = V4> {
  readonly specificationVersion: Face['version'];
  readonly provider: string;
  readonly modelId: string;
  doRerank(options: RerankingCall): Promise<{
    ranking: { index: number; relevanceScore: number }[];
    warnings: Warning[];
    response: { id?: string; modelId: string };
  }>;
}
