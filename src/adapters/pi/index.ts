import { Call } from './call.js';
import { chooseMaxTokens, familyOf } from './model.js';
import { type BedrockProviderOptions, type BedrockStreamOptions, withDefaults } from './options.js';
import { roomFor } from './outgoing/thinking.js';
import { BoundedStream, type PiEventStream } from './stream.js';
import type { PiContext, PiModel, PiSimpleStreamOptions } from './types.js';

export { type BedrockFailure, type BedrockFailureReason, bedrockFailure } from './failure.js';
export type { BedrockProviderOptions, BedrockStreamOptions } from './options.js';
export { listThinkingLevels } from './outgoing/levels.js';
export type { PiEventStream } from './stream.js';
export { toPiModel } from './to-model.js';
export type {
  PiAssistantMessage,
  PiContext,
  PiDiagnostic,
  PiDocument,
  PiEvent,
  PiImage,
  PiMessage,
  PiModel,
  PiRates,
  PiSimpleStreamOptions,
  PiStopReason,
  PiStreamOptions,
  PiText,
  PiThinking,
  PiThinkingBudgets,
  PiThinkingLevel,
  PiTool,
  PiToolCall,
  PiToolResult,
  PiUsage,
  PiUserMessage,
} from './types.js';

/**
 * A provider of pi-ai. pi declares its stream as a class with private members, so that no other object can have its type. Where
 * the provider is passed to pi, TypeScript infers that class as `Stream`.
 */
export interface BedrockProvider<Stream = PiEventStream> {
  readonly api: 'bedrock-converse-stream';
  /** pi's `stream()`, with the options of this adapter. Never throws: a failure is the last event. */
  stream(model: PiModel, context: PiContext, options?: BedrockStreamOptions): Stream;
  /**
   * pi's `streamSimple()`: chooses an output limit and makes room for thinking. Without `maxTokens` it asks for all that the
   * model writes, or for less if the conversation would not fit into the context window beside it.
   */
  streamSimple(model: PiModel, context: PiContext, options?: PiSimpleStreamOptions): Stream;
}

/**
 * Amazon Bedrock as a provider of pi-ai (api `bedrock-converse-stream`), for Node, browsers and edge runtimes. The request
 * starts at once. A failure is an event in the stream, and {@link bedrockFailure} gives its typed reason.
 *
 * @param options Defaults of every call: region, credentials, guardrail, timeouts … What pi passes to a call overrides them.
 *
 * @example
 * ```ts
 * import { getModel, registerApiProvider, streamSimple } from '@earendil-works/pi-ai';
 * import { createBedrockProvider } from 'bedrock-anywhere/pi';
 *
 * registerApiProvider(createBedrockProvider({ region: 'eu-central-1' }));
 *
 * const model = getModel('amazon-bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0');
 * const messages = [{ role: 'user' as const, content: 'Why is the sky blue?', timestamp: Date.now() }];
 * for await (const event of streamSimple(model, { messages }, { reasoning: 'low' })) {
 *   if (event.type === 'text_delta') console.log(event.delta);
 * }
 * ```
 */
export function createBedrockProvider<Stream = PiEventStream>(
  options: BedrockProviderOptions = {},
): BedrockProvider<Stream> {
  const start = (
    model: PiModel,
    context: PiContext,
    readOptions: () => BedrockStreamOptions,
  ): PiEventStream => new BoundedStream(new Call(options, model, context, readOptions));
  const provider: BedrockProvider = {
    api: 'bedrock-converse-stream',
    stream: (model, context, call) => start(model, context, () => withDefaults(options, call)),
    streamSimple: (model, context, call) =>
      start(model, context, () => withDefaults(options, simpleOptions(options, model, context, call ?? {}))),
  };
  return provider as BedrockProvider<Stream>;
}

/** Options of a simple call, with an output limit and room for thinking. */
function simpleOptions(
  provider: BedrockProviderOptions,
  model: PiModel,
  context: PiContext,
  call: BedrockStreamOptions,
): BedrockStreamOptions {
  const given = call.maxTokens ?? provider.maxTokens;
  const limit = given ?? chooseMaxTokens(model, context);
  const most = model.maxTokens > 0 ? model.maxTokens : undefined;
  const cap = given === undefined ? limit : most;
  const family = familyOf(model, provider.quirks?.(model.id));
  const { maxTokens, thinkingBudgets } = roomFor(family, call.reasoning, limit, cap, call.thinkingBudgets);
  return {
    ...call,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(thinkingBudgets && { thinkingBudgets }),
  };
}
