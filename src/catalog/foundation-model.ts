import { inputError } from '../errors.js';
import { shorten } from '../input/read.js';
import type { KnownModel } from '../types.js';

/** The foundation model behind an id or ARN, according to the models that the caller passed; undefined if unknown. */
export function foundationModelOf(id: string, models: readonly KnownModel[] = []): string | undefined {
  const names = (one: { id: string; arn?: string | undefined }): boolean => one.id === id || one.arn === id;
  return models.find((model) => names(model) || model.profiles?.some(names))?.foundationModelId;
}

/** A geography in front of a provider: two letters, or one of the longer names. No provider has such a name. */
const PROFILE = /^(?:[a-z]{2}|us-gov|apac|global|[a-z-]+(?=\.anthropic\.))\.(?=[a-z0-9-]+\.)/;
const ARN = /^arn:[^/]*:(foundation-model|inference-profile|application-inference-profile)\/(.+)$/;

/**
 * The id by which CountTokens knows a model, even if the model can only be invoked through a profile.
 *
 * @throws BedrockError `ERR_INPUT` for an application profile that `models` does not have: its ARN does not show the model.
 */
export function countedModelId(modelId: string, models: readonly KnownModel[] | undefined): string {
  const known = foundationModelOf(modelId, models);
  if (known !== undefined) return known;
  const [, kind, id = modelId] = ARN.exec(modelId) ?? [];
  if (kind === 'application-inference-profile') {
    throw inputError(
      `CountTokens needs the id of a foundation model, and modelId "${shorten(modelId)}" does not show which model is behind it. ` +
        'Pass its foundationModelId as modelId, or the models of discover() as the option models.',
    );
  }
  return kind === 'foundation-model' ? id : id.replace(PROFILE, '');
}
