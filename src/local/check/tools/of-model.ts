import { invalid } from '../../exception.js';
import type { PlacedBlock } from '../checked-request.js';
import type { Rejections } from '../quirks.js';
import type { Block, ConverseBody } from '../request-shape.js';
import type { Json } from '../shape.js';
import { extraneous, modelError, noPrefill, unsupported } from '../wording.js';

/** Checks what a model's family rejects about tools, their uses and their results. */
export function checkModelTools(
  body: ConverseBody,
  blocks: readonly PlacedBlock[],
  rejects: Rejections,
  modelId: string,
): void {
  checkChoice(body, rejects, modelId);
  for (const [i, { toolSpec }] of (body.toolConfig?.tools ?? []).entries()) {
    if (toolSpec === undefined) continue;
    const found = rejects.schemaRoot?.find((name) => Object.hasOwn(toolSpec.inputSchema.json ?? {}, name));
    if (found !== undefined) throw wrongRoot(i, found, modelId);
    if (rejects.strictTools && toolSpec.strict !== undefined) {
      throw modelError(`tools.${i}.custom.strict: Extra inputs are not permitted`);
    }
    if (rejects.looseProperties) checkProperties(toolSpec.inputSchema.json, i);
  }
  for (const placed of blocks) checkToolBlock(placed, rejects);
  checkNeighbours(body, rejects);
  if (rejects.besideUses) checkUses(body);
  if (rejects.behindUses) checkBehindUses(body, rejects);
}

function checkChoice({ toolConfig }: ConverseBody, { toolChoice = [] }: Rejections, modelId: string): void {
  for (const kind of toolChoice) {
    if (toolConfig?.toolChoice?.[kind] === undefined) continue;
    throw modelId.includes('claude')
      ? modelError('tool_choice: type "tool" and "any" are not supported for this model.')
      : unsupported(`toolConfig.toolChoice.${kind}`);
  }
}

function wrongRoot(i: number, name: string, modelId: string) {
  return modelId.includes('claude')
    ? modelError(
        `tools.${i}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      )
    : extraneous(`toolConfig/tools/${i}/toolSpec/inputSchema/json`, name);
}

/**
 * Checks the property names at the root of a schema. Nested objects may have any. Source:
 * https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/709 (2026-08-31).
 */
function checkProperties({ properties = {} }: Json = {}, i: number): void {
  if (Object.keys(Object(properties)).every((name) => /^[a-zA-Z0-9_.-]{1,64}$/.test(name))) return;
  throw modelError(
    `tools.${i}.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`,
  );
}

function checkToolBlock([{ toolUse, toolResult }, path]: PlacedBlock, rejects: Rejections): void {
  for (const [kind, id] of [
    ['tool_use.id', toolUse?.toolUseId],
    ['tool_result.tool_use_id', toolResult?.toolUseId],
  ]) {
    if (id === undefined) continue;
    if (rejects.looseToolUseIds && !/^[a-zA-Z0-9_-]+$/.test(id)) {
      throw modelError(`${path}.${kind}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
    }
    if (id.replace(/[^a-zA-Z0-9]/g, '').length < (rejects.toolUseIdsBelow ?? 0)) {
      throw modelError(`Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`);
    }
  }
  const { content = [], status } = toolResult ?? {};
  if (rejects.emptyResults && toolResult !== undefined && content.length === 0) {
    throw invalid(`The content field at ${path}.toolResult is empty. Add content and try again.`);
  }
  if (rejects.resultStatus && status !== undefined) throw unsupported('status');
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

function checkUses({ messages = [] }: ConverseBody): void {
  for (const [i, { role, content }] of messages.entries()) {
    const hasUses = content.some(({ toolUse }) => toolUse !== undefined);
    const isAlone = content.every(
      ({ toolUse, toolResult, cachePoint }) => toolUse ?? toolResult ?? cachePoint,
    );
    if (role !== 'assistant' || !hasUses || isAlone) continue;
    throw invalid(
      `messages.${i}.content: Conversation blocks and tool use blocks cannot be provided in the same turn.`,
    );
  }
}

/** Some models read a message with tool results as if it had none, if something else is in it. */
function checkNeighbours({ messages = [] }: ConverseBody, { besideResults }: Rejections): void {
  if (besideResults === undefined) return;
  const disturbs = ({ toolResult, document, video, cachePoint }: Block): boolean =>
    besideResults === 'documents'
      ? video !== undefined || (document !== undefined && document.format !== 'pdf')
      : toolResult === undefined && cachePoint === undefined;
  for (const [i, { role, content }] of messages.entries()) {
    const ids = content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    if (role !== 'user' || ids.length === 0 || !content.some(disturbs)) continue;
    throw unanswered(i - 1, ids);
  }
}

/**
 * Rejects text behind tool uses: the model takes it for an answer that it should continue, or says that it separates the uses from
 * their results. If Claude thinks between its uses, it writes such text itself: https://github.com/experientiallabs/experiential/pull/840 (2026-09-07).
 */
function checkBehindUses({ messages = [] }: ConverseBody, { prefill }: Rejections): void {
  for (const [i, { role, content }] of messages.entries()) {
    const answered = new Set(content.map(({ toolResult }) => toolResult?.toolUseId));
    const isUse = ({ toolUse }: Block): boolean => toolUse !== undefined && !answered.has(toolUse.toolUseId);
    const behind = content.slice(content.findIndex(isUse));
    if (role !== 'assistant' || !behind.some(isUse) || !behind.some(({ text }) => text !== undefined))
      continue;
    const last = behind.filter(({ cachePoint }) => cachePoint === undefined).at(-1);
    if (last !== undefined && isUse(last) && behind.some(({ reasoningContent }) => reasoningContent))
      continue;
    throw prefill === 'any'
      ? noPrefill()
      : unanswered(
          i,
          behind.filter(isUse).map(({ toolUse }) => toolUse?.toolUseId),
        );
  }
}

function unanswered(message: number, ids: readonly (string | undefined)[]) {
  return modelError(
    `messages.${message}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. ` +
      'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  );
}
