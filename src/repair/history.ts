import type { ContentBlock, Message, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { isClaude, mayBeClaude, reasoningRule } from '../catalog/family.js';
import { repairQuirks } from '../catalog/repair-rows.js';
import type { ModelQuirks } from '../types/model-quirks.js';
import type { Repair, Tool, ToolConfiguration } from '../types.js';
import { type Holder, heldBlocks, holdBlocks, repairCachePoints } from './cache-points.js';
import type { Conversation, Note, Renames, RepairLevel } from './conversation.js';
import { repairEnd } from './ending.js';
import { createMediaRepair } from './media/blocks.js';
import { addDocumentText } from './media/documents.js';
import { repairOutputFormat } from './output-format.js';
import { repairReasoning } from './reasoning.js';
import { repairToolConfig } from './tools/config.js';
import { findRenames } from './tools/names.js';
import {
  type GivenResults,
  joinResults,
  repairToolResult,
  repairToolUse,
  type SentIds,
  type ToolRepairs,
} from './tools/uses.js';
import {
  dropOrphans,
  groupTurns,
  moveTexts,
  type Piece,
  pathOf,
  separateResults,
  separateUses,
  type Turn,
  toMessages,
} from './turns.js';

/** What repairs depend on besides the request. */
export interface RepairContext {
  level: RepairLevel;
  /** Id of the model, or its ARN. */
  modelId: string;
  /** Whether `modelId` names a prompt, whose messages precede those of the request. */
  isPrompt: boolean;
  /** What the model accepts. What is undefined is what its family accepts. */
  quirks?: ModelQuirks | undefined;
}

/** A request that the service accepts. */
export interface Repaired<R> {
  /** The request itself if nothing was wrong. */
  request: R;
  repairs: Repair[];
  /** The request's own names of tools, by the names that are sent; only those that differ. */
  names: Renames;
}

/**
 * Repairs what the service is known to reject, and nothing else: what only looks wrong is sent as it is. Renames come
 * first, because uses, results and the tool list must agree on them; the tool list comes last, because it may have to
 * declare tools that the repaired messages use.
 *
 * @throws BedrockError `ERR_INPUT` if no message has any content.
 */
export function repairHistory<R extends Conversation>(request: R, context: RepairContext): Repaired<R> {
  const repairs: Repair[] = [];
  const note: Note = (kind, path, before, after) => {
    repairs.push({
      kind,
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    });
  };
  const { modelId, level, quirks } = context;
  const ofClaude = isClaude(modelId);
  const accepts = { reasoning: reasoningRule(modelId), ...repairQuirks(modelId, quirks) };
  const { toolUseIdLength } = accepts;
  const tools = { ...findRenames(request, ofClaude, toolUseIdLength, note), accepts, level, note };
  const { messages: givenMessages, system: givenSystem, toolConfig: givenTools } = request;
  const turns = givenMessages && repairTurns(givenMessages, context, tools);
  const systemHolder = holdBlocks('system', givenSystem);
  systemHolder.pieces = systemHolder.pieces.filter(({ block }, i) => {
    if (!isBlankSystem(block, ofClaude)) return true;
    note('blank-text', `system.${i}`);
    return false;
  });
  const toolHolder = holdBlocks('toolConfig.tools', givenTools?.tools);
  repairCachePoints([toolHolder, systemHolder, ...(turns ?? [])], mayBeClaude(modelId), note);
  const messages = turns && toMessages(turns, context.isPrompt, note);
  const system = heldBlocks(systemHolder, givenSystem);
  const fields = request.additionalModelRequestFields;
  const toolConfig = repairTools(givenTools, toolHolder, messages ?? [], fields, tools);
  const names = new Map([...tools.names].map(([before, after]) => [after, before]));
  const formatted = ofClaude ? repairOutputFormat(request, note) : request;
  if (repairs.length === 0) return { request, repairs, names };
  return { request: { ...formatted, messages, system, toolConfig }, repairs, names };
}

function repairTurns(messages: readonly Message[], context: RepairContext, tools: ToolRepairs): Turn[] {
  const { accepts, note } = tools;
  let turns = groupTurns(messages, context.modelId, note);
  const repairMedia = createMediaRepair(mayBeClaude(context.modelId), accepts, note);
  let sent: SentIds = new Map();
  for (const turn of turns) {
    for (const piece of turn.pieces) piece.block = repairMedia(piece);
    const uses = repairTurn(turn, sent, tools);
    // A result answers the last turn of the assistant, even if a system message stands between the two.
    if (turn.role === 'assistant') sent = uses;
  }
  // Only now, when the ids of uses and results are those that will be sent.
  if (context.level === 'all') dropOrphans(turns, note);
  if (accepts.resultsAlone) turns = separateResults(turns, accepts.resultsAlone, note);
  if (accepts.usesAlone) turns = separateUses(turns, note);
  for (const turn of turns) addDocumentText(turn, note);
  // Behind what adds a text.
  if (mayBeClaude(context.modelId)) for (const turn of turns) moveTexts(turn, note);
  repairEnd(turns, messages.length, isClaude(context.modelId), tools);
  return turns;
}

/**
 * Repairs the blocks of one turn, in place, and returns the ids of its tool uses.
 *
 * @param sent Ids of the tool uses in the assistant's last turn.
 */
function repairTurn(turn: Turn, sent: SentIds, tools: ToolRepairs): SentIds {
  const uses: SentIds = new Map();
  const results: GivenResults = new Map();
  const moved: Piece[] = [];
  const repairBlock = (piece: Piece): ContentBlock | undefined => {
    const { block, place } = piece;
    const { toolUse, toolResult, reasoningContent, guardContent } = block ?? {};
    if (toolUse) return repairToolUse(piece, toolUse, uses, tools);
    if (toolResult) {
      const id = toolResult.toolUseId ?? '';
      // The service's own tools put use and result into the same turn, so that turn is searched first.
      const ids = uses.get(id) ?? sent.get(id) ?? [];
      return repairToolResult(piece, toolResult, ids, results, moved, tools);
    }
    if (reasoningContent) return repairReasoning(piece, reasoningContent, turn, tools);
    const text = block?.text ?? guardContent?.text?.text;
    if (typeof text !== 'string' || text.trim() !== '') return block;
    tools.note('blank-text', pathOf(place));
    return undefined;
  };
  turn.pieces = turn.pieces.filter((piece) => {
    const block = repairBlock(piece);
    if (block !== undefined) piece.block = block;
    return block !== undefined;
  });
  joinResults(results, moved, tools);
  // Behind all results: Claude expects those before anything else in a message.
  if (moved.length > 0) turn.pieces = [...turn.pieces, ...moved];
  return uses;
}

/** Claude rejects white space alone in the system prompt; other models only reject an empty text. */
function isBlankSystem(block: SystemContentBlock | undefined, ofClaude: boolean): boolean {
  return typeof block?.text === 'string' && (ofClaude ? block.text.trim() : block.text) === '';
}

/** Repairs the tools, and leaves the cache points among them as `holder` has them. */
function repairTools(
  config: ToolConfiguration | undefined,
  holder: Holder,
  messages: readonly Message[],
  fields: unknown,
  tools: ToolRepairs,
): ToolConfiguration | undefined {
  const given = config?.tools;
  const held = heldBlocks(holder, given);
  if (config === undefined || held === given) return repairToolConfig(config, messages, fields, tools);
  if (held === undefined) return repairToolConfig({ ...config, tools: [] }, messages, fields, tools);
  const repaired = repairToolConfig(config, messages, fields, tools);
  const list = holder.pieces.map(({ block, place: [, i] }) =>
    block.cachePoint === undefined ? repaired?.tools?.[i] : (block as Tool),
  );
  return { ...repaired, tools: list as Tool[] };
}
