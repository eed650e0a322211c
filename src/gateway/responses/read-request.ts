import type { Draft, FormatWish, ThinkingWish } from '../conversation/draft.js';
import {
  noteIgnored,
  readEffort,
  readMetadata,
  readServiceTier,
  refuseUnsupported,
} from '../conversation/openai-settings.js';
import { checkChoice } from '../conversation/tools.js';
import { Refusal, refuseField } from '../failure.js';
import {
  type Body,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  readName,
  readObject,
} from '../fields.js';
import type { ReadContext, ReadRequest } from '../protocol.js';
import { readInput } from './read-input.js';
import { readChoice, readTools } from './read-tools.js';

/** A request of Responses. */
export interface ResponsesRequest extends ReadRequest {
  /** Members that the response repeats. */
  body: Body;
  /** True: an answer that a guardrail replaced is complete, since Codex would send the request six times and then fail. */
  completesFiltered: boolean;
}

const IGNORED = ['prompt_cache_options', 'prompt_cache_retention', 'moderation', 'context_management'];

/**
 * Reads a request of Responses. Members that are unknown are passed over.
 * Source: the types of the package openai, 6.49.
 *
 * @throws Refusal for what cannot be translated, with the path of the member
 */
export function readRequest(body: Body, context: ReadContext): ResponsesRequest {
  const { notes, names, headers } = context;
  refuseState(body);
  refuseUnsupported(body);
  if (optionalList(body['include'], 'include')?.includes('message.output_text.logprobs'))
    throw refuseField('include', 'Bedrock returns no log probabilities. Omit message.output_text.logprobs.');
  noteIgnored(body, IGNORED, notes);
  const tools = readTools(body, notes);
  // Before the history, so that the tools of the request get their names first.
  for (const { name, namespace, isCustom } of tools) names.send(name, namespace, isCustom);
  const turns = readInput(body, context);
  const text = optionalObject(body['text'], 'text');
  if (typeof text?.['verbosity'] === 'string') notes.add('text.verbosity', 'ignored');
  const draft: Draft = {
    modelId: readName(body['model'], 'model'),
    system: turns.system,
    messages: turns.messages(),
    tools,
    choice: readChoice(body['tool_choice'], tools),
    parallelCalls: optionalFlag(body['parallel_tool_calls'], 'parallel_tool_calls') !== false,
    format: readFormat(text?.['format']),
    thinking: readReasoning(body),
    maxTokens: optionalCount(body['max_output_tokens'], 'max_output_tokens'),
    temperature: readRange(body, 'temperature', 2),
    topP: readRange(body, 'top_p', 1),
    topK: undefined,
    stop: [],
    metadata: readMetadata(body['metadata'], 'metadata', notes),
    serviceTier: readServiceTier(body['service_tier'], 'service_tier', notes),
  };
  checkChoice(draft, 'tool_choice');
  return {
    draft,
    isStream: optionalFlag(body['stream'], 'stream') === true,
    body,
    completesFiltered: headers.get('originator')?.startsWith('codex') === true,
  };
}

/** If these were accepted and ignored, the model would answer without the history of the conversation. */
function refuseState(body: Body): void {
  if (body['previous_response_id'] !== undefined && body['previous_response_id'] !== null) {
    throw new Refusal(
      'input',
      'This gateway stores no responses, so previous_response_id leads to nothing. Send the whole conversation as input.',
      { param: 'previous_response_id', code: 'previous_response_not_found' },
    );
  }
  for (const [name, advice] of Object.entries(STATE)) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== false) throw refuseField(name, advice);
  }
}

const STATE = {
  conversation:
    'This gateway stores no conversations. Send the whole conversation as input, without conversation.',
  background:
    'This gateway runs nothing in the background. Send background: false, and stream: true for long answers.',
  prompt: 'This gateway stores no prompts. Send the text of the prompt as instructions.',
};

function readReasoning(body: Body): ThinkingWish {
  const reasoning = optionalObject(body['reasoning'], 'reasoning');
  return readEffort(reasoning?.['effort'], 'reasoning.effort');
}

function readRange(body: Body, name: string, most: number): number | undefined {
  const value = optionalNumber(body[name], name);
  if (value === undefined || (value >= 0 && value <= most)) return value;
  throw refuseField(name, `${name} is ${value}. Send a number from 0 to ${most}.`);
}

function readFormat(value: unknown): FormatWish | undefined {
  const format = optionalObject(value, 'text.format');
  switch (format?.['type']) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { schema: undefined, name: undefined, description: undefined };
    case 'json_schema':
      return {
        schema: { ...readObject(format['schema'], 'text.format.schema') },
        name: optionalText(format['name'], 'text.format.name'),
        description: optionalText(format['description'], 'text.format.description'),
      };
    default:
      throw refuseField(
        'text.format.type',
        'text.format.type is unknown. Send text, json_object or json_schema.',
      );
  }
}
