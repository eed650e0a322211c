import type { LocalModel } from '../account/account.js';
import type { ConverseBody } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import { type Answer, countOutputTokens } from './answer.js';
import type { InputUsage } from './prompt-cache.js';

/** Writes what is reported with an answer: usage, metrics, trace, and settings that are echoed. */
export function describeCall(
  body: ConverseBody,
  model: LocalModel,
  input: InputUsage,
  answer: Answer,
  durationMs: number,
): Json {
  const output = countOutputTokens(answer.blocks);
  const usage: Json = {
    inputTokens: input.inputTokens,
    outputTokens: output,
    totalTokens: input.inputTokens + input.cacheRead + input.cacheWrite + output,
    ...(input.cached ? cacheUsage(input) : {}),
    ...(model.providerName === 'Anthropic' ? { serverToolUsage: {} } : {}),
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

/** Writes the fields of the model's own response that the request names by JSON pointer; there is one. */
export function selectResponseFields(body: ConverseBody, answer: Answer): Json | undefined {
  const wanted = body.additionalModelResponseFieldPaths?.includes('/stop_sequence') === true;
  return wanted ? { stop_sequence: answer.stopSequence ?? null } : undefined;
}
