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
import type { ToolUse } from './content.js';
import type { ConversationInput, CountConverseInput } from './conversation-input.js';
import type { CatalogLookup, Price } from './model-facts.js';
import type { KnownModelId } from './model-ids.js';

export type {
  JsonObject,
  JsonValue,
  TextInput,
  Tool,
  ToolConfiguration,
  ToolInputSchema,
  ToolSpecification,
  ToolUse,
} from './content.js';
export type { ContentBlockInput, ConversationInput, MessageInput } from './conversation-input.js';
export type { CatalogLookup, KnownFacts, Price, PriceTier, Rates } from './model-facts.js';
export type { KnownModelId } from './model-ids.js';

/** AWS access keys, in the shape of every AWS SDK v3 credential provider. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
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
  removeItem?(key: string): unknown;
}

/**
 * Which reasoning blocks of earlier turns a model accepts: `signed`, only those with their original signature;
 * `unsigned`, only those without one; `none`, no reasoning.
 */
export type ReasoningRule = 'signed' | 'unsigned' | 'none';

/** One request of a call, as hooks see it: without headers and body, so that a log contains no secret. */
export interface RequestDetails {
  /** AWS's name of the operation, such as `ConverseStream`. */
  operation: string;
  /** Id or ARN of the model; undefined for calls without one. */
  modelId: string | undefined;
  method: 'GET' | 'POST';
  url: string;
  /** 1 for the first request of the call. */
  attempt: number;
}

/** Status and request id of a response, as hooks see it. */
export interface ResponseDetails extends RequestDetails {
  /** HTTP status. */
  status: number;
  /** AWS's id of the request. */
  requestId: string | undefined;
}

/** A retry that is about to happen, as hooks see it: `attempt` is the request that failed. */
export interface RetryDetails extends RequestDetails {
  /** Why the request failed: a BedrockError. */
  error: Error;
  /** How long the call waits before it sends the next request, in milliseconds. */
  delayMs: number;
}

/**
 * Callbacks for what a call sends and receives, for logs and metrics. They change nothing: an error that one throws is
 * listed in the `warnings` of `result()`, `converse()` or `discover()`. An abort in `onRequest` keeps the request from being sent.
 */
export interface CallHooks {
  /** Called before each request is sent, retries included. */
  onRequest?: ((details: RequestDetails) => void) | undefined;
  /** Called when the headers of a response have arrived, whatever its status. */
  onResponse?: ((details: ResponseDetails) => void) | undefined;
  /** Called when a request has failed and will be retried. */
  onRetry?: ((details: RetryDetails) => void) | undefined;
}

/** Options of every call; `createBedrock` binds them as defaults. Any other name is `ERR_INPUT`. */
export interface ClientOptions extends CallHooks {
  /**
   * AWS region, such as `eu-central-1`. A region in the ARN of `modelId` comes first; without either:
   * the host of `endpoint`, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's region (Node), `us-east-1`.
   */
  region?: string | undefined;
  /** Region if nothing else names one. Default: `us-east-1`. */
  fallbackRegion?: string | undefined;
  /**
   * Credentials or a credential provider. Default, the first of these that is set: `AWS_BEARER_TOKEN_BEDROCK`; the profile
   * in `AWS_PROFILE` (Node); `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; the AWS SDK's
   * default chain (Node): the profile `default`, SSO, web identity, container and instance roles. With `null`, nothing from
   * the machine is used, and a call without its own credentials fails with `ERR_CREDENTIALS`.
   */
  credentials?: Credentials | CredentialProvider | null | undefined;
  /**
   * An address other than AWS's own. A path is kept and signed; a query, fragment or user is refused, and so is
   * plain `http:` to any host but this machine. Default: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` (calls to models) or
   * `AWS_ENDPOINT_URL_BEDROCK` (discovery), `AWS_ENDPOINT_URL`, then AWS's endpoint in the region.
   */
  endpoint?: string | URL | undefined;
  /** Allows plain `http:` to a host other than this machine. Default: false. */
  allowInsecureEndpoint?: boolean | undefined;
  /**
   * Allows long-lived keys (`AKIA…`, `ABSK…`) in a browser, where every visitor can read them. Default: false; for an
   * endpoint on the same machine, such as a local Bedrock, they are always allowed.
   */
  allowLongLivedKeys?: boolean | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * The most requests that one call sends: the first, and retries for any reason, such as a transient error, refreshed
   * credentials, or a field that `adapt` dropped. `discover()` makes several calls, one for each page of each list and, with
   * `checkAccess`, one for each model: each may send this many. Default: 3.
   */
  maxAttempts?: number | undefined;
  /** The longest wait between two attempts, in milliseconds. Default: 20,000. */
  maxRetryDelayMs?: number | undefined;
  /** The longest silence between two chunks of a stream, in milliseconds; 0 means no limit. Default: 120,000. */
  idleTimeoutMs?: number | undefined;
  /** The longest time from the first attempt to the end of the answer, in milliseconds; 0 means no limit. Default: 0. */
  timeoutMs?: number | undefined;
  /** Guardrail for every call. A request's own `guardrailConfig` overrides it; `null` there removes it. */
  guardrailConfig?: GuardrailStreamConfiguration | undefined;
  /**
   * `'last-user-message'`: if a guardrail applies and the request marks nothing itself, text and images of the
   * last user message are marked as `guardContent`, so that the guardrail reads only them.
   * Default: nothing is marked and the guardrail reads the whole conversation.
   */
  guardContent?: 'last-user-message' | undefined;
  /**
   * What is repaired in a request that the service would reject: `'lossless'`, anything that loses no meaning, such as
   * blank texts, repeated roles and invalid tool names; `'all'` also drops tool uses without their results and
   * reasoning that the model does not accept; `false`, nothing. A request that the service accepts is sent unchanged, the
   * object that you passed is never changed, and `result().repairs` lists what was done. Default: `'lossless'`.
   */
  repair?: 'lossless' | 'all' | false | undefined;
  /**
   * Whether a field that the service rejects by name for this model, before the answer began, is omitted and the request
   * sent again at once: a tuning member of `inferenceConfig`, `toolConfig.toolChoice`, `performanceConfig`, `serviceTier`,
   * a member of `additionalModelRequestFields`, cache points. Never messages, tools, system or a guardrail.
   * `result().repairs` lists the field, and the next calls to the model omit it from the start. Default: false.
   */
  adapt?: boolean | undefined;
  /**
   * What a model accepts if its id does not show it, as with the ARN of an application profile: `modelQuirks` with the
   * id of the model behind it. `repair: 'all'` uses its `reasoning`. Default: what the id shows.
   */
  quirks?: ((modelId: string) => { reasoning?: ReasoningRule | undefined } | undefined) | undefined;
  /** Facts about models beyond AWS's lists: adds limits to discovered models and `cost` to answers. */
  catalog?: CatalogLookup | undefined;
  /**
   * Sends calls instead of `fetch`, such as `sdkTransport()` of `bedrock-anywhere/aws`. Region, credentials,
   * endpoint and attempts are then the transport's own. Default: this library sends, signs and decodes itself.
   */
  transport?: Transport | undefined;
}

