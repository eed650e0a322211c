import { requestJson, wrongAnswer } from '../http/json.js';
import { type Layers, merged, readLayers } from '../http/options.js';
import { readWhole } from '../input/read.js';
import { readCountRequest } from '../input/request.js';
import type { CountTokensRequest } from '../types.js';
import { parseModelId } from './model-id.js';
import { mended, prepared } from './prepare.js';

/** How many input tokens a request would use. */
export async function countInputTokens(given: Layers, request: CountTokensRequest): Promise<number> {
  const layers = readLayers(given, 'countTokens()');
  const { modelId, input: read } = readCountRequest(request);
  const options = merged(layers);
  const model = parseModelId(modelId);
  // A conversation is counted as it would be sent.
  const whole = read?.converse && readWhole([], () => mended(read.converse, model, options));
  const input = whole ? { converse: whole.request } : read;
  const { target, outgoing } = await prepared(layers, model, 'count-tokens', { input }, whole);
  const answer = await requestJson(target, outgoing, options);
  const { inputTokens } = answer.json;
  if (typeof inputTokens === 'number') return inputTokens;
  throw wrongAnswer(
    'The answer has no inputTokens, so it is not from CountTokens. Check the endpoint.',
    answer,
  );
}
