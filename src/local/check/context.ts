import type { LocalModel } from '../account/account.js';
import { invalid, type ServiceException } from '../exception.js';
import type { CheckedRequest } from './checked-request.js';
import type { ConverseBody } from './request-shape.js';
import { modelError } from './wording.js';

/** Context windows by family, in tokens, as of 2026-11-28; the first that fits. Models that are not here have no limit. */
const WINDOWS: readonly (readonly [RegExp, number])[] = [
  [/claude-(?:(?:opus|sonnet)-4-[6-9]|[a-z]+-[5-9])/, 1_000_000],
  [/claude-/, 200_000],
  [/nova-micro/, 128_000],
  [/nova-(?:lite|pro)-v1/, 300_000],
  [/nova-(?:2-|premier)/, 1_000_000],
  [/kimi-k2/, 262_144],
  [/qwen3-32b/, 32_768],
  [/gpt-oss/, 128_000],
];

/** Models behind this engine count the output limit too. */
const COUNTS_OUTPUT = /kimi|qwen|gpt-oss|minimax|glm|deepseek\.v3|ministral|magistral|nemotron|gemma/;

/** The highest `maxTokens` that models accept, by family, where an error or AWS's page about the model states it. */
const OUTPUT_LIMITS: readonly (readonly [RegExp, number])[] = [
  [/llama3-(?:8|70)b/, 2048],
  [/claude-3-(?:haiku|sonnet|opus)/, 4096],
];

/** Checks that a Converse request asks for no more tokens than the model can generate. */
export function checkOutputLimit({ body: { inferenceConfig }, model: { modelId } }: CheckedRequest): void {
  const limit = OUTPUT_LIMITS.find(([family]) => family.test(modelId))?.[1];
  if (limit === undefined || (inferenceConfig?.maxTokens ?? 0) <= limit) return;
  throw invalid(
    `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
  );
}

/**
 * Checks that a request fits into the model's context window.
 *
 * Sources: https://github.com/daisuke-awaji/moca/issues/254 (Claude), crmne/ruby_llm, a recorded answer of Nova,
 * https://github.com/BerriAI/litellm/issues/22478 (Kimi).
 */
export function checkContext(
  { inferenceConfig }: ConverseBody,
  model: LocalModel,
  inputTokens: number,
): void {
  const { modelId } = model;
  const window = model.contextWindow ?? WINDOWS.find(([family]) => family.test(modelId))?.[1];
  if (window === undefined) return;
  const { maxTokens = 0 } = inferenceConfig ?? {};
  if (COUNTS_OUTPUT.test(modelId) && maxTokens > window - inputTokens) {
    throw modelError(
      `"'max_tokens' or 'max_completion_tokens' is too large: ${maxTokens}. This model's maximum context length is ${window} ` +
        `tokens and your request has ${inputTokens} input tokens (${maxTokens} > ${window} - ${inputTokens}). ` +
        `(parameter=max_tokens, value=${maxTokens})"`,
    );
  }
  if (inputTokens > window) throw overflow(modelId, inputTokens, window);
}

function overflow(modelId: string, inputTokens: number, window: number): ServiceException {
  if (modelId.includes('claude')) {
    return modelError(`prompt is too long: ${inputTokens} tokens > ${window} maximum`);
  }
  return modelError(
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
  );
}
