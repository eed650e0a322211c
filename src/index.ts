export { type Bedrock, converse, countTokens, createBedrock, discover, stream } from './bedrock.js';
export type { ConverseStream } from './converse/stream.js';
export { fromBearerToken } from './credentials/bearer.js';
export { type Environment, fromEnvironment } from './credentials/environment.js';
export { fromStatic } from './credentials/static.js';
export { BedrockError, type BedrockErrorCode, type BedrockErrorPhase, isBedrockError } from './errors.js';
export type { DiscoverOptions, Discovery, ExclusionReason, Model } from './models/discover.js';
export type {
  AwsCredentials,
  BearerToken,
  CallOptions,
  ClientOptions,
  ContentBlockDeltaEvent,
  ContentBlockStartEvent,
  ContentBlockStop,
  ConverseEvent,
  ConverseRequest,
  ConverseResult,
  ConverseStreamRequest,
  CountTokensRequest,
  CredentialProvider,
  Credentials,
  MessageStart,
  MessageStop,
  Metadata,
  PartialResult,
  StorageLike,
  ToolUse,
  Usage,
} from './types.js';
