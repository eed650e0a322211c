import { parseModelId } from '../catalog/model-id.js';
import { readWhole } from '../input/read.js';
import { readCountRequest } from '../input/request.js';
import type { Settings } from '../options.js';
import { callUnary, wrongAnswer } from '../transport/unary.js';
import type { CountTokensRequest } from '../types.js';
import { prepareCall, repairRequest } from './prepare.js';

/** How many input tokens a request would use. */
export async function countInputTokens(settings: Settings, request: CountTokensRequest): Promise<number> {
  const { modelId, input: read } = readCountRequest(request);
  const model = parseModelId(modelId);
  // A conversation is counted as it would be sent.
  const whole = read?.converse && readWhole([], () => repairRequest(read.converse, model, settings));
  const input = whole ? { converse: whole.request } : read;
  const { route, outgoing, adapt } = await prepareCall(settings, model, 'count-tokens', { input }, whole);
  const answer = await callUnary(route, outgoing, settings, adapt);
  const { inputTokens } = answer.json;
  if (typeof inputTokens === 'number') return inputTokens;
  throw wrongAnswer(
    'The answer has no inputTokens, so it is not from CountTokens. Check the endpoint.',
    answer,
  );
}
