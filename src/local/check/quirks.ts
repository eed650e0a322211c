import { type KnownQuirks, modelQuirks } from '../../catalog/quirks.js';
import type { LocalModel } from '../account/account.js';
import { invalid, ServiceException } from '../exception.js';
import type { Block, ConverseBody, Json } from '../model/body.js';

/** Every block with the place where it stands. */
export function* blocksOf({
  messages = [],
}: ConverseBody): Generator<[block: Block, path: string, role: string]> {
  for (const [i, { role, content }] of messages.entries()) {
    for (const [j, block] of content.entries()) yield [block, `messages.${i}.content.${j}`, role];
  }
}

/** The model itself says no, through the service. */
export function modelRefused(what: string): ServiceException {
  return invalid(`The model returned the following errors: ${what}`);
}

/** Refuses what the model's family is known to refuse, and what the local one was told to, in the words of each. */
export function modelTakes(body: ConverseBody, { model }: { model: LocalModel }): void {
  const quirks = modelQuirks(model.modelId);
  const claude = model.modelId.includes('claude');
  sampling(body, quirks, claude);
  cachePoints(body, quirks);
  for (const kind of ['auto', 'any', 'tool'] as const) {
    if (body.toolConfig?.toolChoice?.[kind] === undefined || quirks.toolChoice?.includes(kind) !== false)
      continue;
    throw unsupported(`toolConfig.toolChoice.${kind}`);
  }
  for (const [block, path, role] of blocksOf(body)) {
    reasoning(block, path, role, quirks);
    toolBlocks(block, path, quirks, claude);
  }
  for (const rejection of model.rejects ?? []) {
    const { field, message } =
      typeof rejection === 'string' ? { field: rejection, message: undefined } : rejection;
    const fields = field.split('+');
    if (fields.every((path) => holds(body, path.split('.')))) {
      throw message === undefined ? rejectionOf(fields) : invalid(message);
    }
  }
}

function sampling(
  { inferenceConfig: config = {} }: ConverseBody,
  quirks: KnownQuirks,
  claude: boolean,
): void {
  for (const name of quirks.rejects ?? []) {
    if (config[name] !== undefined) throw claude ? deprecated(name) : unsupported(name);
  }
  if (quirks.temperatureOrTopP === true && config.temperature !== undefined && config.topP !== undefined) {
    throw exclusive('temperature', 'topP');
  }
}

function cachePoints(body: ConverseBody, { cachePoints: places, cacheTtls }: KnownQuirks): void {
  const found = [
    ...(body.system ?? []).map((block, i) => ({ block, place: 'system', pointer: `system/${i}` })),
    ...(body.toolConfig?.tools ?? []).map((block, i) => ({
      block,
      place: 'tools',
      pointer: `toolConfig/tools/${i}`,
    })),
    ...[...blocksOf(body)].map(([block, path]) => ({
      block,
      place: 'messages',
      pointer: path.replaceAll('.', '/'),
    })),
  ];
  for (const { block, place, pointer } of found) {
    if (block.cachePoint === undefined) continue;
    if (places?.length === 0) {
      throw new ServiceException(
        'AccessDeniedException',
        'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
      );
    }
    if (places?.some((one) => one === place) === false) throw extraneous(pointer, 'cachePoint');
    // Claude takes any; where it does not know the longer one it keeps the shorter.
    if (block.cachePoint.ttl !== undefined && cacheTtls?.length === 0) {
      throw invalid('Extended TTL prompt caching is only supported for Anthropic models');
    }
  }
}

function reasoning({ reasoningContent }: Block, path: string, role: string, quirks: KnownQuirks): void {
  if (reasoningContent === undefined) return;
  if (role === 'user' || quirks.reasoning === 'none') {
    throw invalid(
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
    );
  }
  const { reasoningText, redactedContent } = reasoningContent;
  if (redactedContent !== undefined && quirks.redactedReasoning === false) {
    throw unsupported('reasoningContent.redactedContent');
  }
  if (reasoningText === undefined) return;
  if (quirks.reasoning === 'unsigned' && reasoningText.signature !== undefined) {
    throw unsupported('reasoningContent.reasoningText.signature');
  }
  if (quirks.reasoning !== 'signed') return;
  if (reasoningText.signature === undefined) throw modelRefused(`${path}.thinking.signature: Field required`);
  if (reasoningText.signature === '')
    throw modelRefused(`${path}: Invalid \`signature\` in \`thinking\` block`);
}

function toolBlocks(
  { toolUse, toolResult }: Block,
  path: string,
  quirks: KnownQuirks,
  claude: boolean,
): void {
  for (const [kind, id] of [
    ['tool_use.id', toolUse?.toolUseId],
    ['tool_result.tool_use_id', toolResult?.toolUseId],
  ] as const) {
    if (!claude || id === undefined || /^[a-zA-Z0-9_-]+$/.test(id)) continue;
    throw modelRefused(`${path}.${kind}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  const { content = [], status } = toolResult ?? {};
  if (quirks.toolResultImages === false && content.some(({ image }) => image !== undefined)) {
    throw invalid(
      "This model doesn't support the image field for user messages. Remove image and try again.",
    );
  }
  // JSON goes to the model as text.
  const onlyText = content.every(({ text, json }) => text !== undefined || json !== undefined);
  if (quirks.errorResultTextOnly === true && status === 'error' && !onlyText) {
    throw modelRefused(`${path}.tool_result: all content must be type \`text\` if \`is_error\` is true`);
  }
}

/** Whether a path leads to something; it goes through every item of a list. */
function holds(value: unknown, [name = '', ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, [name, ...rest]));
  const member = (value as Json | null | undefined)?.[name];
  if (member === undefined) return false;
  return rest.length === 0 || (typeof member === 'object' && holds(member, rest));
}

function rejectionOf([field = '', other]: readonly string[]): ServiceException {
  const parts = field.split('.');
  const last = parts.at(-1) ?? '';
  if (other !== undefined) return exclusive(last, other.split('.').at(-1) ?? '');
  if (last === 'cachePoint') return extraneous(`${parts.slice(0, -1).join('/')}/0`, last);
  if (parts[0] !== 'additionalModelRequestFields') return unsupported(field.replace('inferenceConfig.', ''));
  return modelRefused(`${parts.slice(1).join('.')}: Extra inputs are not permitted`);
}

function unsupported(field: string): ServiceException {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}

function deprecated(field: string): ServiceException {
  return modelRefused(`\`${snake(field)}\` is deprecated for this model.`);
}

function exclusive(one: string, other: string): ServiceException {
  return modelRefused(
    `\`${snake(one)}\` and \`${snake(other)}\` cannot both be specified for this model. Please use only one.`,
  );
}

function extraneous(pointer: string, key: string): ServiceException {
  return modelRefused(
    `Malformed input request: #/${pointer}: extraneous key [${key}] is not permitted, please reformat your input and try again.`,
  );
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
