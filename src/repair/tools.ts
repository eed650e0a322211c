import type {
  ContentBlock,
  Message,
  ToolResultBlock,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { refusesMedia } from '../catalog/family.js';
import type { Tool, ToolConfiguration } from '../types.js';
import { type Note, PLACEHOLDER, type Renames, replaceItems } from './conversation.js';
import { type Piece, pathOf } from './turns.js';

/** What repairs of tools depend on. */
export interface ToolRepairs {
  names: Renames;
  ids: Renames;
  /** Makes another id of one, which no tool use has. */
  numberId: (id: string) => string;
  modelId: string;
  note: Note;
}

/**
 * The ids that the tool uses of a turn are sent with, by the id in the request: several if the request used an id more than
 * once, in the order of the uses.
 */
export type SentIds = Map<string, string[]>;

/** The tool results of a turn, by the id in the request. */
export type GivenResults = Map<
  string,
  {
    /** How many are sent. */
    count: number;
    last: Piece;
    /** Content of those that cannot be sent. */
    more?: ToolResultContentBlock[];
  }
>;

/**
 * Gives a tool use a valid name, an input that is an object, and an id that no other use in the turn has. Uses with
 * the same id could not be told apart, and the service rejects them.
 *
 * @param uses Ids of the turn so far; the id of this use is added.
 */
export function repairToolUse(
  { block, place }: Piece,
  use: ToolUseBlock,
  uses: SentIds,
  { names, ids, numberId, note }: ToolRepairs,
): ContentBlock {
  const path = pathOf(place);
  const { toolUseId = '', input } = use;
  const before = uses.get(toolUseId);
  let id = ids.get(toolUseId) ?? toolUseId;
  if (before === undefined) uses.set(toolUseId, [id]);
  else {
    id = numberId(id);
    before.push(id);
    note('tool-use-id', `${path}.toolUse.toolUseId`, toolUseId, id);
  }
  const name = names.get(use.name as string) ?? use.name;
  const object = isObject(input) ? input : toInputObject(input);
  if (object !== input) note('tool-input', `${path}.toolUse.input`);
  // The block itself if nothing changed, so that a valid request is sent as it was passed.
  if (id === toolUseId && name === use.name && object === input) return block;
  return { toolUse: { ...use, name, toolUseId: id, input: object } as typeof use };
}

/**
 * Gives a tool result the id that its use is sent with, and content that the service accepts. Returns undefined if each use
 * with this id has a result already: {@link joinResults} adds the content to the last one, because the service rejects a
 * second result.
 *
 * @param sent The ids that uses with this id are sent with: the first result belongs to the first use, and so on.
 * @param given Results of the turn so far, by the id in the request; this one is added.
 * @param moved Images and documents that the model rejects inside a result are added here, to be sent behind it.
 */
export function repairToolResult(
  piece: Piece,
  result: ToolResultBlock,
  sent: readonly string[],
  given: GivenResults,
  moved: Piece[],
  { ids, modelId, note }: ToolRepairs,
): ContentBlock | undefined {
  const path = `${pathOf(piece.place)}.toolResult`;
  const { toolUseId = '', content: items = [], status } = result;
  const before = given.get(toolUseId);
  let isTextOnly: boolean | undefined;
  let content = replaceItems<ToolResultContentBlock>(items, (item, k) => {
    if (item?.image || item?.document || item?.video) {
      isTextOnly ??= refusesMedia(modelId, status === 'error');
      if (!isTextOnly) return item;
      note('tool-result', `${path}.content.${k}`);
      moved.push({ block: item as ContentBlock, place: piece.place });
      return undefined;
    }
    if (item?.json === undefined || isObject(item.json)) return item;
    const text = toJson(item.json);
    if (text === undefined) return item;
    note('tool-result', `${path}.content.${k}.json`);
    return { text };
  });
  if (before !== undefined && before.count >= Math.max(1, sent.length)) {
    note('tool-result', path, toolUseId);
    before.more ??= [];
    for (const item of content) before.more.push(item);
    return undefined;
  }
  if (content.length === 0 && status === 'error') {
    note('tool-result', `${path}.content`, undefined, PLACEHOLDER);
    content = [{ text: PLACEHOLDER }];
  }
  const count = before?.count ?? 0;
  const id = sent[count] ?? ids.get(toolUseId) ?? toolUseId;
  given.set(toolUseId, { count: count + 1, last: piece });
  if (id === toolUseId && content === result.content) return piece.block;
  return { toolResult: { ...result, toolUseId: id, content } };
}

/** Adds the content of surplus results to the last result for the same id. */
export function joinResults(given: GivenResults): void {
  for (const { last, more } of given.values()) {
    const { toolResult } = last.block;
    if (more === undefined || toolResult === undefined) continue;
    last.block = { toolResult: { ...toolResult, content: [...(toolResult.content ?? []), ...more] } };
  }
}

/**
 * Repairs the list of tools. Without tools, it declares those that the messages use, with a schema that accepts anything:
 * the service rejects tool blocks in a history if no tools are declared, even if the model is not meant to use any.
 */
export function repairToolConfig(
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
  const tools = replaceItems(config.tools ?? [], (tool, i) =>
    repairTool(tool, `toolConfig.tools.${i}.toolSpec`, names, note),
  );
  const chosen = config.toolChoice?.tool?.name;
  const name = names.get(chosen as string);
  return { ...config, tools, ...(name !== undefined && { toolChoice: { tool: { name } } }) };
}

function repairTool(tool: Tool, path: string, names: Renames, note: Note): Tool {
  const spec = tool?.toolSpec;
  if (!spec) return tool;
  const repaired = { ...spec };
  const name = names.get(spec.name as string);
  if (name !== undefined) repaired.name = name;
  if (spec.description === '') {
    note('tool-config', `${path}.description`);
    delete repaired.description;
  }
  const schema = spec.inputSchema?.json;
  if (isObject(schema) && schema['type'] === undefined) {
    note('tool-config', `${path}.inputSchema.json.type`, undefined, 'object');
    repaired.inputSchema = { json: { ...schema, type: 'object' } };
  }
  return { toolSpec: repaired };
}

/** Makes an object of a tool's input: JSON text is parsed, and a value that is not an object becomes the member `input`. */
function toInputObject(input: unknown): Record<string, never> {
  let value = input;
  try {
    if (typeof input === 'string') value = input.trim() === '' ? null : JSON.parse(input);
  } catch {
    // Not JSON, so it is a plain text.
  }
  return (isObject(value) ? value : (value ?? null) === null ? {} : { input: value }) as Record<
    string,
    never
  >;
}

/** Undefined if JSON cannot represent the value: encoding the request then throws an error that names the path. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
