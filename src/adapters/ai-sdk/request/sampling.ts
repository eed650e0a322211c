import type { ConverseStreamRequest } from '../../../index.js';
import type { Model } from '../model.js';
import type { LanguageModelCall, Warning } from '../specification.js';
import type { ReasoningPlan } from './reasoning.js';

/** What an answer may have if a call with a budget for thinking does not say. */
const ROOM_FOR_ANSWER = 4096;

/** Members of a request that say how the model chooses its words, and how many. */
export interface Sampling {
  inferenceConfig: NonNullable<ConverseStreamRequest['inferenceConfig']>;
  /** Members of `additionalModelRequestFields`. */
  fields: Record<string, unknown>;
}

type Name = 'temperature' | 'topP' | 'topK' | 'stopSequences' | 'maxOutputTokens';

/** Leaves out what the model is known to reject, each with a warning. */
export function planSampling(
  model: Model,
  call: LanguageModelCall,
  reasoning: ReasoningPlan,
  warn: (warning: Warning) => void,
): Sampling {
  const { accepts, isClaude } = model;
  const given = { ...call, stopSequences: call.stopSequences?.filter((text) => text.trim() !== '') };
  const drop = (name: Name | 'seed' | 'presencePenalty' | 'frequencyPenalty', details: string): void => {
    if (given[name] == null || (name === 'stopSequences' && given.stopSequences?.length === 0)) return;
    given[name] = undefined;
    warn({ type: 'unsupported', feature: name, details });
  };
  for (const name of ['seed', 'presencePenalty', 'frequencyPenalty'] as const)
    drop(name, 'Converse does not have it.');
  for (const name of accepts.rejects ?? []) drop(name, 'This model rejects it.');
  if (isClaude && accepts.rejects?.includes('temperature')) drop('topK', 'This model rejects it.');
  if (isClaude && reasoning.isThinking)
    for (const name of ['temperature', 'topP', 'topK'] as const)
      drop(name, 'Claude rejects it while it thinks.');
  const { maxReasoningEffort } = Object(reasoning.fields['reasoningConfig']) as {
    maxReasoningEffort?: string;
  };
  if (maxReasoningEffort === 'high')
    for (const name of ['maxOutputTokens', 'temperature', 'topP'] as const)
      drop(name, 'Nova rejects it at high effort.');
  if (accepts.temperatureOrTopP && given.temperature != null)
    drop('topP', 'This model accepts temperature or topP, not both.');
  if (!isClaude && !model.isNova)
    drop('topK', 'Converse has no name for it that this model is known to accept.');
  const { stopSequences, topP, topK } = given;
  const maxTokens = maxTokensOf(given.maxOutputTokens, reasoning.budgetTokens);
  const temperature = clampTemperature(given.temperature, warn);
  return {
    inferenceConfig: {
      ...(maxTokens != null && { maxTokens }),
      ...(temperature != null && { temperature }),
      ...(topP != null && { topP }),
      ...(stopSequences !== undefined && stopSequences.length > 0 && { stopSequences: [...stopSequences] }),
    },
    fields: topK == null ? {} : model.isNova ? { inferenceConfig: { topK } } : { top_k: topK },
  };
}

/** Thinking counts as output, and the limit of a call is for its answer. */
function maxTokensOf(given: number | undefined, budget: number | undefined): number | undefined {
  return budget === undefined ? given : (given ?? ROOM_FOR_ANSWER) + budget;
}

function clampTemperature(given: number | undefined, warn: (warning: Warning) => void): number | undefined {
  if (given == null || (given >= 0 && given <= 1)) return given;
  const temperature = given > 1 ? 1 : 0;
  warn({
    type: 'unsupported',
    feature: 'temperature',
    details: `Bedrock accepts 0 to 1, so ${given} becomes ${temperature}.`,
  });
  return temperature;
}
