import type {
  ContentBlock,
  ToolResultBlock,
  ToolResultContentBlock,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { isJsonObject } from '../../input/read.js';
import type { ModelQuirks } from '../../types/model-quirks.js';
import { type Note, PLACEHOLDER, type Renames, type RepairLevel, replaceItems } from '../conversation.js';
import { type Piece, pathOf } from '../turns.js';

/** What repairs of tools depend on. */
export interface ToolRepairs {
  names: Renames;
  ids: Renames;
  /** Makes another id of one, which no tool use has. */
  numberId: (id: string) => string;
  accepts: ModelQuirks;
  level: RepairLevel;
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
  const object = isJsonObject(input) ? input : toInputObject(input);
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
  { ids, accepts, note }: ToolRepairs,
): ContentBlock | undefined {
  const path = `${pathOf(piece.place)}.toolResult`;
  const { toolUseId = '', content: items = [], status } = result;
  const before = given.get(toolUseId);
  const isTextOnly = status === 'error' && accepts.errorResultTextOnly === true;
  let content = replaceItems<ToolResultContentBlock>(items, (item, k) => {
    if (isMedia(item)) {
      const isAccepted = item.image
        ? accepts.toolResultImages === true
        : accepts.toolResultDocuments !== false;
      if (isAccepted && !isTextOnly) return item;
      note('tool-result', `${path}.content.${k}`);
      moved.push({ block: item as ContentBlock, place: piece.place });
      return undefined;
    }
    if (item?.json === undefined || isJsonObject(item.json)) return item;
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
  if (content.length === 0 && (status === 'error' || accepts.emptyResults === false)) {
    note('tool-result', `${path}.content`, undefined, PLACEHOLDER);
    content = [{ text: PLACEHOLDER }];
  }
  const hasStatus = status === undefined || accepts.resultStatus !== false;
  if (!hasStatus) {
    note('tool-result', `${path}.status`, status);
    // Without its status, nothing else may say that the tool failed.
    if (status === 'error') content = [{ text: 'Error:' }, ...content];
  }
  const count = before?.count ?? 0;
  const id = sent[count] ?? ids.get(toolUseId) ?? toolUseId;
  given.set(toolUseId, { count: count + 1, last: piece });
  if (hasStatus && id === toolUseId && content === result.content) return piece.block;
  const { status: _status, ...rest } = result;
  return { toolResult: { ...(hasStatus ? result : rest), toolUseId: id, content } };
}

/** Adds the content of surplus results to the last result for the same id, or behind it if that may only contain text. */
export function joinResults(given: GivenResults, moved: Piece[], { accepts }: ToolRepairs): void {
  for (const { last, more } of given.values()) {
    const { toolResult } = last.block;
    if (more === undefined || toolResult === undefined) continue;
    const isTextOnly = toolResult.status === 'error' && accepts.errorResultTextOnly === true;
    const mayStay = (item: ToolResultContentBlock): boolean => !isTextOnly || !isMedia(item);
    last.block = {
      toolResult: { ...toolResult, content: [...(toolResult.content ?? []), ...more.filter(mayStay)] },
    };
    for (const item of more) {
      if (!mayStay(item)) moved.push({ block: item as ContentBlock, place: last.place });
    }
  }
}

function isMedia(item: ToolResultContentBlock): boolean {
  return Boolean(item?.image || item?.document || item?.video);
}

/** Makes an object of a tool's input: JSON text is parsed, and a value that is not an object becomes the member `input`. */
function toInputObject(input: unknown): Record<string, never> {
  let value = input;
  try {
    if (typeof input === 'string') value = input.trim() === '' ? null : JSON.parse(input);
  } catch {
    // Not JSON, so it is a plain text.
  }
  return (isJsonObject(value) ? value : (value ?? null) === null ? {} : { input: value }) as Record<
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