/** Sends calls instead of this library's own core on `fetch`. It throws only BedrockErrors. */
export interface Transport {
  /**
   * Where calls to a service (`bedrock`, `bedrock-runtime`) go: for discovery's cache and for errors.
   * @throws BedrockError `ERR_INPUT` for an option that the transport does not accept.
   */
  target(service: string, options: CallOptions): Promise<TransportTarget>;
  /** Makes a call whose answer is not streamed. */
  request(call: TransportCall): Promise<TransportAnswer>;
  /** Makes a call of `ConverseStream`. */
  open(call: TransportCall): Promise<TransportStream>;
}

/** Where a transport sends calls, and as whom. */
export interface TransportTarget {
  region: string;
  endpoint: URL;
  /** Used only to key discovery's cache; nothing is sent with them. */
  credentials: CredentialProvider;
}

/** One call of a transport. */
export interface TransportCall {
  /** AWS's name of the operation, such as `ConverseStream`. */
  operation: string;
  /** The model that the call is about. */
  resource?: string | undefined;
  /** The members of AWS's command, if the call has a body. */
  input?: object | undefined;
  /** Query of the request, percent-encoded, if it has one. */
  query?: string | undefined;
  /** Headers to add to the request. */
  headers: Headers;
  /** Ends the call, both before its answer and while the answer is read. */
  signal: AbortSignal;
  /** Call with true when the headers of a stream have arrived: silence counts from then on. Call with false when waiting again. */
  onHead(hasArrived: boolean): void;
}

/** A whole answer: the members of AWS's output, with bytes as base64 or Uint8Array. */
export interface TransportAnswer {
  json: Record<string, unknown>;
  requestId: string | undefined;
  /** How many requests were sent for it. */
  attempts: number;
}

/** The events of an answer as they arrive, read like a stream. */
export interface TransportStream {
  read(): Promise<{ done: false; value: ConverseEvent } | { done: true; value?: undefined }>;
  /** Ends the call. */
  cancel(): Promise<void>;
  requestId: string | undefined;
  /** How many requests were sent for it. */
  attempts: number;
}

/** Options of one call. */
export interface CallOptions extends ClientOptions {
  /** Ends the call; it then rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Headers to add to the request. `x-amz-…` headers are signed, others are only sent. */
  headers?: ConstructorParameters<typeof Headers>[0] | undefined;
  /** Price of the model, for the answer's `cost`. Default: what `catalog` knows. */
  price?: Price | undefined;
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
  promptVariables?: Record<string, string | PromptVariableValues> | undefined;
}

/** What `countTokens` counts: an AWS `CountTokensCommandInput`, or simply the request that you are about to send. */
export type CountTokensRequest = CountTokensInput | ConverseRequest | CountConverseInput;

/** A plain `string` in a union would hide the known ids. */
interface CountTokensInput extends CountTokensCommandInput {
  modelId: KnownModelId | (string & {}) | undefined;
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
  additionalModelResponseFields?: ConverseResponse['additionalModelResponseFields'];
}

/** Usage, metrics and trace, after the message. */
export interface Metadata {
  type: 'metadata';
  usage: Usage;
  metrics: { latencyMs: number };
  trace?: ConverseTrace | undefined;
  performanceConfig?: PerformanceConfiguration | undefined;
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
 * | `tool-input` | a tool's input that is not a JSON object; parsed as JSON, or wrapped in an object |
 * | `tool-result` | a result whose JSON is not an object, an error without content, a second result for one use, an image that the model accepts only after the results |
 * | `tool-config` | tools that the messages use but the request lacks, `after`; an empty list of tools; a tool's empty description or a schema without its type |
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
    | 'tool-name'
    | 'tool-use-id'
    | 'tool-input'
    | 'tool-result'
    | 'tool-config'
    | 'lone-surrogate'
    | 'orphaned-tool'
    | 'reasoning'
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
