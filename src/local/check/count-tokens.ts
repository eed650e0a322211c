import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { invalid } from '../exception.js';

/**
 * Ids of the models that CountTokens counts for, as of 2026-11-28. Sources: the user guide's list of August 2025, answers to
 * requests of 2026-08 (docs/service-rules.md). Frankfurt refused some of these in July 2026
 * (https://github.com/BerriAI/litellm/issues/32683), but the local Bedrock does not.
 */
const COUNTED = /^anthropic\.claude-(?:3-[57]-|(?:opus|sonnet|haiku)-4-(?:\d{8}|[156]-|6$))/;

/** The API reference allows an ARN, but the ARN of a profile is refused: https://github.com/pydantic/pydantic-ai/issues/4001. */
const FOUNDATION_MODEL = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*::foundation-model\/(.+)$/;

/**
 * Finds the model whose tokens are to be counted. Unlike Converse, CountTokens accepts only the model's own id, even if the model
 * can only be invoked through a profile.
 *
 * @throws ServiceException in the words of the service
 */
export function findCounted(catalog: Catalog, modelId: string): ResolvedModel {
  const [, id = modelId] = FOUNDATION_MODEL.exec(modelId) ?? [];
  const model = catalog.models.find((one) => one.modelId === id);
  if (model === undefined) catalog.resolve(modelId);
  if (model === undefined || !COUNTED.test(id)) {
    throw invalid("The provided model doesn't support counting tokens.");
  }
  catalog.requireAccess(model.modelId);
  return { model };
}
