import { percentEncode } from '../../encoding.js';
import { isObject } from '../../input/read.js';
import { fromBase64 } from '../../wire/base64.js';
import { findTargets, startFailover } from '../exchange/call.js';
import type { Exchange, Passed } from '../exchange/exchange.js';
import { Refusal, refuseField } from '../failure.js';
import type { Body } from '../fields.js';
import type { ReadBody } from '../http/body.js';
import { passStream, passWhole } from '../pass/answer.js';
import type { Guardrail } from '../pass/client-options.js';
import { pickRequestHeaders } from '../pass/headers.js';
import type { JsonMembers } from '../pass/json-members.js';
import { estimateBody, findOutputLimit } from '../pass/planned-tokens.js';
import { encode } from '../pass/protocols.js';
import { FrameTap } from '../pass/taps/frames.js';
import { passToTargets } from '../pass/targets.js';
import { readConverseUsage, readHeaderUsage } from '../pass/usage.js';
import { keepSameModel } from '../routing/target.js';
import { checkBody } from './check-body.js';
import { findGuardrails, guardHeaders, guardText } from './guardrail.js';
import type { ModelOperation, ModelPath } from './paths.js';
import { requireUnique, rightsOf } from './rights.js';
import { checkTier, readAskedTier } from './service-tier.js';

/**
 * Answers a request to one of Bedrock's own paths: the request goes on as it is, with the gateway's authorization and the
 * operator's guardrail, and so does the answer.
 *
 * @throws Refusal for what callers may not do; whatever the call failed with
 */
export async function answerModelPath(
  exchange: Passed<Exchange>,
  { operation, model }: ModelPath,
  { json, bytes }: ReadBody,
): Promise<Response> {
  const { settings, record, request, requestId } = exchange;
  const isStream = operation === 'converse-stream' || operation === 'invoke-with-response-stream';
  const isCount = operation === 'count-tokens';
  Object.assign(record, { model, isStream });
  const text = new TextDecoder().decode(bytes);
  const members = requireUnique(text);
  checkTier(request.headers, json, settings);
  const found = await findTargets(exchange, model);
  // Other models cannot read the body.
  const targets = hasModelForm(operation, json) ? keepSameModel(found, settings) : found;
  const guardrails = findGuardrails(exchange, targets);
  const rights = rightsOf(settings.bedrockPaths || {}, guardrails.size > 0, request.headers);
  for (const part of checkedParts(operation, json)) checkBody(part, rights);
  const failover = startFailover(exchange, targets);
  return passToTargets(exchange, {
    failover,
    countInput: () => (isCount ? 0 : estimateBody(json)),
    outputTokens: isCount ? 0 : findOutputLimit(json, hasModelForm(operation, json) ? 'invoke' : 'converse'),
    tier: readAskedTier(request.headers, json),
    isCount,
    plan(target) {
      const guarded = withGuardrail(operation, text, members, guardrails.get(target));
      return {
        passage: {
          host: 'runtime',
          paths: 'bedrock',
          path: `/model/${percentEncode(target.modelId)}/${operation}`,
          headers: {
            ...pickRequestHeaders(request, 'bedrock', settings),
            ...rights.headers,
            ...guarded.headers,
          },
          body: guarded.text === text ? bytes : encode(guarded.text),
        },
        pass: (passing) =>
          isStream
            ? passStream(passing, 'application/vnd.amazon.eventstream', new FrameTap())
            : passWhole(passing, (whole, headers) =>
                operation === 'converse' ? readConverseUsage(whole) : readHeaderUsage(headers),
              ),
      };
    },
    headers: () => ({ 'x-request-id': requestId, ...failover.headers() }),
  });
}

/** Whether a body is in the form of one model, and not in Converse's. */
function hasModelForm(operation: ModelOperation, { input }: Body): boolean {
  if (operation === 'count-tokens') return isObject(input) && input['invokeModel'] !== undefined;
  return operation !== 'converse' && operation !== 'converse-stream';
}

/** The requests in a body. CountTokens wraps them, one kind as base64. */
function checkedParts(operation: ModelOperation, json: Body): Body[] {
  if (operation !== 'count-tokens') return [json];
  const { input } = json;
  const { converse, invokeModel } = isObject(input) ? input : {};
  const body = isObject(invokeModel) ? invokeModel['body'] : undefined;
  return [converse, parseBase64(body)].flatMap((part) => (isObject(part) ? [part] : []));
}

function parseBase64(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    const text = new TextDecoder().decode(fromBase64(value));
    const json: unknown = JSON.parse(text);
    requireUnique(text);
    return json;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refuseField(
      'input.invokeModel.body',
      'The body is not JSON in base64. Encode the body of InvokeModel.',
    );
  }
}

/** The request with the operator's guardrail. Counting tokens runs no model. */
function withGuardrail(
  operation: ModelOperation,
  text: string,
  members: JsonMembers,
  guardrail: Guardrail | undefined,
): { text: string; headers?: Record<string, string> } {
  if (guardrail === undefined || operation === 'count-tokens') return { text };
  if (operation === 'converse' || operation === 'converse-stream')
    return { text: guardText(text, members, guardrail, operation === 'converse-stream') };
  return { text, headers: guardHeaders(guardrail) };
}
