import { countedModelId } from '../catalog/foundation-model.js';
import { parseModelId } from '../catalog/model-id.js';
import { readWhole } from '../input/read.js';
import { readCountRequest } from '../input/request.js';
import type { Settings } from '../options.js';
import { callUnary, wrongAnswerError } from '../transport/unary.js';
import type { CountTokensRequest } from '../types.js';
import { prepareCall, repairRequest } from './prepare.js';

/** Counts how many input tokens a request would use; the service does the counting. */
export async function countInputTokens(settings: Settings, request: CountTokensRequest): Promise<number> {
  const { modelId, input: read } = readCountRequest(request);
  const given = parseModelId(modelId);
  const counted = parseModelId(countedModelId(given.id, settings.models));
  // The region in an ARN decides where the call goes, even though the ARN is not sent.
  const model = { ...counted, region: given.region };
  // Counted after its repair, as it would be sent.
  const repaired = read?.converse && readWhole([], () => repairRequest(read.converse, model, settings));
  const input = repaired ? { converse: repaired.request } : read;
  const prepared = await prepareCall(settings, model, 'count-tokens', { input }, repaired);
  const { route, outgoing, adapt } = prepared;
  const answer = await callUnary(route, outgoing, settings, adapt);
  prepared.accepted();
  const { inputTokens } = answer.json;
  if (typeof inputTokens === 'number') return inputTokens;
  throw wrongAnswerError(
    'The answer has no inputTokens, so it is not from CountTokens. Check the endpoint.',
    answer,
  );
}
