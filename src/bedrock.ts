import { bindClient } from './client.js';
import { countInputTokens } from './converse/count-tokens.js';
import { openStream } from './converse/open-stream.js';
import { converseOnce } from './converse/reply.js';
import type { ConverseStream } from './converse/stream/answer-stream.js';
import {
  type DiscoveredModels,
  type DiscoverOptions,
  type Discovery,
  discoverModels,
  type EnabledDiscoverOptions,
} from './discovery/discover.js';
import { CLIENT_OPTIONS, readCallOptions } from './input/call-options.js';
import type { CallOptions, ClientOptions } from './options.js';
import { resolveSettings } from './transport/settings.js';
import type { ConverseRequest, ConverseResult, ConverseStreamRequest, CountTokensRequest } from './types.js';

/** The calls of this library with bound options. Options of a call override them. */
export interface Bedrock {
  /**
   * Streams the answer to a Converse request. Nothing is sent before the stream is first read, and it can be read once.
   * Source: Amazon Bedrock Runtime, `ConverseStream`.
   *
   * @throws BedrockError while the stream is read; `partial` holds what had arrived. An abort throws `signal.reason`.
   *
   * @example
   * ```ts
   * import { createBedrock } from 'bedrock-anywhere';
   *
   * const bedrock = createBedrock({ region: 'eu-central-1' });
   * const answer = bedrock.stream({
   *   modelId: 'amazon.nova-lite-v1:0',
   *   messages: [{ role: 'user', content: [{ text: 'Why is the sky blue?' }] }],
   * });
   * for await (const text of answer.textStream()) console.log(text);
   * ```
   */
  stream(request: ConverseStreamRequest, options?: CallOptions): ConverseStream;
  /**
   * Resolves to the whole answer to a Converse request: its text, message, tool uses, tokens and cost.
   * Source: Amazon Bedrock Runtime, `Converse`.
   *
   * @throws BedrockError; an abort rejects with `signal.reason`.
   *
   * @example
   * ```ts
   * import { createBedrock } from 'bedrock-anywhere';
   *
   * const bedrock = createBedrock({ region: 'eu-central-1' });
   * const { text } = await bedrock.converse({
   *   modelId: 'amazon.nova-lite-v1:0',
   *   messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }],
   * });
   * ```
   */
  converse(request: ConverseRequest, options?: CallOptions): Promise<ConverseResult>;
  /**
   * Resolves to the number of input tokens that a request would use. The model does not run. Accepts the request of
   * `stream()` or `converse()`, or an AWS `CountTokensCommandInput`. AWS counts tokens for Claude 3.5 to 4.6, in some regions. The id
   * or ARN of a system profile stands for its model; the option `models` says which model is behind an application profile.
   * Source: Amazon Bedrock Runtime, `CountTokens`.
   *
   * @throws BedrockError; an abort rejects with `signal.reason`.
   *
   * @example
   * ```ts
   * import { createBedrock } from 'bedrock-anywhere';
   *
   * const bedrock = createBedrock({ region: 'eu-central-1' });
   * const tokens = await bedrock.countTokens({
   *   modelId: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
   *   messages: [{ role: 'user', content: [{ text: 'How long is this?' }] }],
   * });
   * ```
   */
  countTokens(request: CountTokensRequest, options?: CallOptions): Promise<number>;
  /**
   * Lists the models and inference profiles of the region that this account can stream from on demand.
   * Source: Amazon Bedrock, `ListFoundationModels` and `ListInferenceProfiles`.
   *
   * @throws BedrockError; an abort rejects with `signal.reason`.
   *
   * @example
   * ```ts
   * import { createBedrock } from 'bedrock-anywhere';
   *
   * const bedrock = createBedrock({ region: 'eu-central-1' });
   * const { models } = await bedrock.discover({ providerFilter: ['anthropic'] });
   * ```
   */
  discover(options?: EnabledDiscoverOptions): Promise<DiscoveredModels>;
  discover(options?: DiscoverOptions): Promise<Discovery>;
}

