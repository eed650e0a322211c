import type { Message } from '@aws-sdk/client-bedrock-runtime';
import { requestJson, wrongAnswer } from '../http/json.js';
import { type Layers, merged, readLayers } from '../http/options.js';
import type { ConverseRequest, ConverseResult } from '../types.js';
import { decodeBytes } from '../wire/events.js';
import type { Costed } from './cost.js';
import { prepareConverse } from './prepare.js';
import { restoreName } from './repair-names.js';
import { textOf } from './text.js';
import { toolUseOf } from './tool-use.js';

/** One complete answer, without streaming. */
export async function converseOnce(given: Layers, request: ConverseRequest): Promise<ConverseResult> {
  const layers = readLayers(given, 'converse()');
  const { target, outgoing, costOf, repairs, names } = await prepareConverse(layers, request, 'converse');
  const answer = await requestJson(target, outgoing, merged(layers));
  const { json, requestId, attempts, warnings } = answer;
  const { output, stopReason, ...rest } = json as {
    output?: { message?: Message };
  } & Partial<ConverseResult>;
  const message = output?.message;
  if (!Array.isArray(message?.content) || stopReason === undefined) {
    throw wrongAnswer(
      'The answer has no message or no stop reason, so it is not from Converse. Check the endpoint.',
      answer,
    );
  }
  for (const block of message.content) {
    decodeBytes(block as unknown as Record<string, unknown>);
    restoreName(block, names);
  }
  return {
    text: textOf(message),
    message,
    stopReason,
    usage: rest.usage,
    metrics: rest.metrics,
    trace: rest.trace,
    performanceConfig: rest.performanceConfig,
    serviceTier: rest.serviceTier,
    additionalModelResponseFields: rest.additionalModelResponseFields,
    cost: costOf(rest as Costed),
    requestId,
    attempts,
    toolUses: message.content.flatMap(({ toolUse }) =>
      toolUse === undefined || toolUse.type === 'server_tool_use' ? [] : [toolUseOf(toolUse)],
    ),
    repairs,
    warnings,
  };
}
