import { BoundedMap } from '../bounded-map.js';
import { parseModelId } from '../catalog/model-id.js';
import { inputError, isBedrockError, withFacts } from '../errors.js';
import { isObject } from '../input/read.js';
import type { Settings } from '../options.js';
import { resolveRoute } from '../transport/route.js';
import { type Bounds, callUnary } from '../transport/unary.js';

/** The models behind application profiles. An ARN names the account, and its model never changes. */
const known = /* @__PURE__ */ new BoundedMap<string, string>(200);

/** The id of the model behind the ARN of an application profile, as GetInferenceProfile tells it. */
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
    if (typeof modelArn !== 'string') throw inputError(`The profile ${arn} names no model.`);
    const id = modelArn.slice(modelArn.lastIndexOf('/') + 1);
    known.set(arn, id);
    return id;
  } catch (error) {
    if (!isBedrockError(error) || error.code === 'ERR_TIMEOUT') throw error;
    throw withFacts(error, {
      message: `Which model is behind ${arn} could not be found out: ${error.message} Pass foundationModelId.`,
    });
  }
}
