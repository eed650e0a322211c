import { invalid, ModelAccessException } from '../exception.js';
import { type LocalModel, type LocalProfile, modelArn } from './account.js';

/** The model behind an id in a request. */
export interface ResolvedModel {
  model: LocalModel;
  /** Id of the profile that the request went through. */
  profileId?: string | undefined;
  /** Whether the request names a stored prompt, which brings its own messages. */
  prompt?: boolean;
}

/** The models and profiles of one account in one region. */
export interface Catalog {
  readonly models: readonly LocalModel[];
  readonly profiles: readonly LocalProfile[];
  /**
   * Finds the model behind an id, a profile id or an ARN.
   *
   * @throws ServiceException if it does not exist or cannot be invoked by this name
   */
  resolve(modelId: string): ResolvedModel;
  /** The same, but also for models that do not write text, such as embedding and image models. */
  find(modelId: string): ResolvedModel;
  /** The same, but also for models that the account has no access to. */
  locate(modelId: string): ResolvedModel;
  /** Whether the account may use a model, by its id. */
  hasAccess(modelId: string): boolean;
  /** @throws ServiceException if it may not */
  requireAccess(modelId: string): void;
}

const ARN = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]*):(\d{12})?:([a-z-]+)\/(.+)$/;

/** Creates a catalog of these models and profiles. The models in `noAccess` are listed, and rejected when invoked. */
export function createCatalog(
  region: string,
  models: readonly LocalModel[],
  profiles: readonly LocalProfile[],
  noAccess: ReadonlySet<string> = new Set(),
): Catalog {
  const complete = models.map((model) => ({
    ...model,
    modelArn: model.modelArn ?? modelArn(region, model.modelId),
  }));

  function findOnDemand(id: string, asked: string): ResolvedModel | undefined {
    const model = complete.find((one) => one.modelId === id);
    if (model === undefined) return undefined;
    if (model.inferenceTypesSupported?.includes('ON_DEMAND') === false) {
      throw invalid(
        `Invocation of model ID ${asked} with on-demand throughput isn’t supported. Retry your request with ` +
          'the ID or ARN of an inference profile that contains this model.',
      );
    }
    return { model };
  }

  function findThroughProfile(matches: (profile: LocalProfile) => boolean): ResolvedModel | undefined {
    const profile = profiles.find(matches);
    const ids = profile?.models?.map((one) => one.modelArn?.replace(/^.*foundation-model\//, ''));
    const model = complete.find((one) => ids?.includes(one.modelId) === true);
    return profile === undefined || model === undefined
      ? undefined
      : { model, profileId: profile.inferenceProfileId };
  }

  function findByArn(arn: string): ResolvedModel | undefined {
    const [, arnRegion, , kind, id = ''] = ARN.exec(arn) ?? [];
    if (kind === undefined || (arnRegion !== region && arnRegion !== '')) return undefined;
    switch (kind) {
      case 'foundation-model':
        return findOnDemand(id, arn);
      case 'inference-profile':
        return findThroughProfile((one) => one.inferenceProfileArn === arn || one.inferenceProfileId === id);
      case 'prompt': {
        const model = complete.find(
          (one) => answersInText(one) && one.inferenceTypesSupported?.includes('ON_DEMAND'),
        );
        return model === undefined ? undefined : { model, prompt: true };
      }
      default:
        return findThroughProfile((one) => one.inferenceProfileArn === arn);
    }
  }

  function findAny(modelId: string): ResolvedModel {
    const found = modelId.startsWith('arn:')
      ? findByArn(modelId)
      : (findOnDemand(modelId, modelId) ?? findThroughProfile((one) => one.inferenceProfileId === modelId));
    if (found === undefined) throw invalid('The provided model identifier is invalid.');
    return found;
  }

  function requireAccess(modelId: string): void {
    if (!noAccess.has(modelId)) return;
    throw new ModelAccessException("You don't have access to the model with the specified model ID.");
  }

  function admit(found: ResolvedModel): ResolvedModel {
    requireAccess(found.model.modelId);
    return found;
  }

  return {
    models: complete,
    profiles,
    find: (modelId) => admit(findAny(modelId)),
    locate: findAny,
    resolve(modelId) {
      const found = findAny(modelId);
      if (!answersInText(found.model)) {
        throw invalid(
          "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
        );
      }
      return admit(found);
    },
    hasAccess: (modelId) => !noAccess.has(modelId),
    requireAccess,
  };
}

/** The list has rerank models with text as output, but Converse does not serve them. */
function answersInText({ modelId, outputModalities }: LocalModel): boolean {
  return outputModalities?.includes('TEXT') !== false && !modelId.includes('rerank');
}
