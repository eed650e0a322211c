import type { Catalog, ResolvedModel } from '../account/catalog.js';
import type { Json } from '../check/shape.js';
import { EndpointException } from './failure.js';

// bedrock-mantle has the account's models under names of its own: without version, date and geography. Which of them: notebooks of
// aws-samples (2026-08-20 to 22), and model cards of the user guide, read by others until 2026-11-28.

const NOT_ON_MANTLE =
  /^(?:amazon|meta|cohere|ai21|stability|twelvelabs)\.|^anthropic\.(?!claude-(?:haiku-4-5|opus-4-[7-9]|[a-z]+-[5-9]|mythos))|^xai\.grok-4\.[6-9]|^deepseek\.r1|^mistral\.(?:pixtral|mixtral|mistral-7b|mistral-(?:large|small)-24)/;

/** Whether a model is below `/openai/v1` there; all others are below `/v1`. */
export function isBelowOpenAi(name: string): boolean {
  return /^(?:openai\.gpt-[5-9]|google\.gemma-4|xai\.)/.test(name);
}

/** The name of a model on bedrock-mantle; undefined if it is not there. */
function mantleNameOf({ modelId, outputModalities }: ResolvedModel['model']): string | undefined {
  if (outputModalities?.includes('TEXT') === false || NOT_ON_MANTLE.test(modelId)) return undefined;
  return modelId.replace(/(?:-\d{8})?-(?:v\d+|\d+)(?::\d+)$|-v\d+$/, '');
}

/** Finds a model by its name on bedrock-mantle. */
export function findOnMantle({ models }: Catalog, name: string): ResolvedModel | undefined {
  const model = models.find((one) => one.modelId === name && mantleNameOf(one) === name);
  const other = model ?? models.find((one) => mantleNameOf(one) === name);
  return other && { model: other };
}

/** GET /v1/models: the members were recorded, but not what `status`, `reason` and the modes of retention can be (2026-08-22). */
export function listMantleModels(catalog: Catalog): Json {
  const names = new Set(catalog.models.flatMap((model) => mantleNameOf(model) ?? []));
  return { object: 'list', data: [...names].map((name) => writeModel(catalog, name)) };
}

/** GET /v1/models/{id} */
export function getMantleModel(catalog: Catalog, name: string): Json {
  if (findOnMantle(catalog, name) === undefined) {
    throw new EndpointException('ResourceNotFoundException', `The model '${name}' does not exist`, 404, {
      code: 'model_not_found',
      param: 'model',
    });
  }
  return writeModel(catalog, name);
}

function writeModel(catalog: Catalog, name: string): Json {
  const isOpen = catalog.hasAccess(findOnMantle(catalog, name)?.model.modelId ?? name);
  return {
    id: name,
    object: 'model',
    created: 1_760_000_000,
    owned_by: 'system',
    status: isOpen ? 'ACTIVE' : 'UNAVAILABLE',
    reason: isOpen ? null : 'This account has no access to the model.',
    data_retention: { mode: 'default', allowed_modes: ['default', 'none'], source: 'account' },
  };
}
