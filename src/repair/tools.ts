import type {
  ContentBlock,
  Message,
  ToolResultBlock,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { refusesMedia } from '../catalog/family.js';
import type { Tool, ToolConfiguration } from '../types.js';
import { mapped, type Note, PLACEHOLDER, type Renames } from './conversation.js';
import { type Piece, pathOf } from './turns.js';

/** What the tools of a conversation are mended with. */
export interface ToolRepairs {
  names: Renames;
  ids: Renames;
  modelId: string;
  note: Note;
}

/** Of the tool uses of a turn: the ids that each is sent by, in their order, by the id that it came with. */
export type SentIds = Map<string, string[]>;

/** A tool use with a name, an input and an id of its own. Adds the id to `uses`. */
export function wholeToolUse(
  { block, place }: Piece,
  use: ToolUseBlock,
  uses: SentIds,
  { names, ids, note }: ToolRepairs,
): ContentBlock {
  const path = pathOf(place);
  const { toolUseId = '', input } = use;
  const before = uses.get(toolUseId) ?? [];
  let id = ids.get(toolUseId) ?? toolUseId;
  if (before.length > 0) {
    id = `${id.slice(0, 60)}_${before.length + 1}`;
    note('tool-use-id', `${path}.toolUse.toolUseId`, toolUseId, id);
  }
  uses.set(toolUseId, [...before, id]);
  const name = names.get(use.name as string) ?? use.name;
  const whole = isObject(input) ? input : inputOf(input);
  if (whole !== input) note('tool-input', `${path}.toolUse.input`);
  if (id === toolUseId && name === use.name && whole === input) return block;
  return { toolUse: { ...use, name, toolUseId: id, input: whole } as typeof use };
}

/**
 * A tool result with the id of its use and content of the service's shape. Undefined where the use has a result already:
 * that one takes in the content.
 *
 * @param given Results of the same turn, by the id that they came with.
 * @param moved Takes what the model does not take in a result.
 */
export function wholeToolResult(
  piece: Piece,
  result: ToolResultBlock,
  sent: readonly string[],
  given: Map<string, Piece[]>,
  moved: Piece[],
  { ids, modelId, note }: ToolRepairs,
): ContentBlock | undefined {
  const path = `${pathOf(piece.place)}.toolResult`;
  const { toolUseId = '', content: items = [], status } = result;
  const before = given.get(toolUseId) ?? [];
  let content = mapped<ToolResultContentBlock>(items, (item, k) => {
    if (item?.image || item?.document || item?.video) {
      if (!refusesMedia(modelId, status === 'error')) return item;
      note('tool-result', `${path}.content.${k}`);
      moved.push({ block: item as ContentBlock, place: piece.place });
      return undefined;
    }
    if (item?.json === undefined || isObject(item.json)) return item;
    const text = jsonOf(item.json);
    if (text === undefined) return item;
    note('tool-result', `${path}.content.${k}.json`);
    return { text };
  });
  const last = before.at(-1);
  if (last?.block.toolResult && before.length >= Math.max(1, sent.length)) {
    note('tool-result', path, toolUseId);
    const { toolResult } = last.block;
    last.block = { toolResult: { ...toolResult, content: [...(toolResult.content ?? []), ...content] } };
    return undefined;
  }
  if (content.length === 0 && status === 'error') {
    note('tool-result', `${path}.content`, undefined, PLACEHOLDER);
    content = [{ text: PLACEHOLDER }];
  }
  const id = sent[before.length] ?? ids.get(toolUseId) ?? toolUseId;
  given.set(toolUseId, [...before, piece]);
  if (id === toolUseId && content === result.content) return piece.block;
  return { toolResult: { ...result, toolUseId: id, content } };
}

/** The tools in the words of the service; where there are none, those that the messages use. */
export function wholeToolConfig(
  config: ToolConfiguration | undefined,
  messages: readonly Message[],
  { names, note }: ToolRepairs,
): ToolConfiguration | undefined {
  if (config === undefined || config.tools?.length === 0) {
    const used = new Set(
      messages.flatMap(({ content }) => content?.flatMap((b) => b?.toolUse?.name ?? []) ?? []),
    );
    if (used.size > 0 || config !== undefined)
      note('tool-config', 'toolConfig', undefined, [...used].join(', '));
    if (used.size === 0) return undefined;
    return {
      tools: [...used].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })),
    };
  }
  const tools = mapped(config.tools ?? [], (tool, i) =>
    wholeTool(tool, `toolConfig.tools.${i}.toolSpec`, names, note),
  );
  const chosen = config.toolChoice?.tool?.name;
  const name = names.get(chosen as string);
  return { ...config, tools, ...(name !== undefined && { toolChoice: { tool: { name } } }) };
}

function wholeTool(tool: Tool, path: string, names: Renames, note: Note): Tool {
  const spec = tool?.toolSpec;
  if (!spec) return tool;
  const whole = { ...spec };
  const name = names.get(spec.name as string);
  if (name !== undefined) whole.name = name;
  if (spec.description === '') {
    note('tool-config', `${path}.description`);
    delete whole.description;
  }
  const schema = spec.inputSchema?.json;
  if (isObject(schema) && schema['type'] === undefined) {
    note('tool-config', `${path}.inputSchema.json.type`, undefined, 'object');
    whole.inputSchema = { json: { ...schema, type: 'object' } };
  }
  return { toolSpec: whole };
}

/** What a tool was called with, as an object: JSON is read, and what is no object becomes a member. */
function inputOf(input: unknown): Record<string, never> {
  let value = input;
  try {
    if (typeof input === 'string') value = input.trim() === '' ? null : JSON.parse(input);
  } catch {
    // No JSON: a text like any other.
  }
  return (isObject(value) ? value : (value ?? null) === null ? {} : { input: value }) as Record<
    string,
    never
  >;
}

/** Undefined if JSON cannot represent the value: writing the request then fails with the path. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
