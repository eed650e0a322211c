import type { PartialResult, Usage } from '../../../index.js';
import type { FinishReason, JsonMembers, ModelUsage, ProviderMetadata, Warning } from '../specification.js';

/** Metadata under both names that users of @ai-sdk/amazon-bedrock read. */
export function bothNames(members: JsonMembers): ProviderMetadata {
  return { bedrock: members, amazonBedrock: members };
}

/** What a finish reason depends on besides the service's own. */
type Facts = Pick<
  PartialResult,
  'usage' | 'trace' | 'performanceConfig' | 'serviceTier' | 'cost' | 'repairs'
> &
  Pick<PartialResult, 'additionalModelResponseFields' | 'warnings'>;

/** The metadata of an answer, with the names of @ai-sdk/amazon-bedrock; `cost`, `repairs` and `warnings` are this library's own. */
export function answerMetadata(facts: Facts, isJsonResponseFromTool: boolean): ProviderMetadata {
  const { usage, trace, performanceConfig, serviceTier, cost, repairs, warnings } = facts;
  const { cacheWriteInputTokens, cacheDetails } = usage ?? {};
  const members = {
    ...(trace && { trace }),
    ...(performanceConfig && { performanceConfig }),
    ...(serviceTier && { serviceTier }),
    ...((cacheWriteInputTokens != null || cacheDetails != null) && {
      usage: {
        ...(cacheWriteInputTokens != null && { cacheWriteInputTokens }),
        ...(cacheDetails != null && { cacheDetails }),
      },
    }),
    ...(isJsonResponseFromTool && { isJsonResponseFromTool }),
    stopSequence: stopSequenceOf(facts.additionalModelResponseFields),
    ...(cost && { cost }),
    ...(repairs.length > 0 && { repairs }),
    ...(warnings.length > 0 && { warnings }),
  };
  return bothNames(members as unknown as JsonMembers);
}

function stopSequenceOf(fields: unknown): string | null {
  const { stop_sequence: found } = Object(Object(fields).delta) as { stop_sequence?: unknown };
  return typeof found === 'string' ? found : null;
}

/** Fields that the service rejected, so that they were omitted. */
export function rejectedFields(repairs: PartialResult['repairs']): Warning[] {
  return repairs.flatMap(({ kind, path, reason }): Warning[] =>
    kind === 'rejected-field'
      ? [{ type: 'unsupported', feature: path, ...(reason !== undefined && { details: reason }) }]
      : [],
  );
}

/**
 * The AI SDK's word for a stop reason. Some models say `end_turn` after tool calls, or `tool_use` without any, and agents go on only
 * after `tool-calls`.
 */
export function finishReasonOf(raw: string | undefined, hasCalls: boolean): FinishReason<never> {
  switch (raw) {
    case 'end_turn':
    case 'tool_use':
      return { unified: hasCalls ? 'tool-calls' : 'stop', raw };
    case 'stop_sequence':
      return { unified: 'stop', raw };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { unified: 'length', raw };
    case 'content_filtered':
    case 'guardrail_intervened':
      return { unified: 'content-filter', raw };
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return { unified: 'error', raw };
    default:
      return { unified: 'other', raw };
  }
}

/** Tokens as the AI SDK counts them: its total of the input includes what the prompt cache had. */
export function usageOf(usage: Usage | undefined): ModelUsage {
  const {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokens: cacheWrite,
  } = usage ?? {};
  return {
    inputTokens: {
      total: inputTokens === undefined ? undefined : inputTokens + (cacheRead ?? 0) + (cacheWrite ?? 0),
      noCache: inputTokens,
      cacheRead: usage && (cacheRead ?? 0),
      cacheWrite: usage && (cacheWrite ?? 0),
    },
    // The service does not say how many of them were reasoning.
    outputTokens: { total: outputTokens, text: undefined, reasoning: undefined },
    ...(usage && { raw: usage as unknown as JsonMembers }),
  };
}
