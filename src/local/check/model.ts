import type { LocalRejection } from '../account/account.js';
import { invalid, ModelAccessException, type ServiceException } from '../exception.js';
import type { CheckedRequest, PlacedBlock } from './checked-request.js';
import { checkFields } from './fields.js';
import { checkOutputSchema } from './output-schema.js';
import { findRejections, type Rejections } from './quirks.js';
import { checkReasoning } from './reasoning/history.js';
import type { ConverseBody } from './request-shape.js';
import type { Json } from './shape.js';
import { checkModelTools } from './tools/of-model.js';
import {
  deprecated,
  exclusive,
  extraneous,
  modelError,
  noPrefill,
  tooFewTokens,
  unsupported,
} from './wording.js';

/** Checks what the model's family rejects, and what this model was told to reject. */
export function checkModel(request: CheckedRequest): void {
  const { body, blocks, model } = request;
  const rejects = findRejections(model.modelId);
  checkSampling(body, rejects, model.modelId);
  checkFields(body, rejects, model.modelId);
  checkCachePoints(body, blocks, rejects);
  checkModelTools(body, blocks, rejects, model.modelId);
  checkReasoning(body, blocks, rejects);
  checkEnd(body, rejects);
  checkOutputFormat(body, rejects);
  if (model.modelId.includes('claude')) checkOutputSchema(body);
  checkRejections(request);
}

/** Checks what this model was told to reject. */
export function checkRejections({ sent, model }: CheckedRequest): void {
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
  const { maxTokens } = config;
  if (maxTokens !== undefined && maxTokens < (rejects.maxTokensBelow ?? 0)) {
    throw tooFewTokens(rejects.maxTokensBelow, maxTokens);
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
    throw new ModelAccessException(
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
  if (cachePoints === 'messages' && all.length > 0) {
    throw invalid(
      "This model doesn't support the cachePoint field for user messages. Remove cachePoint and try again.",
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

/** Whether the assistant's message at the end, if there is one, may be continued. */
function checkEnd({ messages = [] }: ConverseBody, { prefill }: Rejections): void {
  const last = messages.filter(({ role }) => role !== 'system').at(-1);
  if (last?.role !== 'assistant') return;
  if (prefill === 'any') throw noPrefill();
  if (
    prefill === 'trailing-space' &&
    /\s$/.test(last.content.filter((block) => !block.cachePoint).at(-1)?.text ?? '')
  ) {
    throw modelError('messages: final assistant content cannot end with trailing whitespace');
  }
}

function checkOutputFormat(
  { outputConfig, additionalModelRequestFields: fields }: ConverseBody,
  { outputFormat }: Rejections,
): void {
  const ofClaude = (fields?.['output_config'] as Json | undefined)?.['format'];
  if (outputFormat && (outputConfig?.textFormat ?? ofClaude) !== undefined) {
    throw modelError('output_config.format: Extra inputs are not permitted');
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
