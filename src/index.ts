export type {
  AudioBlock,
  CachePointBlock,
  Citation,
  CitationsContentBlock,
  ContentBlock,
  ContentBlockDelta,
  ContentBlockStart,
  ConversationRole,
  ConverseTrace,
  DocumentBlock,
  GuardrailConfiguration,
  GuardrailConverseContentBlock,
  GuardrailStreamConfiguration,
  ImageBlock,
  InferenceConfiguration,
  Message,
  OutputConfig,
  PerformanceConfiguration,
  ReasoningContentBlock,
  SearchResultBlock,
  ServiceTier,
  StopReason,
  SystemContentBlock,
  ToolChoice,
  ToolResultBlock,
  ToolResultContentBlock,
  ToolUseBlock,
  VideoBlock,
} from '@aws-sdk/client-bedrock-runtime';
export { type Bedrock, converse, countTokens, createBedrock, discover, stream } from './bedrock.js';
export { type Partition, partitionOf } from './catalog/partitions.js';
export { iamPermissions, type Permission, type ResourceKind } from './catalog/permissions.js';
export { type CostFacts, priceOf } from './catalog/price.js';
export { type KnownQuirks, type ModelQuirks, modelQuirks } from './catalog/quirks.js';
export type { BedrockClient, CallerOptions } from './client.js';
export { type FromResponseOptions, fromResponse } from './converse/from-response.js';
export type { ConverseStream } from './converse/stream/answer-stream.js';
export { type Environment, fromEnvironment } from './credentials/environment.js';
export { firstAvailable } from './credentials/first-available.js';
export {
  type CredentialSource,
  type CredentialSourceName,
  credentialSource,
  shouldAutoDiscover,
} from './credentials/source.js';
export { apiKeyExpiration, fromBearerToken, fromStatic } from './credentials/static.js';
export type {
  DisabledDiscovery,
  DiscoveredModels,
  DiscoverOptions,
  Discovery,
  EnabledDiscoverOptions,
} from './discovery/discover.js';
export type { ExclusionReason, Model, ModelOptions, ModelProfile } from './discovery/normalize.js';
export { type EmbedOptions, type EmbedResult, embed } from './embed/embed.js';
export type { EmbedEncoding, EmbedRequest, EmbedValue } from './embed/request.js';
export {
  BedrockError,
  type BedrockErrorCode,
  type BedrockErrorPhase,
  isBedrockError,
  type Verdict,
} from './errors.js';
export type { ExplainedCredentials, ExplainedSource } from './explain/credentials.js';
export type { ExplainedDestination, ExplainedFailure } from './explain/destination.js';
export { type ExplainOptions, type Explanation, explain } from './explain/explain.js';
export {
  type ApplyGuardrailRequest,
  type ApplyGuardrailResult,
  applyGuardrail,
} from './guardrail/apply-guardrail.js';
export {
  type CheckContentRequest,
  type CheckContentResult,
  checkContent,
} from './guardrail/check-content.js';
export type { CallHooks, RequestDetails, ResponseDetails, RetryDetails } from './hooks.js';
export { type ApiKeyOptions, createApiKey } from './identity/api-key.js';
export { type CallerIdentity, getCallerIdentity } from './identity/caller-identity.js';
export { fromCognitoIdentityPool } from './identity/cognito.js';
export type { CognitoIdentityPoolInit, Login } from './identity/cognito-options.js';
export { type InvokeResult, invokeModel } from './invoke/invoke-model.js';
export { invokeModelStream } from './invoke/invoke-stream.js';
export type { InvokeRequest } from './invoke/request.js';
export type { InvokeStream, InvokeStreamResult } from './invoke/stream.js';
export type { InvokeUsage } from './invoke/usage.js';
export type {
  CallOptions,
  ClientOptions,
  Destination,
  EventDecoder,
  EventReader,
  FallbackModel,
  Service,
  Settings,
  Transport,
  TransportAnswer,
  TransportBytes,
  TransportCall,
  TransportStreamCall,
} from './options.js';
export { type RankedDocument, type RerankRequest, type RerankResult, rerank } from './rerank/rerank.js';
export type { ToResponseInit } from './responses/response.js';
export type { EndpointName, Protocol } from './signing-fetch/base-url.js';
export { type BedrockFetch, type BedrockFetchOptions, createBedrockFetch } from './signing-fetch/create.js';
export { type DenoKvStorageOptions, denoKvStorage } from './storage/deno-kv.js';
export type { DenoKv, DenoKvAtomic } from './storage/deno-kv-items.js';
export type { DenoKvKey } from './storage/deno-kv-layout.js';
export {
  type IndexedDBFactory,
  type IndexedDBStorageOptions,
  indexedDBStorage,
} from './storage/indexeddb.js';
export { type MemoryStorage, type MemoryStorageOptions, memoryStorage } from './storage/memory.js';
export type { TextStorage } from './storage/text.js';
export { type WorkersKv, type WorkersKvStorageOptions, workersKvStorage } from './storage/workers-kv.js';
export {
  type RunToolsRequest,
  runTools,
  type ToolResultsEvent,
  type ToolRun,
  type ToolRunEvent,
  type ToolRunResult,
} from './tools/run-tools.js';
export type { CheckedSchema, InputOf, StandardSchema, ToolSchema } from './tools/schema.js';
export {
  type RunnableTool,
  type RunnableTools,
  type ToolContext,
  type ToolOutput,
  tool,
} from './tools/tool.js';
export { describeTools, runToolUses } from './tools/tool-uses.js';
export type { EndpointOrigin, RegionOrigin } from './transport/destination.js';
export { fetchTransport } from './transport/fetch.js';
export type {
  AwsCredentials,
  BearerToken,
  CatalogLookup,
  ContentBlockDeltaEvent,
  ContentBlockInput,
  ContentBlockStartEvent,
  ContentBlockStop,
  ConversationInput,
  ConverseEvent,
  ConverseRequest,
  ConverseResult,
  ConverseStreamRequest,
  Cost,
  CountTokensRequest,
  CredentialProvider,
  Credentials,
  InvokeChunk,
  JsonObject,
  JsonValue,
  KnownFacts,
  KnownModel,
  KnownModelId,
  MessageInput,
  MessageStart,
  MessageStop,
  Metadata,
  PartialResult,
  Price,
  PriceTier,
  Rates,
  ReasoningRule,
  Repair,
  StorageLike,
  Tool,
  ToolConfiguration,
  ToolInputSchema,
  ToolSpecification,
  ToolUse,
  Usage,
} from './types.js';
