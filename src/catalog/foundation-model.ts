import { inputError } from '../errors.js';
import { shorten } from '../input/read.js';
import type { KnownModel } from '../types.js';

/** The foundation model that an id or ARN leads to, by what the caller knows of the account; undefined if that is not known. */
export function foundationModelOf(id: string, models: readonly KnownModel[] = []): string | undefined {
  const names = (one: { id: string; arn?: string | undefined }): boolean => one.id === id || one.arn === id;
  return models.find((model) => names(model) || model.profiles?.some(names))?.foundationModelId;
}

/** A geography in front of a provider: two letters, or one of the longer names. No provider has such a name. */
const PROFILE = /^(?:[a-z]{2}|us-gov|apac|global|[a-z-]+(?=\.anthropic\.))\.(?=[a-z0-9-]+\.)/;
const ARN = /^arn:[^/]*:(foundation-model|inference-profile|application-inference-profile)\/(.+)$/;

/**
 * The id under which CountTokens knows a model, also if it can only be invoked through a profile.
 *
 * @throws BedrockError `ERR_INPUT` for an application profile, unless `models` has it: its ARN does not tell its model.
 */
export function countedModelId(modelId: string, models: readonly KnownModel[] | undefined): string {
  const known = foundationModelOf(modelId, models);
  if (known !== undefined) return known;
  const [, kind, id = modelId] = ARN.exec(modelId) ?? [];
  if (kind === 'application-inference-profile') {
    throw inputError(
      `Tokens are counted by the id of a foundation model, and modelId "${shorten(modelId)}" does not show which one it leads to. ` +
        'Pass its foundationModelId as modelId, or the models of discover() as the option models.',
    );
  }
  return kind === 'foundation-model' ? id : id.replace(PROFILE, '');
}
