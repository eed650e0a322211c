import type { LocalRejection } from '../account/account.js';
import { invalid, ServiceException } from '../exception.js';
import type { CheckedRequest, PlacedBlock } from './checked-request.js';
import { findRejections, type Rejections } from './quirks.js';
import type { ConverseBody } from './request-shape.js';
import type { Json } from './shape.js';
import { deprecated, exclusive, extraneous, modelError, unsupported } from './wording.js';

/** Checks what the model's family rejects, and what this model was told to reject. */
export function checkModel({ body, sent, blocks, model }: CheckedRequest): void {
  const rejects = findRejections(model.modelId);
  checkSampling(body, rejects, model.modelId);
  checkCachePoints(body, blocks, rejects);
  for (const kind of rejects.toolChoice ?? []) {
    if (body.toolConfig?.toolChoice?.[kind] !== undefined) throw unsupported(`toolConfig.toolChoice.${kind}`);
  }
  for (const placed of blocks) {
    checkReasoning(placed, rejects);
    checkToolBlock(placed, rejects);
  }
  for (const rejection of model.rejects ?? []) checkRejection(sent, rejection);
}

function checkSampling(
  { inferenceConfig: config = {} }: ConverseBody,
  rejects: Rejections,
  modelId: string,
): void {
  const refuse = modelId.includes('claude') ? deprecated : unsupported;
  for (const name of rejects.inferenceConfig ?? []) if (config[name] !== undefined) throw refuse(name);
  if (rejects.temperatureWithTopP && config.temperature !== undefined && config.topP !== undefined) {
    throw exclusive('temperature', 'topP');
  }
}

function checkCachePoints(
  { system = [], toolConfig }: ConverseBody,
  blocks: readonly PlacedBlock[],
  { cachePoints, cacheTtl }: Rejections,
): void {
  const tools = toolConfig?.tools ?? [];
  const amongTools = tools.findIndex((tool) => tool.cachePoint !== undefined);
  const all = [...system, ...tools, ...blocks.map(([block]) => block)].flatMap((one) => one.cachePoint ?? []);
  if (cachePoints === 'anywhere' && all.length > 0) {
    throw new ServiceException(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
  if (cachePoints === 'tools' && amongTools >= 0) {
    throw extraneous(`toolConfig/tools/${amongTools}`, 'cachePoint');
  }
  // Claude accepts any ttl: a model that does not know the longer one applies the shorter.
  if (cacheTtl && all.some(({ ttl }) => ttl !== undefined)) {
    throw invalid('Extended TTL prompt caching is only supported for Anthropic models');
  }
}

function checkReasoning([{ reasoningContent }, path, role]: PlacedBlock, rejects: Rejections): void {
  if (reasoningContent === undefined) return;
  if (role === 'user' || rejects.reasoning === 'any') {
    throw invalid(
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    );
  }
  const { reasoningText, redactedContent } = reasoningContent;
  if (redactedContent !== undefined && rejects.redactedReasoning) {
    throw unsupported('reasoningContent.redactedContent');
  }
  if (reasoningText === undefined) return;
  const { signature } = reasoningText;
  if (rejects.reasoning === 'signed' && signature !== undefined) {
    throw unsupported('reasoningContent.reasoningText.signature');
  }
  if (rejects.reasoning === 'unsigned' && signature === undefined) {
    throw modelError(`${path}.thinking.signature: Field required`);
  }
  if (rejects.reasoning === 'unsigned' && signature === '') {
    throw modelError(`${path}: Invalid \`signature\` in \`thinking\` block`);
  }
}

function checkToolBlock([{ toolUse, toolResult }, path]: PlacedBlock, rejects: Rejections): void {
  for (const [kind, id] of [
    ['tool_use.id', toolUse?.toolUseId],
    ['tool_result.tool_use_id', toolResult?.toolUseId],
  ]) {
    if (!rejects.looseToolUseIds || id === undefined || /^[a-zA-Z0-9_-]+$/.test(id)) continue;
    throw modelError(`${path}.${kind}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  const { content = [], status } = toolResult ?? {};
  if (rejects.resultImages && content.some(({ image }) => image !== undefined)) {
    throw invalid(
      "This model doesn't support the image field for user messages. Remove image and try again.",
    );
  }
  // JSON goes to the model as text.
  const isText = content.every(({ text, json }) => text !== undefined || json !== undefined);
  if (rejects.errorMedia && status === 'error' && !isText) {
    throw modelError(`${path}.tool_result: all content must be type \`text\` if \`is_error\` is true`);
  }
}

/** Checks one of the rejections that a model was given: of a field, or of two fields together. */
function checkRejection(sent: Json, rejection: string | LocalRejection): void {
  const { field, message } =
    typeof rejection === 'string' ? { field: rejection, message: undefined } : rejection;
  const fields = field.split('+');
  if (!fields.every((path) => holds(sent, path.split('.')))) return;
  throw message === undefined ? createRejection(fields) : invalid(message);
}

/** Whether a path leads to something; it goes through every item of a list. */
function holds(value: unknown, [name = '', ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, [name, ...rest]));
  const member = (value as Json | null | undefined)?.[name] ?? undefined;
  if (member === undefined) return false;
  return rest.length === 0 || (typeof member === 'object' && holds(member, rest));
}

function createRejection([field = '', other]: readonly string[]): ServiceException {
  const parts = field.split('.');
  const last = parts.at(-1) ?? '';
  if (other !== undefined) return exclusive(last, other.split('.').at(-1) ?? '');
  if (last === 'cachePoint') return extraneous(`${parts.slice(0, -1).join('/')}/0`, last);
  if (parts[0] !== 'additionalModelRequestFields') return unsupported(field.replace('inferenceConfig.', ''));
  return modelError(`${parts.slice(1).join('.')}: Extra inputs are not permitted`);
}
