import type { ResolvedModel } from '../account/catalog.js';
import { invalid } from '../exception.js';
import { checkCachePoints } from './cache-points.js';
import { type CheckedRequest, listBlocks } from './checked-request.js';
import { checkOutputLimit } from './context.js';
import { checkMedia, checkOwnMedia } from './media/blocks.js';
import { checkMessages } from './messages.js';
import { checkModel, checkRejections } from './model.js';
import { findRejections } from './quirks.js';
import { checkThinking } from './reasoning/thinking.js';
import type { ConverseBody } from './request-shape.js';
import type { Json } from './shape.js';
import { checkTools } from './tools/config.js';

/** What the service rejects beyond types and limits, in the order in which it looks. */
const CHECKS: readonly ((request: CheckedRequest) => void)[] = [
  checkStreaming,
  checkMessages,
  checkSystem,
  checkMedia,
  checkTools,
  checkCachePoints,
  checkGuardrail,
  checkOutputLimit,
  checkModel,
  checkThinking,
  checkToolSupport,
];

/**
 * The subset for a request in a model's own format: the service does not treat text before the user's last words as a system prompt,
 * and each format has its own error for a limit.
 */
const OWN_CHECKS: typeof CHECKS = CHECKS.filter(
  (check) => check !== checkSystem && check !== checkOutputLimit,
);

/** The subset for a request in Claude's own format, whose turns and tools have separate rules. */
const CLAUDE_CHECKS: typeof CHECKS = [
  checkOwnMedia,
  checkCachePoints,
  checkGuardrail,
  checkModel,
  checkThinking,
];

/** The subset for a request in OpenAI's protocols, which have rules and words of their own. */
const OPENAI_CHECKS: typeof CHECKS = [checkOwnMedia, checkGuardrail, checkRejections];

/**
 * Checks a Converse body as the service does, once its types and limits are known to be right.
 *
 * @param sent The body as it was sent, with members that the service does not know.
 * @throws ServiceException with the first thing that is wrong
 */
export function validateConverse(
  body: ConverseBody,
  resolved: ResolvedModel,
  isStream: boolean,
  sent: Json,
): void {
  const request = { ...resolved, body, sent, isStream, blocks: listBlocks(body) };
  for (const check of CHECKS) check(request);
}

/** The same for a body in a model's own format. */
export function validateOwn(...[body, resolved, isStream, sent]: Parameters<typeof validateConverse>): void {
  const request = { ...resolved, body, sent, isStream, blocks: listBlocks(body) };
  for (const check of OWN_CHECKS) check(request);
}

/** The same for a body in Claude's own format. */
export function validateClaude(
  ...[body, resolved, isStream, sent]: Parameters<typeof validateConverse>
): void {
  const request = { ...resolved, body, sent, isStream, blocks: listBlocks(body) };
  for (const check of CLAUDE_CHECKS) check(request);
}

/** The same for a body in one of OpenAI's protocols. */
export function validateOpenAi(
  ...[body, resolved, isStream, sent]: Parameters<typeof validateConverse>
): void {
  const request = { ...resolved, body, sent, isStream, blocks: listBlocks(body) };
  for (const check of OPENAI_CHECKS) check(request);
}

function checkStreaming({ model, isStream }: CheckedRequest): void {
  if (isStream && model.responseStreamingSupported !== true) {
    throw invalid('The model is unsupported for streaming.');
  }
}

function checkSystem({ body, model }: CheckedRequest): void {
  if (!body.system?.length || !findRejections(model.modelId).system) return;
  throw invalid(
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
  );
}

function checkToolSupport({ body, model, isStream }: CheckedRequest): void {
  if (body.toolConfig === undefined) return;
  const { tools, streamedTools } = findRejections(model.modelId);
  // In streams, a model without tools gives the same error as one that supports tools only outside streams:
  // https://github.com/danny-avila/LibreChat/issues/6351 (DeepSeek R1, 2025-03-15).
  if (isStream && (tools ?? streamedTools)) {
    throw invalid("This model doesn't support tool use in streaming mode.");
  }
  if (tools) throw invalid("This model doesn't support tool use.");
}

function checkGuardrail({ body: { guardrailConfig } }: CheckedRequest): void {
  if (guardrailConfig === undefined) return;
  for (const name of ['guardrailIdentifier', 'guardrailVersion'] as const) {
    if (guardrailConfig[name] === undefined || guardrailConfig[name] === '') {
      throw invalid(
        `The guardrailConfig field needs guardrailIdentifier and guardrailVersion; ${name} is missing.`,
      );
    }
  }
}
