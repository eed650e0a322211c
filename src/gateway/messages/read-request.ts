import { isObject } from '../../input/read.js';
import { cachePointFor, withCachePoint } from '../conversation/cache-points.js';
import {
  type ChoiceWish,
  type Draft,
  EFFORTS,
  type Effort,
  type FormatWish,
  type ThinkingWish,
  type ToolWish,
} from '../conversation/draft.js';
import { noteIgnored, readMetadata, readSchema } from '../conversation/openai-settings.js';
import { checkChoice } from '../conversation/tools.js';
import { Turns } from '../conversation/turns.js';
import { Refusal, refuseField } from '../failure.js';
import {
  type Body,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  readList,
  readName,
  readObject,
  readText,
} from '../fields.js';
import { Notes } from '../notes.js';
import type { ReadContext, ReadRequest } from '../protocol.js';
import { readContent } from './read-content.js';

/** Accepted and without effect, because Claude Code sends them to every model and gives up features when they are refused. */
const IGNORED = ['inference_geo', 'speed', 'diagnostics', 'user_profile_id', 'context_management'];

/** Refused, because an answer without them would be another one. */
const IMPOSSIBLE = ['mcp_servers', 'container', 'fallbacks', 'compaction'];

/** Tools that Anthropic's servers run, by the beginning of their type. */
const SERVER_TOOL = /^(?:web_search|web_fetch|code_execution|tool_search|mcp)/;

/**
 * Reads a request of Anthropic's Messages. Members that are unknown are passed over.
 * Source: the types of the package @anthropic-ai/sdk, 1.14.
 *
 * @param needsMaxTokens False for count_tokens, which has no answer.
 * @throws Refusal for what cannot be translated
 */
