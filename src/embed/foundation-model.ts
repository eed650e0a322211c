import { BoundedMap } from '../bounded-map.js';
import { parseModelId } from '../catalog/model-id.js';
import { inputError, isBedrockError, withFacts } from '../errors.js';
import { isObject } from '../input/read.js';
import type { Settings } from '../options.js';
import { resolveRoute } from '../transport/route.js';
import { type Bounds, callUnary } from '../transport/unary.js';

/** The models behind application profiles. An ARN contains the account, and its model never changes. */
const known = /* @__PURE__ */ new BoundedMap<string, string>(200);

/** Looks up the id of the model behind an application profile with GetInferenceProfile. */
export async function findFoundationModel(arn: string, settings: Settings, bounds: Bounds): Promise<string> {
  const cached = known.get(arn);
  if (cached !== undefined) return cached;
  const { segment, region } = parseModelId(arn);
  const route = await resolveRoute('bedrock', settings, region);
  const request = {
    method: 'GET',
    operation: 'GetInferenceProfile',
    modelId: arn,
    path: `/inference-profiles/${segment}`,
  } as const;
  try {
    const { json } = await callUnary(route, request, bounds);
    const [model] = Array.isArray(json['models']) ? (json['models'] as unknown[]) : [];
    const modelArn = isObject(model) ? model['modelArn'] : undefined;
    if (typeof modelArn !== 'string') throw inputError(`The profile ${arn} has no model.`);
    const id = modelArn.slice(modelArn.lastIndexOf('/') + 1);
    known.set(arn, id);
    return id;
  } catch (error) {
    if (!isBedrockError(error) || error.code === 'ERR_TIMEOUT') throw error;
    throw withFacts(error, {
      message: `The model behind ${arn} could not be looked up: ${error.message} Pass foundationModelId.`,
    });
  }
}
