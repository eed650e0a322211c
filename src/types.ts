import type {
  ContentBlockDelta,
  ContentBlockStart,
  ConversationRole,
  ConverseCommandInput,
  ConverseResponse,
  ConverseStreamCommandInput,
  ConverseTrace,
  CountTokensCommandInput,
  GuardrailStreamConfiguration,
  Message,
  PerformanceConfiguration,
  PromptVariableValues,
  ServiceTier,
  StopReason,
  TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import type { JsonObject, ToolUse } from './types/content.js';
import type { ConversationInput, CountConverseInput } from './types/conversation-input.js';
import type { KnownModelId } from './types/model-ids.js';

export type {
  JsonObject,
  JsonValue,
  TextInput,
  Tool,
  ToolConfiguration,
  ToolInputSchema,
  ToolSpecification,
  ToolUse,
} from './types/content.js';
export type { ContentBlockInput, ConversationInput, MessageInput } from './types/conversation-input.js';
export type { CatalogLookup, KnownFacts, Price, PriceTier, Rates } from './types/model-facts.js';
export type { KnownModelId } from './types/model-ids.js';
export type { ReasoningRule } from './types/model-quirks.js';

/** AWS access keys, in the shape of every AWS SDK v3 credential provider. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The third part of temporary credentials. Long-lived access keys have none. */
  readonly sessionToken?: string | undefined;
  /** When they expire. */
  readonly expiration?: Date | undefined;
  /** The account that they belong to, 12 digits. */
  readonly accountId?: string | undefined;
}

/** A Bedrock API key, in the shape of every AWS SDK v3 token provider. */
export interface BearerToken {
  readonly token: string;
  /** When it expires. */
  readonly expiration?: Date | undefined;
}

/** What a request is authorized with. */
export type Credentials = AwsCredentials | BearerToken;

/** Returns credentials. Every AWS SDK v3 credential provider and token provider works unchanged. */
export type CredentialProvider = () => PromiseLike<Credentials>;

/**
 * A key-value storage: `localStorage`, `sessionStorage`, unstorage and AsyncStorage work unchanged. Results may be
 * promises. `getItem` may return anything: its result is checked before it is used.
 */
export interface StorageLike {
  getItem(key: string): unknown;
  setItem(key: string, value: string): unknown;
  /** Without it, entries that have become useless stay. */
  removeItem?(key: string): unknown;
}

/**
 * Converse's own request: an AWS `ConverseStreamCommandInput` works unchanged. Strings may replace `{ text }`, and
 * `prompt` may replace `messages`.
 *
 * Known mistakes, such as `model`, `max_tokens` or an option, are `ERR_INPUT`. Other names that this version
 * does not know are sent unchanged, so that AWS's additions work immediately.
 */
export interface ConverseStreamRequest
  extends Omit<ConverseStreamCommandInput, 'guardrailConfig' | 'promptVariables' | keyof ConversationInput>,
    ConversationInput {
  /** The model or inference profile, by id or ARN. */
  modelId: KnownModelId | (string & {}) | undefined;
  /** `null` removes the guardrail that the options set. */
  guardrailConfig?: GuardrailStreamConfiguration | null | undefined;
  /** Values for the variables of a prompt from AWS's Prompt management, whose ARN is the `modelId`. */
  promptVariables?: Record<string, string | PromptVariableValues> | undefined;
}

/** Converse's own request: an AWS `ConverseCommandInput` works unchanged; for strings see {@link ConverseStreamRequest}. */
export interface ConverseRequest
  extends Omit<ConverseCommandInput, 'guardrailConfig' | 'promptVariables' | keyof ConversationInput>,
    ConversationInput {
  /** The model or inference profile, by id or ARN. */
  modelId: KnownModelId | (string & {}) | undefined;
  /** `null` removes the guardrail that the options set. `streamProcessingMode` is not sent. */
  guardrailConfig?: GuardrailStreamConfiguration | null | undefined;
  /** Values for the variables of a prompt from AWS's Prompt management, whose ARN is the `modelId`. */
  promptVariables?: Record<string, string | PromptVariableValues> | undefined;
}

