import type { Costed } from '../catalog/price.js';
import { isBedrockError, withFacts } from '../errors.js';
import type { Settings } from '../options.js';
import { restoreName } from '../repair/tools/names.js';
import { callUnary, wrongAnswerError } from '../transport/unary.js';
import type { ConverseRequest, ConverseResult } from '../types.js';
import { Candidates } from './fallback.js';
import { prepareConverse } from './prepare.js';
import { textOf } from './text.js';
import { toolUseOf } from './tool-use.js';
import { readWholeMessage } from './whole-message.js';

/** Gets one complete answer, without streaming, from the first model that gives one. */
export async function converseOnce(settings: Settings, request: ConverseRequest): Promise<ConverseResult> {
  if (settings.fallback === undefined) return converseWith(settings, request, performance.now());
  const candidates = new Candidates(request, settings);
  // The models share timeoutMs.
  const since = performance.now();
  for (;;) {
    const { current } = candidates;
    try {
      const result = await converseWith(current.settings, current.request, since);
      if (candidates.sent === 0) return result;
      return {
        ...result,
        attempts: candidates.sent + result.attempts,
        warnings: [...candidates.warnings, ...result.warnings],
      };
    } catch (error) {
      if (candidates.goOn(error)) continue;
      throw isBedrockError(error) && candidates.sent > 0
        ? withFacts(error, { attempts: candidates.sent + error.attempts })
        : error;
    }
  }
}

async function converseWith(
  settings: Settings,
  request: ConverseRequest,
  since: number,
): Promise<ConverseResult> {
  const prepared = await prepareConverse(settings, request, 'converse');
  const { route, outgoing, adapt, costOf, repairs, names } = prepared;
  const answer = await callUnary(route, outgoing, { ...settings, since }, adapt);
  prepared.accepted();
  const { requestId, attempts, warnings } = answer;
  const read = readWholeMessage(answer);
  if (read === undefined) {
    throw wrongAnswerError(
      'The answer has no message or no stop reason, so it is not from Converse. Check the endpoint.',
      answer,
    );
  }
  const { message, content, stopReason, ...rest } = read;
  for (const block of content) restoreName(block, names);
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
    modelId: request.modelId,
    requestId,
    attempts,
    toolUses: content.flatMap(({ toolUse }) =>
      !toolUse || toolUse.type === 'server_tool_use' ? [] : [toolUseOf(toolUse)],
    ),
    repairs,
    warnings,
  };
}
