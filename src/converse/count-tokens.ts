import { BedrockError } from '../errors.js';
import { requestJson } from '../http/json.js';
import { type Layers, merged } from '../http/options.js';
import type { CountTokensRequest } from '../types.js';
import { parseModelId } from './model-id.js';
import { prepared, requireObject } from './prepare.js';

/** How many input tokens a request would take. */
export async function countInputTokens(layers: Layers, request: CountTokensRequest): Promise<number> {
  requireObject(request);
  const body = { input: 'input' in request ? request.input : { converse: countable(request) } };
  const { target, outgoing } = await prepared(layers, parseModelId(request.modelId), 'count-tokens', body);
  const { json, requestId } = await requestJson(target, outgoing, merged(layers));
  if (typeof json['inputTokens'] === 'number') return json['inputTokens'];
  throw new BedrockError({
    code: 'ERR_PROTOCOL',
    name: 'ProtocolError',
    message: 'The answer holds no inputTokens, so it is not one of CountTokens. Check the endpoint.',
    requestId,
    phase: 'request',
  });
}

/** The members of a Converse request that CountTokens takes; the others do not become input. */
function countable(request: Exclude<CountTokensRequest, { input: unknown }>): object {
  const { messages, system, toolConfig, additionalModelRequestFields } = request;
  return { messages, system, toolConfig, additionalModelRequestFields };
}