/** What `countTokens` counts: an AWS `CountTokensCommandInput`, or simply the request that you are about to send. */
export type CountTokensRequest = CountTokensInput | ConverseRequest | CountConverseInput;

/** A plain `string` in a union would hide the known ids. */
interface CountTokensInput extends CountTokensCommandInput {
  modelId: KnownModelId | (string & {}) | undefined;
}

/** The model behind an id or ARN: a model from `discover()`, or just `{ id, foundationModelId }`. */
export interface KnownModel {
  id: string;
  foundationModelId: string;
  /** ARN of the model; requests may name it instead of the id. */
  arn?: string | undefined;
  /** Inference profiles that lead to the model; requests may name them too. */
  profiles?: readonly { id: string; arn?: string | undefined }[] | undefined;
}

/** Tokens that a call used, with members that AWS's type does not list yet. */
export interface Usage extends TokenUsage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** Use of tools that the service runs, such as web search. */
  serverToolUsage?: unknown;
}

/** The message begins. */
export interface MessageStart {
  type: 'messageStart';
  role: ConversationRole;
}

/** A block begins. Only tool uses, tool results and images are announced; text and reasoning are not. */
export interface ContentBlockStartEvent {
  type: 'contentBlockStart';
  contentBlockIndex: number;
  start: ContentBlockStart;
}

/** The next piece of a block. */
export interface ContentBlockDeltaEvent {
  type: 'contentBlockDelta';
  contentBlockIndex: number;
  delta: ContentBlockDelta;
}

/** A block is complete. */
export interface ContentBlockStop {
  type: 'contentBlockStop';
  contentBlockIndex: number;
}

/** The message is complete. */
export interface MessageStop {
  type: 'messageStop';
  stopReason: StopReason;
  /** What the request asked for with `additionalModelResponseFieldPaths`. */
  additionalModelResponseFields?: ConverseResponse['additionalModelResponseFields'];
}

/** Usage, metrics and trace, after the message. */
export interface Metadata {
  type: 'metadata';
  usage: Usage;
  metrics: { latencyMs: number };
  /** What a guardrail found, or which model a prompt router chose. */
  trace?: ConverseTrace | undefined;
  /** The latency that the service used. */
  performanceConfig?: PerformanceConfiguration | undefined;
  /** The tier that served the call. */
  serviceTier?: ServiceTier | undefined;
}

/** A member of Converse's event stream with its name as `type`. Exceptions are thrown, never yielded. */
export type ConverseEvent =
  | MessageStart
  | ContentBlockStartEvent
  | ContentBlockDeltaEvent
  | ContentBlockStop
  | MessageStop
  | Metadata;

/** What a call cost, in USD. */
export interface Cost {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** The sum of the four. */
  total: number;
  /** Whether a rate had to be estimated, or the price is for another kind of call. */
  estimated: boolean;
}

/**
 * Something in a request that was changed because the service would have rejected it, or did.
 *
 * | kind | what was wrong, and what was done |
 * |---|---|
 * | `blank-text` | a blank text; omitted |
 * | `empty-message` | a message without content; omitted, or sent with the text `after` |
 * | `repeated-role` | a message with the same role as the one before; merged into it |
 * | `first-role` | a conversation that starts with an assistant; a user message with the text `after` put first |
 * | `tool-name` | an invalid tool name, `before`; sent as `after`, and restored in the answer |
 * | `tool-use-id` | an invalid or duplicate tool use id, `before`; sent as `after` |
 * | `tool-use` | text behind a tool use, or beside one, where the model accepts none; moved in front of it, or into a message of its own with the text `after` between the two |
 * | `tool-input` | a tool's input that is not a JSON object; parsed as JSON, or wrapped in an object |
 * | `tool-result` | a result whose JSON is not an object, an error without content, a second result for one use, an image that the model accepts only after the results |
 * | `tool-config` | tools that the messages use but the request lacks, `after`; an empty list of tools; a tool's empty description or a schema without its type |
 * | `document-name` | a document without a name, or with one that is invalid or not the only one, `before`; sent as `after` |
 * | `document-text` | a document in a message without a text; the text `after` is added |
 * | `image-format` | a format that the service does not know or the bytes contradict, `before`; sent as `after` |
 * | `cache-point` | a cache point that stands where none may, is one of more than four, or asks for an hour behind one of five minutes; moved back, omitted, or sent with the lifetime `after` |
 * | `lone-surrogate` | half a surrogate pair; replaced by U+FFFD |
 * | `orphaned-tool` | a tool use without result or the other way round, with the id `before`; omitted (`repair: 'all'`) |
 * | `reasoning` | reasoning, or its signature, that the model does not accept; omitted (`repair: 'all'`) |
 * | `rejected-field` | a field that the service rejected for this model, for `reason`; omitted (`adapt`) |
 */
