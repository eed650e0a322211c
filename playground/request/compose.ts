import type { ConverseStreamRequest, Model, ModelQuirks } from 'bedrock-anywhere';
import { requireShape } from './answer-shape.js';
import { guardrailConfig } from './guardrail.js';
import type { Settings } from './settings.js';
import { askForThought } from './thinking.js';

/** A request without its messages. */
export type RequestFrame = Omit<ConverseStreamRequest, 'messages' | 'prompt'>;

/** What is known of the model: enough for a request, and for the form of its parameters. */
export interface KnownModel {
  model: Model | undefined;
  quirks: ModelQuirks;
}

/** The sampling parameters that a model accepts, and those that are fixed while it thinks. */
export function acceptedSampling(quirks: ModelQuirks, fixesSampling: boolean) {
  const rejects: readonly string[] = quirks.rejects ?? [];
  return {
    temperature: !rejects.includes('temperature') && !fixesSampling,
    topP: !rejects.includes('topP') && !fixesSampling,
    stopSequences: !rejects.includes('stopSequences'),
  };
}

/** Writes settings as a request that the model accepts: what it would reject is omitted. */
export function composeRequest(settings: Settings, { model, quirks }: KnownModel): RequestFrame {
  const { modelId, system, temperature, topP, stopSequences, schema } = settings;
  const most = model !== undefined && model.maxTokens > 0 ? model.maxTokens : Number.POSITIVE_INFINITY;
  const maxTokens = settings.maxTokens === undefined ? undefined : Math.min(settings.maxTokens, most);
  const thinking = askForThought(quirks, settings, maxTokens ?? Math.min(most, 32_000));
  const accepted = acceptedSampling(quirks, thinking.fixesSampling);
  const hasTemperature = accepted.temperature && temperature !== undefined;
  const hasTopP = accepted.topP && topP !== undefined && !(quirks.temperatureOrTopP && hasTemperature);
  const stops = stopSequences.filter((text) => text.trim() !== '');
  const thinks = Object.keys(thinking.fields).length > 0;
  const inferenceConfig = {
    ...(maxTokens !== undefined && { maxTokens }),
    // A budget for thinking has to be smaller than the limit, which some models set low by themselves.
    ...(maxTokens === undefined &&
      quirks.thinking === 'budget' &&
      thinks && { maxTokens: Math.min(most, 32_000) }),
    ...(hasTemperature && { temperature }),
    ...(hasTopP && { topP }),
    ...(accepted.stopSequences && stops.length > 0 && { stopSequences: stops }),
  };
  const guardrail = guardrailConfig(settings);
  return {
    modelId,
    ...(system.trim() !== '' && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(thinks && { additionalModelRequestFields: thinking.fields as never }),
    ...(guardrail !== undefined && { guardrailConfig: guardrail }),
    ...(schema.trim() !== '' && requireShape(readSchema(schema), choicesOf(quirks, thinks))),
  };
}

/** The quirks with the choices of tools that the model has in this request. */
function choicesOf(quirks: ModelQuirks, thinks: boolean): ModelQuirks {
  const { toolChoiceWhileThinking: choices } = quirks;
  return thinks && choices !== undefined ? { ...quirks, toolChoice: choices } : quirks;
}

/**
 * Reads a schema that someone has typed.
 *
 * @throws Error that says what is wrong
 */
function readSchema(text: string): object {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new Error(`The schema of the answer is not JSON: ${(error as Error).message}`);
  }
  if ((schema as { type?: unknown } | null)?.type === 'object') return schema as object;
  throw new Error(
    'The schema of the answer has to be that of an object: {"type": "object", "properties": …}.',
  );
}