/**
 * Creates a client: binds options to all calls. Options of a call override them.
 *
 * @throws BedrockError `ERR_INPUT`, immediately, for an option that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({ region: 'eu-central-1', credentials: fromBearerToken('bedrock-api-key-…') });
 * const { models } = await bedrock.discover({ providerFilter: ['amazon'] });
 * ```
 */
export function createBedrock(defaults: ClientOptions = {}): Bedrock {
  const bound = readCallOptions<ClientOptions>(defaults, CLIENT_OPTIONS, 'createBedrock()');
  const bedrock: Bedrock = {
    stream: (request, call = {}) => streamBound(bound, request, call),
    converse: (request, call = {}) => converseBound(bound, request, call),
    countTokens: (request, call = {}) => countBound(bound, request, call),
    discover: ((call = {}) => discoverModels(bound, call)) as Bedrock['discover'],
  };
  return bindClient(bedrock, bound);
}

/**
 * Streams the answer to a Converse request. Nothing is sent before the stream is first read.
 * Source: Amazon Bedrock Runtime, `ConverseStream`.
 *
 * @throws BedrockError while the stream is read; `partial` holds what had arrived. An abort throws `signal.reason`.
 *
 * @example
 * ```ts
 * import { stream } from 'bedrock-anywhere';
 *
 * const answer = stream({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   messages: [{ role: 'user', content: [{ text: 'Why is the sky blue?' }] }],
 * });
 * for await (const text of answer.textStream()) console.log(text);
 * console.log((await answer.result()).usage);
 * ```
 */
export function stream(request: ConverseStreamRequest, options: CallOptions = {}): ConverseStream {
  return streamBound({}, request, options);
}

/**
 * Resolves to the whole answer to a Converse request: its text, message, tool uses, tokens and cost.
 * Source: Amazon Bedrock Runtime, `Converse`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { converse } from 'bedrock-anywhere';
 *
 * const { text, message, stopReason } = await converse({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }],
 * });
 * ```
 */
export function converse(request: ConverseRequest, options: CallOptions = {}): Promise<ConverseResult> {
  return converseBound({}, request, options);
}

/**
 * Resolves to the number of input tokens that a request would use. The model does not run. Accepts the request of
 * `stream()` or `converse()`, or an AWS `CountTokensCommandInput`. AWS counts tokens for Claude 3.5 to 4.6, in some regions. The id
 * or ARN of a system profile stands for its model; the option `models` says which model is behind an application profile.
 * Source: Amazon Bedrock Runtime, `CountTokens`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { countTokens } from 'bedrock-anywhere';
 *
 * const tokens = await countTokens({
 *   modelId: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
 *   messages: [{ role: 'user', content: [{ text: 'How long is this?' }] }],
 * });
 * ```
 */
export function countTokens(request: CountTokensRequest, options: CallOptions = {}): Promise<number> {
  return countBound({}, request, options);
}

/**
 * Lists the models and inference profiles of the region that this account can stream from on demand.
 * Source: Amazon Bedrock, `ListFoundationModels` and `ListInferenceProfiles`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { discover } from 'bedrock-anywhere';
 *
 * const { models, excluded } = await discover({ region: 'us-east-1', providerFilter: ['anthropic'] });
 * ```
 */
export function discover(options?: EnabledDiscoverOptions): Promise<DiscoveredModels>;
export function discover(options?: DiscoverOptions): Promise<Discovery>;
export function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  return discoverModels({}, options);
}

/** The options are read with the stream: a mistake is found when it is read, like any other failure. */
function streamBound(
  bound: ClientOptions,
  request: ConverseStreamRequest,
  call: CallOptions,
): ConverseStream {
  return openStream(request, () => resolveSettings(bound, call, 'stream()'));
}

async function converseBound(
  bound: ClientOptions,
  request: ConverseRequest,
  call: CallOptions,
): Promise<ConverseResult> {
  return converseOnce(resolveSettings(bound, call, 'converse()'), request);
}

async function countBound(
  bound: ClientOptions,
  request: CountTokensRequest,
  call: CallOptions,
): Promise<number> {
  return countInputTokens(resolveSettings(bound, call, 'countTokens()'), request);
}
