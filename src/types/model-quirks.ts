/**
 * Which reasoning blocks of earlier turns a model accepts: `signed`, only those with their original signature;
 * `unsigned`, only those without one; `none`, no reasoning.
 */
export type ReasoningRule = 'signed' | 'unsigned' | 'none';

/**
 * What a model accepts, where models differ. A member that is undefined is unknown: nothing is changed because of it.
 * An empty list means that the model accepts none of it.
 */
export interface ModelQuirks {
  /**
   * Id of the foundation model, if the id in the request does not show it, like the ARN of an application profile. What is known
   * about that model then applies. `discover()` returns it for each profile.
   */
  foundationModelId?: string | undefined;
  /** Members of `inferenceConfig` that the model rejects, whatever their value. */
  rejects?: readonly ('temperature' | 'topP' | 'stopSequences')[] | undefined;
  /** True: `temperature` and `topP` are accepted one at a time, not both in one request. */
  temperatureOrTopP?: boolean | undefined;
  /**
   * How to ask for thinking: `adaptive` (`thinking: { type: 'adaptive' }`, with an effort), `budget`
   * (`thinking: { type: 'enabled', budget_tokens }`), `effort` (`effortField` alone), `always` (it thinks, and nothing changes
   * that), `none` (it does not think).
   */
  thinking?: 'adaptive' | 'budget' | 'effort' | 'always' | 'none' | undefined;
  /** False: `thinking: { type: 'enabled', budget_tokens }` is rejected, which older models of the family accept. */
  budgetThinking?: boolean | undefined;
  /** True: it thinks even if the request does not mention thinking, as all models do whose `thinking` is `always`. */
  thinksByDefault?: boolean | undefined;
  /**
   * How to switch thinking off if it is on by default: `disabled` and `between_tools` are the `type` of `thinking`, the second
   * one only reduces it; `none` is an effort; `impossible`: all of these are rejected, or change nothing.
   */
  thinkingOff?: 'disabled' | 'between_tools' | 'none' | 'impossible' | undefined;
  /** Where in `additionalModelRequestFields` the effort belongs, as a path. */
  effortField?:
    | 'output_config.effort'
    | 'reasoning.effort'
    | 'reasoning_effort'
    | 'reasoningConfig.maxReasoningEffort'
    | undefined;
  /** Efforts that make it think, the smallest first. `max` and `xhigh` are two efforts: a model may have one without the other. */
  efforts?: readonly string[] | undefined;
  /** Member of `anthropic_beta` that lets it think between tool calls; empty if it does so by itself. */
  interleavedBeta?: string | undefined;
  /**
   * True: the signature of a thought is only valid behind the same system prompt, tools and messages, so a changed or shortened
   * history is rejected for as long as the thought is in it.
   */
  boundReasoning?: boolean | undefined;
  /**
   * Member of `anthropic_beta` with which `thinking: { type: 'adaptive', block_binding: { mismatch_behavior: 'drop_block' } }`
   * is accepted: the model then ignores thoughts whose signature is no longer valid.
   */
  bindingBeta?: string | undefined;
  /** Where a `cachePoint` may be. */
  cachePoints?: readonly ('system' | 'messages' | 'tools')[] | undefined;
  /** Values that `ttl` of a `cachePoint` may have. Empty: the member itself is rejected. */
  cacheTtls?: readonly ('5m' | '1h')[] | undefined;
  /** False: `toolConfig` is rejected. */
  tools?: boolean | undefined;
  /** Kinds of `toolConfig.toolChoice`. Empty: the member itself is rejected. */
  toolChoice?: readonly ('auto' | 'any' | 'tool')[] | undefined;
  /** The same for a request that asks for thinking. */
  toolChoiceWhileThinking?: readonly ('auto' | 'any' | 'tool')[] | undefined;
  /** Whether `strict` of a tool is accepted. */
  strictTools?: boolean | undefined;
  /** Whether a format of the answer is accepted: `outputConfig.textFormat`, for Claude also `output_config.format`. */
  outputFormat?: boolean | undefined;
  /**
   * What the root of a tool's schema may be, besides `type: 'object'`: `noUnion` (no `anyOf`, `oneOf`, `allOf`), `bare` (nothing but
   * `type`, `properties` and `required`; no `definitions` or `$defs`).
   */
  schemaRoot?: 'noUnion' | 'bare' | undefined;
  /** Ids of tool uses have at least so many letters and digits: the service shortens longer ones, and rejects shorter ones. */
  toolUseIdLength?: number | undefined;
  /** What it accepts of the reasoning of earlier turns. */
  reasoning?: ReasoningRule | undefined;
  /** Whether `reasoningContent.redactedContent` of earlier turns is accepted. */
  redactedReasoning?: boolean | undefined;
  /** False: a conversation that ends with a message of the assistant, for the model to continue, is rejected. */
  prefill?: boolean | undefined;
  /** False: documents are rejected. */
  documents?: boolean | undefined;
  /**
   * Whether an image may be in a tool result; otherwise it goes behind the results, into the message itself, which every model
   * that sees images accepts. So treat undefined like false.
   */
  toolResultImages?: boolean | undefined;
  /** False: a document or a video in a tool result is rejected, so it goes behind the results too. */
  toolResultDocuments?: boolean | undefined;
  /** True: a tool result with status `error` contains text and nothing else. */
  errorResultTextOnly?: boolean | undefined;
  /** False: a tool result without content is rejected. */
  emptyResults?: boolean | undefined;
  /** False: `status` of a tool result is rejected. */
  resultStatus?: boolean | undefined;
  /**
   * True: a message with tool results contains nothing else. `documents`: no documents except PDFs, and no videos; text and images
   * are accepted.
   */
  resultsAlone?: boolean | 'documents' | undefined;
  /** True: a message with tool uses contains nothing else. */
  usesAlone?: boolean | undefined;
  /**
   * True: CountTokens counts for it, by the id of the model; ids and ARNs of inference profiles are rejected. No other model is
   * known to be counted.
   */
  countTokens?: boolean | undefined;
}
