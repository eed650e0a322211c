import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import { partitionOf } from '../../catalog/partitions.js';
import { listSketches, type Sketch } from './sketches.js';

/** A model in AWS's own shape. Modalities and inference types are open: the service is ahead of AWS's enums. */
export type LocalModel = Omit<
  FoundationModelSummary,
  'inputModalities' | 'outputModalities' | 'inferenceTypesSupported' | 'modelId' | 'modelArn'
> & {
  modelId: string;
  /** Default: made from the region and the id. */
  modelArn?: string | undefined;
  inputModalities?: string[] | undefined;
  outputModalities?: string[] | undefined;
  inferenceTypesSupported?: string[] | undefined;
  /**
   * Fields that it rejects beyond what its family rejects, to test how a client reacts: a path in the request's body such
   * as `inferenceConfig.temperature` or `system.cachePoint`, or two joined by `+` if they exclude each other. The wording is
   * the service's unless a message is given. This member is not listed.
   */
  rejects?: readonly (string | LocalRejection)[] | undefined;
  /**
   * How many tokens it can process at most, to test what a client does with a conversation that is too long. Default: that of
   * its family, if it is known. This member is not listed either.
   */
  contextWindow?: number | undefined;
};

/** A field that a model rejects, and the message. */
export interface LocalRejection {
  field: string;
  message: string;
}

/** An inference profile in AWS's own shape; dates may be ISO text, as in JSON files. */
export type LocalProfile = Omit<InferenceProfileSummary, 'createdAt' | 'updatedAt' | 'inferenceProfileId'> & {
  inferenceProfileId: string;
  createdAt?: Date | string | undefined;
  updatedAt?: Date | string | undefined;
};

/** The account that owns everything. */
export const ACCOUNT_ID = '123456789012';

/** Regions that a geography's profiles route to, besides the region of the request. */
const GEOGRAPHIES: Readonly<Record<string, { prefix: string; label: string; regions: readonly string[] }>> = {
  us: { prefix: 'us', label: 'US', regions: ['us-east-1', 'us-east-2', 'us-west-2'] },
  eu: { prefix: 'eu', label: 'EU', regions: ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-3'] },
  ap: { prefix: 'apac', label: 'APAC', regions: ['ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2'] },
};

/** A model that answers in text and is called by its own id. */
export function createTextModel(region: string, modelId: string): LocalModel {
  return {
    modelArn: modelArn(region, modelId),
    modelId,
    modelName: modelId,
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['ON_DEMAND'],
    modelLifecycle: { status: 'ACTIVE' },
  };
}

/** Creates the default models of the account. */
export function createDefaultModels(region: string): LocalModel[] {
  return listSketches().map((sketch) => ({
    modelArn: modelArn(region, sketch.id),
    modelId: sketch.id,
    modelName: sketch.name,
    providerName: sketch.provider,
    inputModalities: sketch.input ?? ['TEXT'],
    outputModalities: sketch.output ?? ['TEXT'],
    responseStreamingSupported: sketch.streaming ?? true,
    customizationsSupported: sketch.customizations ?? [],
    inferenceTypesSupported: sketch.types,
    modelLifecycle: { status: sketch.legacy === true ? 'LEGACY' : 'ACTIVE' },
  }));
}

/** Creates the default inference profiles: one for the geography of the region, and global ones. */
export function createDefaultProfiles(region: string): LocalProfile[] {
  const geography = GEOGRAPHIES[region.slice(0, region.indexOf('-'))];
  const profiles: LocalProfile[] = [];
  for (const sketch of listSketches()) {
    if (geography !== undefined && sketch.profiles?.includes('geo') === true) {
      const regions = [...new Set([region, ...geography.regions])].sort();
      const arns = regions.map((one) => modelArn(one, sketch.id));
      profiles.push(createProfile(region, geography.prefix, geography.label, sketch, arns));
    }
    if (sketch.profiles?.includes('global') === true) {
      const arns = [modelArn('', sketch.id), modelArn(region, sketch.id)];
      profiles.push(createProfile(region, 'global', 'Global', sketch, arns));
    }
  }
  return profiles;
}

/** Writes the ARN of a model in a region; the region is empty if a profile routes anywhere. */
export function modelArn(region: string, modelId: string): string {
  return `arn:${partitionOf(region).name}:bedrock:${region}::foundation-model/${modelId}`;
}

/** Writes the ARN of a guardrail, from its id or its ARN, with or without a version. */
export function guardrailArn(id: string, region: string): string {
  const name = id.replace(/\/version\/[^/]*$/, '');
  if (name.startsWith('arn:')) return name;
  return `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:guardrail/${name}`;
}

function createProfile(
  region: string,
  prefix: string,
  label: string,
  sketch: Sketch,
  arns: string[],
): LocalProfile {
  const id = `${prefix}.${sketch.id}`;
  const since = new Date('2025-10-01T00:00:00Z');
  const where = prefix === 'global' ? 'globally' : `in ${arns.map((arn) => arn.split(':')[3]).join(', ')}`;
  return {
    inferenceProfileName: `${label} ${sketch.provider} ${sketch.name}`,
    description: `Routes requests to ${sketch.provider} ${sketch.name} ${where}.`,
    createdAt: since,
    updatedAt: since,
    inferenceProfileArn: `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`,
    models: arns.map((arn) => ({ modelArn: arn })),
    inferenceProfileId: id,
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
  };
}
