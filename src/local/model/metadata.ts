import type { LocalModel } from '../account/account.js';
import type { ConverseBody } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { type Answer, countOutputTokens } from '../conversation/answer.js';
import type { InputUsage } from './prompt-cache.js';

/** Models that report cached tokens without a cache point too. Source: 50 recorded answers of Claude 4, 3 of Claude 3.7. */
const COUNTS_CACHE = /claude-(?:3-7|(?:sonnet|opus|haiku)-[4-9]|[a-z]+-[5-9])/;

/** Writes what is reported with an answer: usage, metrics, trace, and settings that are echoed. */
export function describeCall(
  body: ConverseBody,
  model: LocalModel,
  input: InputUsage,
  answer: Answer,
  durationMs: number,
): Json & { usage: Json & { inputTokens: number; outputTokens: number }; metrics: Json } {
  const { counts } = answer;
  const output = counts?.outputTokens ?? countOutputTokens(answer.blocks);
  const used: InputUsage = counts === undefined ? input : { ...input, ...counts, written: [] };
  const usage = {
    inputTokens: used.inputTokens,
    outputTokens: output,
    totalTokens: used.inputTokens + used.cacheRead + used.cacheWrite + output,
    ...(used.cached || COUNTS_CACHE.test(model.modelId) ? cacheUsage(used) : {}),
    serverToolUsage: {},
    ...answer.usage,
  };
  return {
    usage,
    metrics: { latencyMs: Math.max(1, Math.round(durationMs)) },
    trace: answer.trace,
    performanceConfig: body.performanceConfig,
    serviceTier: body.serviceTier,
  };
}

/** The service reports each of these under two names. */
function cacheUsage({ cacheRead, cacheWrite, written }: InputUsage): Json {
  return {
    cacheReadInputTokens: cacheRead,
    cacheReadInputTokenCount: cacheRead,
    cacheWriteInputTokens: cacheWrite,
    cacheWriteInputTokenCount: cacheWrite,
    ...(written.length === 0 ? {} : { cacheDetails: written }),
  };
}

/**
 * Writes the fields of the model's own response that the request names by JSON pointer: the stop sequence, which is in the
 * `delta` of a stream. Source of the latter: vercel/ai, packages/amazon-bedrock/src/__fixtures__, 2026-08.
 */
export function selectResponseFields(
  { additionalModelResponseFieldPaths: paths = [] }: ConverseBody,
  { stopSequence }: Answer,
  isStream: boolean,
): Json | undefined {
  const field = { stop_sequence: stopSequence ?? null };
  const inDelta = isStream && paths.includes('/delta/stop_sequence');
  if (!inDelta && !paths.includes('/stop_sequence')) return undefined;
  return { ...(inDelta && { delta: field }), ...(paths.includes('/stop_sequence') && field) };
}
