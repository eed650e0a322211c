import { type KnownQuirks, type ModelQuirks, modelQuirks } from '../../index.js';

/** Settings of one model, the second argument of the provider. */
export interface AmazonBedrockModelSettings {
  /**
   * The model behind an id that does not show it, such as the ARN of an application profile:
   * `anthropic.claude-sonnet-4-5-20250929-v1:0`. What the model accepts, and what its answers cost, depends on it. Default:
   * what the id shows.
   */
  foundationModelId?: string | undefined;
  /** Less than `foundationModelId`: only that the model is one of Anthropic's. Default: what the id shows. */
  modelFamily?: 'anthropic' | undefined;
}

/** A model, and what is known about it. */
export interface Model {
  readonly id: string;
  readonly accepts: KnownQuirks;
  readonly isClaude: boolean;
  readonly isNova: boolean;
}

/** Looks up what a model accepts. */
export function findModel(
  id: string,
  { foundationModelId, modelFamily }: AmazonBedrockModelSettings,
  overrides: ModelQuirks | undefined,
): Model {
  const name = overrides?.foundationModelId ?? foundationModelId ?? id;
  const isClaude = modelFamily === 'anthropic' || /\bclaude|\banthropic\./i.test(name);
  return {
    id,
    accepts: modelQuirks(id, { ...overrides, foundationModelId: name }),
    isClaude,
    isNova: /\bnova-/i.test(name),
  };
}
