import { findProtocolHost, hostOf } from '../../catalog/protocols.js';
import { answerByConverse, answerCount } from '../converse/route.js';
import { findTargets, startFailover } from '../exchange/call.js';
import type { Exchange } from '../exchange/exchange.js';
import { headersOf } from '../exchange/respond.js';
import { readName } from '../fields.js';
import type { ReadBody } from '../http/body.js';
import { passWhole } from '../pass/answer.js';
import { replaceValue } from '../pass/json-members.js';
import { estimateBody, findOutputLimit } from '../pass/planned-tokens.js';
import { encode, planPassage } from '../pass/protocols.js';
import { passToTargets } from '../pass/targets.js';
import { checkBody } from './check-body.js';
import { findGuardrails, guardHeaders } from './guardrail.js';
import { requireUnique, rightsOf } from './rights.js';
import { checkTier, readAskedTier } from './service-tier.js';

/**
 * Answers a request to the path of Messages that Bedrock itself has, which clients use in the mode for bedrock-mantle. The request
 * goes on as it is. bedrock-mantle ignores guardrails, so that a request is translated if one applies.
 *
 * @throws Refusal for what callers may not do; whatever the call failed with
 */
export async function answerMessagesPath(
  exchange: Exchange,
  { json, bytes }: ReadBody,
  isCount: boolean,
): Promise<Response> {
  const { settings, record, request } = exchange;
  const model = readName(json['model'], 'model');
  const isStream = json['stream'] === true && !isCount;
  record.isStream = isStream;
  const found = await findTargets(exchange, model);
  const speaking = found.filter(({ modelId }) => findProtocolHost(modelId, 'messages') !== undefined);
  // If no model is known to speak Messages, Bedrock decides.
  const targets = speaking.length > 0 ? speaking : found;
  const guardrails = findGuardrails(exchange, targets);
  const hosts = targets.map(({ modelId }) => hostOf(modelId));
  // bedrock-runtime counts tokens of Messages by CountTokens only.
  if (isCount && hosts.includes('runtime')) return answerCount(exchange, json);
  if (guardrails.size > 0 && hosts.includes('mantle') && !isCount) return answerByConverse(exchange, json);
  const text = new TextDecoder().decode(bytes);
  const members = requireUnique(text);
  const rights = rightsOf(settings.bedrockPaths || {}, guardrails.size > 0, request.headers);
  checkTier(request.headers, json, settings);
  checkBody(json, rights);
  const failover = startFailover(exchange, targets);
  return passToTargets(exchange, {
    failover,
    countInput: () => (isCount ? 0 : estimateBody(json)),
    outputTokens: isCount ? 0 : findOutputLimit(json, 'messages'),
    tier: readAskedTier(request.headers, json),
    isCount,
    plan(target) {
      const { modelId } = target;
      const guardrail = guardrails.get(target);
      const body = modelId === model ? bytes : encode(replaceValue(text, members, 'model', modelId));
      const headers = { ...rights.headers, ...(guardrail !== undefined && guardHeaders(guardrail)) };
      const planned = planPassage(exchange, {
        protocol: 'messages',
        host: hostOf(modelId),
        modelId,
        body,
        isStream,
        headers,
      });
      if (!isCount) return planned;
      return {
        passage: { ...planned.passage, path: '/v1/messages/count_tokens' },
        pass: (passing) => passWhole(passing, () => undefined),
      };
    },
    headers: () => headersOf(exchange, failover),
  });
}
