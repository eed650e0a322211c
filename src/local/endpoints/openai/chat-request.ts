import type { Json } from '../../check/shape.js';
import { asText } from '../../invoke/as-text.js';
import { definedOf } from '../../invoke/family.js';
import { invalidParameter } from '../failure.js';
import { listOf, missing, objectOf, readContent, stringOf, unsupportedValue } from './content.js';
import { buildBody, type OpenAiRequest, readFormat, readLimit } from './settings.js';
import {
  CallIds,
  gatherTools,
  readArguments,
  readToolChoice,
  type ToolSet,
  type ToolSketch,
  type Turn,
  toolNameOf,
} from './tools.js';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];

/**
 * Reads a request of Chat Completions as a body of Converse.
 *
 * @throws ServiceException for what OpenAI's API refuses, in its words; they were not recorded at Bedrock
 */
export function readChat(json: Json, modelId: string): OpenAiRequest {
  if (json['messages'] === undefined) throw missing('messages');
  const messages = listOf(json['messages'], 'messages').map((one, i) => objectOf(one, `messages[${i}]`));
  if (messages.length === 0) {
    throw invalidParameter(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
    );
  }
  if (json['n'] !== undefined && json['n'] !== null && json['n'] !== 1) {
    throw invalidParameter("Unsupported value: 'n' does not support values other than 1.", 'n');
  }
  if ((json['stream_options'] ?? undefined) !== undefined && json['stream'] !== true) {
    throw invalidParameter(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    );
  }
  checkReasoner(json, modelId);
  const { system, turns } = readMessages(messages);
  const format = objectOf(json['response_format'] ?? {}, 'response_format');
  return buildBody(json, modelId, {
    system,
    turns,
    tools: readTools(json),
    maxTokens: readLimit(json, 'max_completion_tokens') ?? readLimit(json, 'max_tokens'),
    effort: json['reasoning_effort'],
    format: readFormat(
      format['type'] === 'json_schema'
        ? { ...objectOf(format['json_schema'], 'response_format.json_schema'), type: 'json_schema' }
        : format,
      format['type'] === 'json_schema' ? 'response_format.json_schema' : 'response_format',
    ),
  });
}

/** GPT-5 and newer refuse what they replaced. Source: notebooks of aws-samples, 2026-08-20; the sentences are OpenAI's. */
function checkReasoner(json: Json, modelId: string): void {
  if (!/^openai\.gpt-[5-9]/.test(modelId)) return;
  if ((json['max_tokens'] ?? undefined) !== undefined) {
    throw invalidParameter(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
    );
  }
  const effort = json['reasoning_effort'] ?? 'none';
  if (effort !== 'none' && listOf(json['tools'], 'tools').length > 0) {
    throw invalidParameter(
      `Function tools with reasoning_effort are not supported for ${modelId} in /v1/chat/completions. Please use /v1/responses instead.`,
      'reasoning_effort',
    );
  }
}

function readMessages(messages: readonly Json[]): { system: Json[]; turns: Turn[] } {
  const system: Json[] = [];
  const turns: Turn[] = [];
  const ids = new CallIds();
  /** Calls that have no result yet, by the client's id. */
  let open: string[] = [];
  for (const [i, message] of messages.entries()) {
    const path = `messages[${i}]`;
    const { role } = message;
    if (role === 'tool') {
      const id = stringOf(message['tool_call_id'], `${path}.tool_call_id`);
      if (!open.includes(id)) throw strayResult(path);
      open = open.filter((one) => one !== id);
      const content = readContent(message['content'], `${path}.content`);
      turns.push({ role: 'user', content: [{ toolResult: { toolUseId: ids.result(id) ?? id, content } }] });
      continue;
    }
    if (open.length > 0) throw missingResults(open);
    const content = readContent(message['content'] ?? undefined, `${path}.content`);
    switch (role) {
      case 'system':
      case 'developer':
        system.push(...content);
        break;
      case 'user':
        turns.push({ role: 'user', content });
        break;
      case 'assistant': {
        const calls = listOf(message['tool_calls'], `${path}.tool_calls`);
        const uses = calls.map((call, j) => readCall(call, `${path}.tool_calls[${j}]`));
        open = uses.map(({ id }) => id);
        const blocks = uses.map(({ id, name, input }) => ({
          toolUse: { toolUseId: ids.call(id), name, input },
        }));
        turns.push({ role: 'assistant', content: [...content, ...blocks] });
        break;
      }
      case 'function':
        throw invalidParameter(
          "The role 'function' is no longer supported. Use 'tool' instead.",
          `${path}.role`,
        );
      default:
        throw unsupportedValue(role, ROLES, `${path}.role`);
    }
  }
  if (open.length > 0) throw missingResults(open);
  return { system, turns };
}

function readCall(call: unknown, path: string): { id: string; name: string; input: Json } {
  const { id, type, function: called, custom } = objectOf(call, path);
  const given = objectOf(
    type === 'custom' ? custom : called,
    `${path}.${type === 'custom' ? 'custom' : 'function'}`,
  );
  return {
    id: stringOf(id, `${path}.id`),
    name: toolNameOf(given['name'], `${path}.function.name`),
    input: type === 'custom' ? { input: asText(given['input']) } : readArguments(given['arguments']),
  };
}

function strayResult(path: string): Error {
  return invalidParameter(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `${path}.role`,
  );
}

function missingResults(ids: readonly string[]): Error {
  return invalidParameter(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    'messages',
  );
}

function readTools(json: Json): ToolSet {
  const sketches = listOf(json['tools'], 'tools').map((tool, i): ToolSketch => {
    const path = `tools[${i}]`;
    const { type, function: called, custom } = objectOf(tool, path);
    if (type !== 'function' && type !== 'custom')
      throw unsupportedValue(type, ['function', 'custom'], `${path}.type`);
    const { name, description, parameters } = objectOf(
      type === 'custom' ? custom : called,
      `${path}.${asText(type)}`,
    );
    return {
      name: toolNameOf(name, `${path}.${asText(type)}.name`),
      isCustom: type === 'custom',
      description,
      parameters,
      path: `${path}.function.parameters`,
    };
  });
  return gatherTools(sketches, readToolChoice(json['tool_choice'], sketches.length > 0));
}

/** Whether a stream reports its usage. */
export function wantsUsage(json: Json): boolean {
  const { include_usage: include } = definedOf(Object(json['stream_options']) as Json);
  return include === true;
}
