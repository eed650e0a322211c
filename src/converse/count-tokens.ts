import { requestJson, wrongAnswer } from '../http/json.js';
import { type Layers, merged } from '../http/options.js';
import type { CountTokensRequest } from '../types.js';
import { parseModelId } from './model-id.js';
import { mended, prepared, requireObject } from './prepare.js';

/** How many input tokens a request would take. */
export async function countInputTokens(layers: Layers, request: CountTokensRequest): Promise<number> {
  requireObject(request);
  const options = merged(layers);
  const model = parseModelId(request.modelId);
  const given = 'input' in request ? request.input : { converse: countable(request) };
  // A conversation is counted as it would be sent.
  const whole = given?.converse && mended(given.converse, model, options);
  const input = whole ? { converse: whole.request } : given;
  const { target, outgoing } = await prepared(layers, model, 'count-tokens', { input }, whole);
  const answer = await requestJson(target, outgoing, options);
  const { inputTokens } = answer.json;
  if (typeof inputTokens === 'number') return inputTokens;
  throw wrongAnswer(
    'The answer holds no inputTokens, so it is not one of CountTokens. Check the endpoint.',
    answer,
  );
}

/** The members of a Converse request that CountTokens takes; the others do not become input. */
function countable(request: Exclude<CountTokensRequest, { input: unknown }>) {
  const { messages, system, toolConfig, additionalModelRequestFields } = request;
  return { messages, system, toolConfig, additionalModelRequestFields };
}
