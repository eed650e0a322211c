import type { ReasoningRule } from '../types.js';

/**
 * What a model accepts, where models differ. A member that is undefined is unknown: nothing is changed because of it.
 * An empty list means that the model accepts none of it.
 */
export interface ModelQuirks {
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
  /** Ids of tool uses have exactly so many letters and digits, and nothing else. */
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
  /** True: a tool result with status `error` contains text and nothing else. */
  errorResultTextOnly?: boolean | undefined;
  /** False: `status` of a tool result is rejected. */
  resultStatus?: boolean | undefined;
  /** True: a message with tool results contains nothing else. */
  resultsAlone?: boolean | undefined;
  /**
   * True: CountTokens counts for it, by the id of the model; ids and ARNs of inference profiles are rejected. No other model is
   * known to be counted.
   */
  countTokens?: boolean | undefined;
}

/** What a family is known to do, and who says so. */
export interface QuirkRow {
  /** Finds the family in `familyWords()` of a model. */
  readonly family: RegExp;
  readonly quirks: ModelQuirks;
  /** Short names of the sources, with a space between them, as `sourcesOf()` reads them. */
  readonly source: string;
  /** When the source was published, or read if it has no date; the latest one, if there are several. */
  readonly asOf: string;
}

/** Writes a row on few lines. */
export function row(family: RegExp, quirks: ModelQuirks, source: string, asOf: string): QuirkRow {
  return { family, quirks, source, asOf };
}

/** Names the sources of a row in full. */
export function sourcesOf({ source, asOf }: QuirkRow): string {
  const names = source.split(' ').map((name) => {
    const [place = '', page = ''] = name.split(':');
    const url = PLACES[place] ?? `https://github.com/${place.replace('#', '/issues/')}`;
    return page === '' ? url : `${url}${page}.html`;
  });
  return `${names.join('; ')} (${asOf})`;
}

const PLACES: Readonly<Record<string, string>> = {
  guide: 'https://docs.aws.amazon.com/bedrock/latest/userguide/',
  api: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_',
  nova: 'https://docs.aws.amazon.com/nova/latest/',
  claude: 'https://platform.claude.com/docs/en/models/haiku-5-5/migration-guide',
  pi: '@earendil-works/pi-ai 1.6.0 (MIT)',
  'ai-sdk': '@ai-sdk/amazon-bedrock 5.0.101 (Apache-2.0)',
  langchain: 'langchain-aws 1.7.3 (MIT)',
  // Requests to the service, with its answers.
  probes: 'https://github.com/stdapi-ai/stdapi.ai (tests/probes/results)',
  notebooks: 'https://github.com/aws-samples/sample-per-model-bedrock',
  pydantic: 'https://github.com/pydantic/pydantic-ai (providers/bedrock.py)',
  bifrost: 'https://github.com/maximhq/bifrost (core/providers/bedrock)',
};
