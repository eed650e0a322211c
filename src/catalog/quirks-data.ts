import type { ReasoningRule } from '../types.js';

/**
 * What a model takes, where models differ. A member that is undefined is not known: nothing is changed for its sake.
 * An empty list says that the model takes none of it.
 */
export interface ModelQuirks {
  /** Members of `inferenceConfig` that the model refuses, whatever their value. */
  rejects?: readonly ('temperature' | 'topP' | 'stopSequences')[] | undefined;
  /** True: `temperature` and `topP` are taken one at a time, not both in one request. */
  temperatureOrTopP?: boolean | undefined;
  /**
   * How it is told to think: `adaptive` (`thinking: { type: 'adaptive' }`, with an effort), `budget`
   * (`thinking: { type: 'enabled', budget_tokens }`), `effort` (by `effortField` alone), `always` (nothing can be said),
   * `none` (it does not).
   */
  thinking?: 'adaptive' | 'budget' | 'effort' | 'always' | 'none' | undefined;
  /** False: `thinking: { type: 'enabled', budget_tokens }` is refused, which older models of the family take. */
  budgetThinking?: boolean | undefined;
  /** Where in `additionalModelRequestFields` the effort goes, as a path. */
  effortField?:
    | 'output_config.effort'
    | 'reasoning.effort'
    | 'reasoning_effort'
    | 'reasoningConfig.maxReasoningEffort'
    | undefined;
  /** Efforts that it takes, the smallest first. */
  efforts?: readonly string[] | undefined;
  /** Member of `anthropic_beta` that lets it think between tool calls; empty where it does so by itself. */
  interleavedBeta?: string | undefined;
  /** Where a `cachePoint` may stand. */
  cachePoints?: readonly ('system' | 'messages' | 'tools')[] | undefined;
  /** Values that `ttl` of a `cachePoint` may have. Empty: the member itself is refused, and a cache point has none. */
  cacheTtls?: readonly ('5m' | '1h')[] | undefined;
  /** Kinds of `toolConfig.toolChoice`. Empty: the member itself is refused. */
  toolChoice?: readonly ('auto' | 'any' | 'tool')[] | undefined;
  /** What it takes of the reasoning of earlier turns. */
  reasoning?: ReasoningRule | undefined;
  /** Whether `reasoningContent.redactedContent` of earlier turns is taken. */
  redactedReasoning?: boolean | undefined;
  /** Whether an image may stand in a tool result; else it goes behind the results, into the message itself. */
  toolResultImages?: boolean | undefined;
  /** True: a tool result with status `error` holds text and nothing else. */
  errorResultTextOnly?: boolean | undefined;
}

/** What a family is known to do, and who says so. */
export interface QuirkRow {
  /** Finds the family in `familyWords()` of a model. */
  readonly family: RegExp;
  readonly quirks: ModelQuirks;
  /** Title and address of the page, or name and version of the package, that has it. */
  readonly source: string;
}

/** From the general to the particular: where several rows fit, the later one wins, member by member. */
export function quirkRows(): readonly QuirkRow[] {
  known ??= rows();
  return known;
}

let known: readonly QuirkRow[] | undefined;