export function readRequest(body: Body, context: ReadContext, needsMaxTokens = true): ReadRequest {
  const { notes } = context;
  if (isObject(body['thread'])) {
    // The client then sends the whole conversation; without this code it would fail, or lose its history without a word.
    throw new Refusal(
      'input',
      'This gateway keeps no threads. Send the whole conversation, without thread.',
      {
        param: 'thread',
        details: { error_code: 'thread_unsupported_request' },
      },
    );
  }
  for (const name of IMPOSSIBLE) {
    if (isSet(body[name])) throw refuseField(name, `${name} is not available on Bedrock. Omit it.`);
  }
  noteIgnored(body, IGNORED, notes);
  const tools = readTools(body, notes);
  for (const { name } of tools) context.names.send(name);
  const { turns, effort } = readTurns(body, context);
  const choice = readChoice(body);
  const output = optionalObject(body['output_config'], 'output_config');
  const draft: Draft = {
    modelId: readName(body['model'], 'model'),
    system: turns.system,
    messages: turns.messages(),
    tools,
    choice: choice.wish,
    parallelCalls: choice.isParallel,
    format: readFormat(output?.['format'] ?? body['output_format']),
    thinking: readThinking(body, effort ?? output?.['effort']),
    maxTokens: readMaxTokens(body, needsMaxTokens, notes),
    temperature: readShare(body, 'temperature'),
    topP: readShare(body, 'top_p'),
    topK: optionalCount(body['top_k'], 'top_k'),
    stop: (optionalList(body['stop_sequences'], 'stop_sequences') ?? []).map((text, i) =>
      readText(text, `stop_sequences.${i}`),
    ),
    // Claude Code's user_id is JSON, which AWS does not accept there; it is nothing to tell anybody about.
    metadata: readMetadata(body['metadata'], 'metadata', new Notes()),
    serviceTier: undefined,
  };
  checkChoice(draft, 'tool_choice');
  return { draft, isStream: optionalFlag(body['stream'], 'stream') === true };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function readTurns(body: Body, context: ReadContext): { turns: Turns; effort: unknown } {
  const turns = new Turns();
  const { system } = body;
  if (system !== undefined && system !== null)
    turns.addInstruction(readInstruction(system, 'system', context));
  const messages = readList(body['messages'], 'messages');
  if (messages.length === 0)
    throw refuseField('messages', 'messages is empty. Send at least one message with the role "user".');
  let effort: unknown;
  for (const [i, item] of messages.entries()) {
    const path = `messages.${i}`;
    const message = readObject(item, path);
    const { role, content } = message;
    // Claude Code repeats the setting in messages; the last one is the current one.
    effort = optionalObject(message['output_config'], `${path}.output_config`)?.['effort'] ?? effort;
    if (role === 'system')
      turns.addInstruction(
        withCachePoint(readInstruction(content, `${path}.content`, context), message, path),
      );
    else if (role === 'user' || role === 'assistant')
      turns.add(role, readContent(content, `${path}.content`, context));
    else throw refuseField(`${path}.role`, `${path}.role is unknown. Send user or assistant.`);
  }
  const point = cachePointFor(body, undefined);
  if (point !== undefined) turns.addToLast(point);
  return { turns, effort };
}

function readInstruction(content: unknown, path: string, context: ReadContext) {
  const blocks = readContent(content, path, context);
  if (blocks.every(({ text, cachePoint }) => text !== undefined || cachePoint !== undefined)) return blocks;
  throw refuseField(
    path,
    `${path} contains something other than text. Send that in a message with the role "user".`,
  );
}

function readTools(body: Body, notes: Notes): ToolWish[] {
  return (optionalList(body['tools'], 'tools') ?? []).flatMap((item, i): ToolWish[] => {
    const path = `tools.${i}`;
    const tool = readObject(item, path);
    const { type } = tool;
    if (typeof type === 'string' && type !== 'custom') {
      if (SERVER_TOOL.test(type)) {
        notes.add(`${path} (${type})`, 'a tool that only Anthropic runs; omitted');
        return [];
      }
      throw refuseField(
        `${path}.type`,
        `${path}.type is ${type.slice(0, 50)}, which Converse does not have. Describe the tool with name, description and input_schema.`,
      );
    }
    const cachePoint = cachePointFor(tool, path);
    return [
      {
        name: readName(tool['name'], `${path}.name`),
        description: optionalText(tool['description'], `${path}.description`),
        schema: readSchema(tool['input_schema'], `${path}.input_schema`),
        isStrict: tool['strict'] === true,
        isCustom: false,
        ...(cachePoint && { cachePoint }),
      },
    ];
  });
}

function readChoice(body: Body): { wish: ChoiceWish; isParallel: boolean } {
  const choice = optionalObject(body['tool_choice'], 'tool_choice');
  const isParallel = choice?.['disable_parallel_tool_use'] !== true;
  switch (choice?.['type']) {
    case undefined:
    case 'auto':
      return { wish: { kind: 'auto' }, isParallel };
    case 'any':
      return { wish: { kind: 'any' }, isParallel };
    case 'none':
      return { wish: { kind: 'none' }, isParallel };
    case 'tool':
      return { wish: { kind: 'tool', name: readName(choice['name'], 'tool_choice.name') }, isParallel };
    default:
      throw refuseField('tool_choice.type', 'tool_choice.type is unknown. Send auto, any, tool or none.');
  }
}

function readFormat(value: unknown): FormatWish | undefined {
  const format = optionalObject(value, 'output_config.format');
  if (format === undefined) return undefined;
  if (format['type'] !== 'json_schema')
    throw refuseField(
      'output_config.format.type',
      'output_config.format.type is not json_schema. Send that, or omit format.',
    );
  const schema = { ...readObject(format['schema'], 'output_config.format.schema') };
  return { schema, name: undefined, description: undefined };
}

function readThinking(body: Body, given: unknown): ThinkingWish {
  const thinking = optionalObject(body['thinking'], 'thinking');
  const effort = EFFORTS.find((one) => one === given) as Effort | undefined;
  if (given !== undefined && given !== null && effort === undefined)
    throw refuseField(
      'output_config.effort',
      `output_config.effort is unknown. Send ${EFFORTS.join(', ')}, or omit it.`,
    );
  const display = thinking?.['display'];
  const more = display === 'summarized' || display === 'omitted' ? ({ display } as const) : {};
  switch (thinking?.['type']) {
    case undefined:
      return effort === undefined ? {} : { effortOnly: effort };
    case 'disabled':
      return { mode: 'off' };
    case 'enabled':
      return {
        mode: 'budget',
        budget: optionalCount(thinking['budget_tokens'], 'thinking.budget_tokens'),
        effort,
        ...more,
      };
    default:
      // adaptive, between_tools and what may come: the model decides.
      return { mode: 'on', effort, ...more };
  }
}

function readMaxTokens(body: Body, isNeeded: boolean, notes: Notes): number | undefined {
  const given = body['max_tokens'];
  if (given === 0) {
    notes.add('max_tokens', '1, the least that Bedrock accepts');
    return 1;
  }
  const tokens = optionalCount(given, 'max_tokens');
  if (tokens === undefined && isNeeded)
    throw refuseField('max_tokens', 'max_tokens: Field required. Send how many tokens the answer may have.');
  return tokens;
}

function readShare(body: Body, name: string): number | undefined {
  const value = optionalNumber(body[name], name);
  if (value === undefined || (value >= 0 && value <= 1)) return value;
  throw refuseField(name, `${name} is ${value}. Send a number from 0 to 1.`);
}
