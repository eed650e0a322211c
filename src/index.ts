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
export { type FromResponseOptions, fromResponse } from './converse/from-response.js';
export type { ToResponseInit } from './converse/response.js';
export type { ConverseStream } from './converse/stream.js';
export { type ApiKeyOptions, apiKeyExpiration, createApiKey } from './credentials/api-key.js';
export { fromBearerToken } from './credentials/bearer.js';
export { type CallerIdentity, getCallerIdentity } from './credentials/caller-identity.js';
export { type CognitoIdentityPoolInit, fromCognitoIdentityPool, type Login } from './credentials/cognito.js';
export { type Environment, fromEnvironment } from './credentials/environment.js';
export { firstAvailable } from './credentials/first-available.js';
export {
  type CredentialSource,
  type CredentialSourceName,
  credentialSource,
  shouldAutoDiscover,
} from './credentials/source.js';
export { fromStatic } from './credentials/static.js';
export { BedrockError, type BedrockErrorCode, type BedrockErrorPhase, isBedrockError } from './errors.js';
export type { ExplainedCredentials, ExplainedSource } from './explain/credentials.js';
export type { EndpointOrigin, ExplainedDestination, ExplainedFailure } from './explain/destination.js';
export { type ExplainOptions, type Explanation, explain } from './explain/explain.js';
export type { RegionOrigin } from './http/options.js';
export { iamPermissions, type Permission, type ResourceKind } from './http/permissions.js';
export type {
  DisabledDiscovery,
  DiscoveredModels,
  DiscoverOptions,
  Discovery,
  EnabledDiscoverOptions,
} from './models/discover.js';
export type { ExclusionReason, Model, ModelOptions, ModelProfile } from './models/normalize.js';
export { type CostFacts, priceOf } from './models/price.js';
export { type KnownQuirks, type ModelQuirks, modelQuirks } from './models/quirks.js';
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
export type {
  AwsCredentials,
  BearerToken,
  CallHooks,
  CallOptions,
  CatalogLookup,
  ClientOptions,
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
  JsonObject,
  JsonValue,
  KnownFacts,
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
  RequestDetails,
  ResponseDetails,
  RetryDetails,
  StorageLike,
  Tool,
  ToolConfiguration,
  ToolInputSchema,
  ToolSpecification,
  ToolUse,
  Transport,
  TransportAnswer,
  TransportCall,
  TransportStream,
  TransportTarget,
  Usage,
} from './types.js';
