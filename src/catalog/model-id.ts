import { percentEncode } from '../encoding.js';
import { inputError } from '../errors.js';
import { shorten } from '../input/read.js';
import { isRegion, partitionOf } from './partitions.js';

/** What the id of a model, inference profile or other resource contains. */
export interface ModelRef {
  /** As the caller wrote it. */
  id: string;
  /** The id as a segment of a path. */
  segment: string;
  /** The region of an ARN. */
  region: string | undefined;
  /** True for the ARN of a prompt, which has its own messages. */
  isPrompt: boolean;
}

const ARN =
  /^arn:(aws[a-z-]*):(?:bedrock|sagemaker):([a-z0-9-]{2,25}):(?:\d{12})?:([a-z-]+)\/([^\s/][^\s]*)$/;

/** The longest id that the service accepts. Source: Amazon Bedrock, `Converse`, `modelId`. */
const LONGEST = 2048;

/** Reads a `modelId`: a model id, an inference profile id, or an ARN of anything that can be invoked. */
export function parseModelId(modelId: unknown): ModelRef {
  if (typeof modelId !== 'string' || modelId.trim() === '') {
    throw inputError(
      'modelId is empty. Pass an id that discover() lists, such as amazon.nova-lite-v1:0, or an ARN.',
    );
  }
  const what = `modelId "${shorten(modelId)}"`;
  const isArn = modelId.startsWith('arn:');
  if (modelId.length > LONGEST) {
    throw inputError(`${what} has ${modelId.length} characters. No id has more than ${LONGEST}.`);
  }
  if (/\p{Surrogate}/u.test(modelId) || (!isArn && /[\s?#]|^\.{1,2}$/.test(modelId))) {
    throw inputError(`${what} has characters that no id contains. Pass the id as discover() lists it.`);
  }
  if (!isArn) {
    return { id: modelId, segment: percentEncode(modelId), region: undefined, isPrompt: false };
  }
  const [, partition, region = '', kind] = ARN.exec(modelId) ?? [];
  if (partition === undefined) {
    throw inputError(
      `${what} is not a complete ARN, such as ` +
        'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6.',
    );
  }
  // The region decides which host gets the call and its signature.
  if (!isRegion(region) || partitionOf(region).name !== partition) {
    throw inputError(`${what} names the region "${region}", which is not one of the partition ${partition}.`);
  }
  return { id: modelId, segment: percentEncode(modelId), region, isPrompt: kind === 'prompt' };
}
