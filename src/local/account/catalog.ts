import { invalid, ServiceException } from '../exception.js';
import { type LocalModel, type LocalProfile, modelArn } from './account.js';

/** What a model id of a request leads to. */
export interface ResolvedModel {
  model: LocalModel;
  /** Id of the profile that the request went through. */
  profileId?: string | undefined;
  /** The request names a stored prompt, which brings its own messages. */
  prompt?: boolean;
}

/** The models and profiles of one account in one region. */
export interface Catalog {
  readonly models: readonly LocalModel[];
  readonly profiles: readonly LocalProfile[];
  /**
   * The model behind an id, a profile id or an ARN.
   *
   * @throws ServiceException where it does not exist or cannot be invoked by this name
   */
  resolve(modelId: string): ResolvedModel;
  /** Whether the account may use a model, by its id. */
  hasAccess(modelId: string): boolean;
}

const ARN = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]*):(\d{12})?:([a-z-]+)\/(.+)$/;

/** A catalog of these models and profiles; the models of `noAccess` are listed and refused. */
export function createCatalog(
  region: string,
  models: readonly LocalModel[],
  profiles: readonly LocalProfile[],
  noAccess: readonly string[] = [],
): Catalog {
  const whole = models.map((model) => ({
    ...model,
    modelArn: model.modelArn ?? modelArn(region, model.modelId),
  }));

  function onDemand(id: string, asked: string): ResolvedModel | undefined {
    const model = whole.find((one) => one.modelId === id);
    if (model === undefined) return undefined;
    if (model.inferenceTypesSupported?.includes('ON_DEMAND') === false) {
      throw invalid(
        `Invocation of model ID ${asked} with on-demand throughput isn’t supported. Retry your request with ` +
          'the ID or ARN of an inference profile that contains this model.',
      );
    }
    return { model };
  }

  function throughProfile(matches: (profile: LocalProfile) => boolean): ResolvedModel | undefined {
    const profile = profiles.find(matches);
    const ids = profile?.models?.map((one) => one.modelArn?.replace(/^.*foundation-model\//, ''));
    const model = whole.find((one) => ids?.includes(one.modelId) === true);
    return profile === undefined || model === undefined
      ? undefined
      : { model, profileId: profile.inferenceProfileId };
  }

  function byArn(arn: string): ResolvedModel | undefined {
    const [, arnRegion, , kind, id = ''] = ARN.exec(arn) ?? [];
    if (kind === undefined || (arnRegion !== region && arnRegion !== '')) return undefined;
    switch (kind) {
      case 'foundation-model':
        return onDemand(id, arn);
      case 'inference-profile':
        return throughProfile((one) => one.inferenceProfileArn === arn || one.inferenceProfileId === id);
      case 'prompt': {
        const model = whole.find(
          (one) => answersInText(one) && one.inferenceTypesSupported?.includes('ON_DEMAND'),
        );
        return model === undefined ? undefined : { model, prompt: true };
      }
      default:
        return throughProfile((one) => one.inferenceProfileArn === arn);
    }
  }

  return {
    models: whole,
    profiles,
    resolve(modelId) {
      const found = modelId.startsWith('arn:')
        ? byArn(modelId)
        : (onDemand(modelId, modelId) ?? throughProfile((one) => one.inferenceProfileId === modelId));
      if (found === undefined) throw invalid('The provided model identifier is invalid.');
      if (!answersInText(found.model)) {
        throw invalid(
          "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
        );
      }
      if (noAccess.includes(found.model.modelId)) {
        throw new ServiceException(
          'AccessDeniedException',
          "You don't have access to the model with the specified model ID.",
        );
      }
      return found;
    },
    hasAccess: (modelId) => !noAccess.includes(modelId),
  };
}

function answersInText(model: LocalModel): boolean {
  return model.outputModalities?.includes('TEXT') !== false;
}