export interface Repair {
  kind:
    | 'blank-text'
    | 'empty-message'
    | 'repeated-role'
    | 'first-role'
    | 'last-role'
    | 'trailing-space'
    | 'tool-name'
    | 'tool-use-id'
    | 'tool-use'
    | 'tool-input'
    | 'tool-result'
    | 'tool-config'
    | 'output-format'
    | 'document-name'
    | 'document-format'
    | 'document-text'
    | 'image-format'
    | 'cache-point'
    | 'lone-surrogate'
    | 'orphaned-tool'
    | 'reasoning'
    | 'streaming'
    | 'rejected-field';
  /** Where in the request that you passed, such as `messages.2.content.0`. */
  path: string;
  /** What was there before, if that helps. */
  before?: string;
  /** What was sent instead. */
  after?: string;
  /** The service's message. */
  reason?: string;
}

/** A whole answer. */
export interface ConverseResult {
  /** The text of `message`, including cited passages, without reasoning and tool use; empty if it has none. */
  text: string;
  /** The assistant's message, ready to be sent back with the next request. */
  message: Message;
  /** Why the model stopped, as the service says it. */
  stopReason: StopReason;
  /** Undefined if the stream ended without it; then `warnings` has an entry. */
  usage: Usage | undefined;
  metrics: { latencyMs: number } | undefined;
  trace: ConverseTrace | undefined;
  performanceConfig: PerformanceConfiguration | undefined;
  serviceTier: ServiceTier | undefined;
  additionalModelResponseFields: ConverseResponse['additionalModelResponseFields'];
  /** What the answer cost; undefined if the price is not known. */
  cost: Cost | undefined;
  /** The model that answered, as the request or the option `fallback` names it; undefined in `fromResponse()`. */
  modelId: string | undefined;
  /** AWS's id of the request. */
  requestId: string | undefined;
  /** How many requests were sent for this answer. */
  attempts: number;
  /** The tools that the model wants to call, in order. Tools that the service ran itself are not listed. */
  toolUses: ToolUse[];
  /** What was changed in the request before it was sent, or sent again. */
  repairs: Repair[];
  /** Things to know about this answer that are not errors. */
  warnings: string[];
}

/** What has arrived of an answer: `stopReason` is undefined unless the message is complete. */
export type PartialResult = Omit<ConverseResult, 'stopReason'> & { stopReason: StopReason | undefined };

/**
 * What `await using` needs if the project's `lib` has `Symbol.asyncDispose`, and otherwise nothing: a plain
 * `AsyncDisposable` would not compile with `lib: ["es2022", "dom"]`.
 */
export type AsyncDisposer = SymbolConstructor extends { readonly asyncDispose: infer Dispose extends symbol }
  ? { [Method in Dispose]: () => PromiseLike<void> }
  : object;

/** A part of the answer to `invokeModelStream()`, in the model's own form. */
export interface InvokeChunk<Json = JsonObject> {
  /** The part as it came, without the frame around it. */
  readonly bytes: Uint8Array;
  /** The same, parsed; undefined if it is not a JSON object. */
  readonly json: Json | undefined;
}
