import type { ConverseBody } from '../check/request-shape.js';
import type { Json } from '../check/shape.js';
import type { Answer } from '../conversation/answer.js';
import { describe, type ModelCall, type ModelService, type Prepared } from '../model/prepare.js';
import type { Dice } from '../random.js';
import type { AnswerFacts } from './family.js';

/** Gathers what a family needs to write an answer. */
export function factsOf(
  service: ModelService,
  call: Omit<ModelCall, 'json'>,
  { prepared, answer, json, roll }: { prepared: Prepared; answer: Answer; json: Json; roll: Dice },
): AnswerFacts {
  const { usage, metrics } = describe(service, call, prepared, answer);
  const count = (name: string): number => Number(usage[name] ?? 0);
  return {
    modelId: prepared.resolved.model.modelId,
    body: json,
    stopReason: answer.stopReason,
    stopSequence: answer.stopSequence,
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    cacheRead: count('cacheReadInputTokens'),
    cacheWrite: count('cacheWriteInputTokens'),
    latencyMs: Number(metrics['latencyMs']),
    nowMs: service.now(),
    roll,
  };
}

/**
 * What a guardrail did, next to the model's members. Source: "Use the InvokeModel operation with a guardrail", Amazon Bedrock user
 * guide, 2026-11-28; the format of the trace has not been recorded.
 */
export function guardrailMembers({ guardrailConfig }: ConverseBody, { stopReason, trace }: Answer): Json {
  const intervened = stopReason === 'guardrail_intervened';
  if (guardrailConfig === undefined && !intervened) return {};
  const { inputAssessment, outputAssessments, ...rest } = Object(trace?.['guardrail']) as Json;
  const traced = {
    ...rest,
    ...(inputAssessment !== undefined && { input: inputAssessment }),
    ...(outputAssessments !== undefined && {
      outputs: [firstOfEach(outputAssessments as Record<string, unknown[]>)],
    }),
  };
  return {
    'amazon-bedrock-guardrailAction': intervened ? 'INTERVENED' : 'NONE',
    ...(trace !== undefined && { 'amazon-bedrock-trace': { guardrail: traced } }),
  };
}

function firstOfEach(lists: Record<string, unknown[]>): Json {
  return Object.fromEntries(Object.entries(lists).map(([id, [first]]) => [id, first]));
}
