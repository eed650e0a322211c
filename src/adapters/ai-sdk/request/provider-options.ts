import { argumentError } from '../error.js';
import type { ProviderOptions } from '../specification.js';

/** How a model reasons, with the names of @ai-sdk/amazon-bedrock. */
export interface ReasoningConfig {
  /** `enabled` with a budget, `adaptive` with an effort, or `disabled`. */
  type?: 'enabled' | 'disabled' | 'adaptive' | undefined;
  /** Tokens for thinking, for models that are given a budget. */
  budgetTokens?: number | undefined;
  /** How hard the model thinks, for models that have efforts. */
  maxReasoningEffort?: string | undefined;
  /** Whether the answer contains the text of Claude's thinking. Default: the model's own. */
  display?: 'omitted' | 'summarized' | undefined;
}

/**
 * `providerOptions.bedrock` of a call, with the names of @ai-sdk/amazon-bedrock. Other members, such as `guardrailConfig`,
 * `performanceConfig` or `requestMetadata`, become members of the Converse request.
 */
export interface AmazonBedrockLanguageModelOptions {
  /** Whether and how hard the model thinks. Default: what the AI SDK's `reasoning` says. */
  reasoningConfig?: ReasoningConfig | undefined;
  /** Members for the model itself. Those that this adapter adds are merged into them. Default: none. */
  additionalModelRequestFields?: Record<string, unknown> | undefined;
  /** Values of `anthropic_beta`. Default: none. */
  anthropicBeta?: readonly string[] | undefined;
  /** The tier that serves the call, such as `'flex'`. Default: AWS's `default`. */
  serviceTier?: 'reserved' | 'priority' | 'default' | 'flex' | { type: string } | undefined;
  /**
   * How an object of a schema is requested: `outputFormat`, by a format that the model enforces; `jsonTool`, by a tool that it has to
   * call. Default, `auto`: by the first of these that the model is known to accept, otherwise in words.
   */
  structuredOutputMode?: 'outputFormat' | 'jsonTool' | 'auto' | undefined;
  [member: string]: unknown;
}

/** Members of a provider's options, under either of the names that users write. */
export function optionsOf(all: ProviderOptions | undefined): Record<string, unknown> {
  return all?.['amazonBedrock'] ?? all?.['bedrock'] ?? {};
}

const MODES = ['outputFormat', 'jsonTool', 'auto'];
const TYPES = ['enabled', 'disabled', 'adaptive'];

/**
 * Reads the options of a call, those for Anthropic's provider included.
 *
 * @throws AI_InvalidArgumentError for a value of the wrong kind.
 */
export function readProviderOptions(all: ProviderOptions | undefined): {
  bedrock: AmazonBedrockLanguageModelOptions;
  disableParallelToolUse: boolean;
} {
  const given = optionsOf(all);
  const anthropic = all?.['anthropic'] ?? {};
  const mode = given['structuredOutputMode'] ?? anthropic['structuredOutputMode'];
  const at = 'providerOptions.bedrock';
  const require = (holds: boolean, name: string, wanted: string): void => {
    if (!holds) throw argumentError(`${at}.${name}`, wanted);
  };
  const { reasoningConfig: config, additionalModelRequestFields: fields, anthropicBeta: betas } = given;
  require(mode === undefined || MODES.includes(mode as string), 'structuredOutputMode', MODES.join(' or '));
  require(isObjectOrAbsent(config), 'reasoningConfig', 'an object');
  require(isObjectOrAbsent(fields), 'additionalModelRequestFields', 'an object');
  require(betas === undefined || isTexts(betas), 'anthropicBeta', 'a list of texts');
  const {
    type,
    budgetTokens: budget,
    maxReasoningEffort: effort,
  } = Object(config) as Record<string, unknown>;
  require(type === undefined || TYPES.includes(type as string), 'reasoningConfig.type', TYPES.join(' or '));
  require(budget === undefined || Number.isSafeInteger(budget), 'reasoningConfig.budgetTokens', 'a number');
  require(effort === undefined || typeof effort === 'string', 'reasoningConfig.maxReasoningEffort', 'a text');
  return {
    bedrock: { ...given, ...(mode !== undefined && { structuredOutputMode: mode as 'auto' }) },
    disableParallelToolUse: anthropic['disableParallelToolUse'] === true,
  };
}

function isObjectOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
