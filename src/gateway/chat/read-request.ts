import type { Draft, FormatWish } from '../conversation/draft.js';
import {
  noteIgnored,
  readEffort,
  readMetadata,
  readServiceTier,
  refuseUnsupported,
} from '../conversation/openai-settings.js';
import { checkChoice } from '../conversation/tools.js';
import { refuseField } from '../failure.js';
import {
  type Body,
  optionalCount,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import type { ReadContext, ReadRequest } from '../protocol.js';
import { readMessages } from './read-messages.js';
import { readChoice, readTools } from './read-tools.js';

/** A request of Chat Completions. */
export interface ChatRequest extends ReadRequest {
  /** Whether a stream ends with the usage. */
  includesUsage: boolean;
}

const IGNORED = [
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'prediction',
  'moderation',
  'web_search_options',
  'store',
  'verbosity',
  'prompt_cache_options',
  'prompt_cache_retention',
];

/**
 * Reads a request of Chat Completions. Members that are unknown are passed over.
 * Source: the types of the package openai, 6.49.
 *
 * @throws Refusal for what cannot be translated, with the path of the member
 */
export function readRequest(body: Body, context: ReadContext): ChatRequest {
  const { notes } = context;
  refuseUnsupported(body);
  if (body['audio'] !== undefined && body['audio'] !== null)
    throw refuseField('audio', 'Models of Bedrock do not answer with audio. Omit it.');
  noteIgnored(body, IGNORED, notes);
  const tools = readTools(body, notes);
  // Before the history, so that the tools of the request get their names first.
  for (const { name, namespace, isCustom } of tools) context.names.send(name, namespace, isCustom);
  const turns = readMessages(body['messages'], context);
  const draft: Draft = {
    modelId: readName(body['model'], 'model'),
    system: turns.system,
    messages: turns.messages(),
    tools,
    choice: readChoice(body),
    parallelCalls: optionalFlag(body['parallel_tool_calls'], 'parallel_tool_calls') !== false,
    format: readFormat(body['response_format']),
    thinking: readEffort(body['reasoning_effort'], 'reasoning_effort'),
    maxTokens:
      optionalCount(body['max_completion_tokens'], 'max_completion_tokens') ??
      optionalCount(body['max_tokens'], 'max_tokens'),
    temperature: readRange(body, 'temperature', 2),
    topP: readRange(body, 'top_p', 1),
    topK: optionalCount(body['top_k'], 'top_k'),
    stop: readStop(body['stop']),
    metadata: readMetadata(body['metadata'], 'metadata', notes),
    serviceTier: readServiceTier(body['service_tier'], 'service_tier', notes),
  };
  checkChoice(draft, 'tool_choice');
  const streamOptions = optionalObject(body['stream_options'], 'stream_options');
  return {
    draft,
    isStream: optionalFlag(body['stream'], 'stream') === true,
    includesUsage: streamOptions?.['include_usage'] === true,
  };
}

function readRange(body: Body, name: string, most: number): number | undefined {
  const value = optionalNumber(body[name], name);
  if (value === undefined || (value >= 0 && value <= most)) return value;
  throw refuseField(name, `${name} is ${value}. Send a number from 0 to ${most}.`);
}

function readStop(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return typeof value === 'string'
    ? [value]
    : readList(value, 'stop').map((text, i) => readText(text, `stop.${i}`));
}

function readFormat(value: unknown): FormatWish | undefined {
  const format = optionalObject(value, 'response_format');
  switch (format?.['type']) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { schema: undefined, name: undefined, description: undefined };
    case 'json_schema': {
      const given = readObject(format['json_schema'], 'response_format.json_schema');
      return {
        schema: optionalObject(given['schema'], 'response_format.json_schema.schema'),
        name: optionalText(given['name'], 'response_format.json_schema.name'),
        description: optionalText(given['description'], 'response_format.json_schema.description'),
      };
    }
    default:
      throw refuseField(
        'response_format.type',
        'response_format.type is unknown. Send text, json_object or json_schema.',
      );
  }
}