/** Made when somebody asks: the expressions take a third of a millisecond of an import. */
function rows(): QuirkRow[] {
  const USER_GUIDE = 'https://docs.aws.amazon.com/bedrock/latest/userguide';
  const API = 'https://docs.aws.amazon.com/bedrock/latest/APIReference';

  const ADAPTIVE = `Adaptive thinking, ${USER_GUIDE}/claude-messages-adaptive-thinking.html`;
  const EXTENDED = `Extended thinking, ${USER_GUIDE}/claude-messages-extended-thinking.html`;
  const CACHING = `Prompt caching, ${USER_GUIDE}/prompt-caching.html`;
  const TOOL_CHOICE = `ToolChoice, ${API}/API_runtime_ToolChoice.html`;
  const CLAUDE_PARAMETERS = `Claude Messages API, ${USER_GUIDE}/model-parameters-anthropic-claude-messages-request-response.html`;
  const OPUS_4_7 = `Model card of Claude Opus 4.7, ${USER_GUIDE}/model-card-anthropic-claude-opus-4-7.html`;
  const TOOL_RESULT = `ToolResultContentBlock, ${API}/API_runtime_ToolResultContentBlock.html`;
  const NOVA_2 =
    'Extended thinking in Nova 2, https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html';
  const PI = '@earendil-works/pi-ai 1.5.2 (MIT)';
  const LANGCHAIN = 'langchain-aws 1.7.3 (MIT)';
  /** Probes against the service that their authors describe. */
  const PROBED_IMAGES = 'https://github.com/anomalyco/opencode/issues/49443';
  const PROBED_EFFORT = 'https://github.com/anomalyco/opencode/pull/48195';
  const PROBED_SAMPLING = 'https://github.com/NousResearch/hermes-agent/pull/110046 and /111438';
  const PROBED_STOP = 'https://github.com/langgenius/dify-official-plugins/issues/1767';
  const PROBED_OSS_STOP = 'https://github.com/crewAIInc/crewAI/issues/3317';
  const PROBED_TTL = 'https://github.com/maximhq/bifrost (core/providers/bedrock)';
  const PROBED_ERROR_IMAGES = 'https://github.com/can1357/oh-my-pi/issues/12809';
  const PROBED_NOVA_TOOLS = 'https://github.com/danny-avila/LibreChat/issues/13838';

  return [
    {
      family: /\bclaude-/,
      quirks: { toolChoice: ['auto', 'any', 'tool'] },
      source: TOOL_CHOICE,
    },
    {
      family: /\bclaude-/,
      quirks: { toolResultImages: true, errorResultTextOnly: true },
      source: `${TOOL_RESULT}; ${PROBED_ERROR_IMAGES}`,
    },
    {
      family: /\bclaude-(?:3-7|(?:opus|sonnet|haiku)-4|[a-z]+-[5-9])\b/,
      quirks: {
        thinking: 'budget',
        redactedReasoning: true,
        cachePoints: ['system', 'messages', 'tools'],
        cacheTtls: ['5m'],
      },
      source: `${EXTENDED}; ${CACHING}`,
    },
    {
      family: /\bclaude-3-5-haiku\b/,
      quirks: { cachePoints: ['system', 'messages', 'tools'], cacheTtls: ['5m'] },
      source: CACHING,
    },
    {
      family: /\bclaude-(?:opus|sonnet|haiku)-4\b/,
      quirks: { interleavedBeta: 'interleaved-thinking-2025-05-14' },
      source: EXTENDED,
    },
    {
      family: /\bclaude-(?:opus-4-[1-9]\b(?!\d)|(?:sonnet|haiku)-4-[5-9]\b)/,
      quirks: { temperatureOrTopP: true },
      source: CLAUDE_PARAMETERS,
    },
    {
      family: /\bclaude-(?:(?:opus|sonnet|haiku)-4-[5-9]\b|[a-z]+-[5-9]\b)/,
      quirks: { cacheTtls: ['5m', '1h'] },
      source: CACHING,
    },
    {
      family: /\bclaude-(?:(?:opus|sonnet)-4-[6-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      quirks: {
        thinking: 'adaptive',
        effortField: 'output_config.effort',
        efforts: ['low', 'medium', 'high'],
        interleavedBeta: '',
        redactedReasoning: true,
      },
      source: ADAPTIVE,
    },
    {
      family: /\bclaude-opus-4-6\b/,
      quirks: { efforts: ['low', 'medium', 'high', 'max'] },
      source: ADAPTIVE,
    },
    {
      family: /\bclaude-(?:opus-4-[7-9]\b|[a-z]+-[5-9]\b|mythos-)/,
      quirks: {
        rejects: ['temperature', 'topP'],
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        budgetThinking: false,
      },
      source: `${OPUS_4_7}; ${ADAPTIVE}; ${PI}`,
    },
    {
      family: /\bnova-/,
      quirks: {
        toolChoice: ['auto', 'any', 'tool'],
        toolResultImages: true,
        cachePoints: ['system', 'messages'],
        cacheTtls: [],
      },
      source: `${TOOL_CHOICE}; ${TOOL_RESULT}; ${CACHING}; ${PROBED_NOVA_TOOLS}; ${PROBED_TTL}`,
    },
    {
      family: /\bnova-2-/,
      quirks: {
        thinking: 'effort',
        effortField: 'reasoningConfig.maxReasoningEffort',
        efforts: ['low', 'medium', 'high'],
      },
      source: NOVA_2,
    },
    {
      family: /\bnova-(?:micro|lite|pro|premier)\b/,
      quirks: { thinking: 'none' },
      source: LANGCHAIN,
    },
    {
      family: /\bgpt-\d/,
      quirks: {
        thinking: 'effort',
        effortField: 'reasoning.effort',
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        redactedReasoning: true,
        toolResultImages: false,
      },
      source: `${PI}; ${PROBED_EFFORT}; ${PROBED_IMAGES}`,
    },
    {
      family: /\b(?:gpt-5-[6-9]|gpt-[6-9]|grok-4-[6-9])\b/,
      quirks: { rejects: ['temperature', 'topP', 'stopSequences'], cachePoints: [] },
      source: `${CACHING}; ${PROBED_SAMPLING}`,
    },
    {
      family: /\bgpt-oss-/,
      quirks: {
        thinking: 'effort',
        effortField: 'reasoning_effort',
        efforts: ['low', 'medium', 'high'],
        rejects: ['stopSequences'],
        redactedReasoning: false,
        cachePoints: [],
      },
      source: `${PI}; ${CACHING}; ${PROBED_OSS_STOP}`,
    },
    {
      family: /\bkimi-k2/,
      quirks: {
        thinking: 'effort',
        effortField: 'reasoning_effort',
        rejects: ['stopSequences'],
        cachePoints: [],
      },
      source: `${LANGCHAIN}; ${CACHING}; ${PROBED_STOP}`,
    },
    {
      family: /\b(?:qwen3|deepseek-v3|minimax|glm|gemma)-/,
      quirks: { rejects: ['stopSequences'], cachePoints: [], redactedReasoning: false },
      source: `${CACHING}; ${PROBED_STOP}`,
    },
    {
      family: /\b(?:llama3|llama4|mistral|mixtral|ministral|pixtral|command-r|jamba|titan|deepseek-r1)-/,
      quirks: { thinking: 'none', cachePoints: [], redactedReasoning: false },
      source: CACHING,
    },
    {
      family: /\bdeepseek-r1-/,
      quirks: { thinking: 'always' },
      source: `DeepSeek, ${USER_GUIDE}/model-parameters-deepseek.html`,
    },
    {
      family: /\bllama(?:3-[123]|4)-/,
      quirks: { toolChoice: ['auto'] },
      source: LANGCHAIN,
    },
    {
      family: /\bllama4-/,
      quirks: { toolResultImages: true },
      source: PROBED_IMAGES,
    },
    {
      family: /\bpixtral-/,
      quirks: { toolResultImages: false },
      source: PROBED_IMAGES,
    },
    {
      family: /\bmistral-large-/,
      quirks: { toolChoice: ['auto', 'any'] },
      source: LANGCHAIN,
    },
  ];
}
