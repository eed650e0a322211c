import type { ContentBlock, Message } from '@aws-sdk/client-bedrock-runtime';
import { isClaude, reasoningRule } from '../catalog/family.js';
import type { ReasoningRule, Repair } from '../types.js';
import { type Conversation, type Note, type Renames, replaceItems } from './conversation.js';
import { findRenames } from './names.js';
import { repairReasoning } from './reasoning.js';
import {
  type GivenResults,
  joinResults,
  repairToolConfig,
  repairToolResult,
  repairToolUse,
  type SentIds,
  type ToolRepairs,
} from './tools.js';
import { dropOrphans, groupTurns, type Piece, pathOf, type Turn, toMessages } from './turns.js';

/** What repairs depend on besides the request. */
export interface RepairContext {
  level: 'lossless' | 'all';
  /** Id of the model, or its ARN. */
  modelId: string;
  /** Whether `modelId` names a prompt, whose messages precede those of the request. */
  isPrompt: boolean;
  /** What the model accepts as reasoning. Default: what its family accepts. */
  reasoning: ReasoningRule | undefined;
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
  const { modelId } = context;
  const ofClaude = isClaude(modelId);
  const tools = { ...findRenames(request, ofClaude, note), modelId, note };
  const { messages: givenMessages, system: givenSystem } = request;
  const messages = givenMessages && repairMessages(givenMessages, context, tools);
  const system = givenSystem && repairSystem(givenSystem, ofClaude, note);
  const toolConfig = repairToolConfig(request.toolConfig, messages ?? [], tools);
  const names = new Map([...tools.names].map(([before, after]) => [after, before]));
  if (repairs.length === 0) return { request, repairs, names };
  return { request: { ...request, messages, system, toolConfig }, repairs, names };
}

function repairMessages(messages: readonly Message[], context: RepairContext, tools: ToolRepairs): Message[] {
  const turns = groupTurns(messages, context.modelId, tools.note);
  let sent: SentIds = new Map();
  for (const turn of turns) {
    const uses = repairTurn(turn, sent, context, tools);
    // A result answers the last turn of the assistant, also if a system message stands between the two.
    if (turn.role === 'assistant') sent = uses;
  }
  // Only now, when the ids of uses and results are those that will be sent.
  if (context.level === 'all') dropOrphans(turns, tools.note);
  return toMessages(turns, context.isPrompt, tools.note);
}

/**
 * Repairs the blocks of one turn, in place, and returns the ids of its tool uses.
 *
 * @param sent Ids of the tool uses in the assistant's last turn.
 */
function repairTurn(turn: Turn, sent: SentIds, context: RepairContext, tools: ToolRepairs): SentIds {
  const uses: SentIds = new Map();
  const results: GivenResults = new Map();
  const moved: Piece[] = [];
  const repairBlock = (piece: Piece): ContentBlock | undefined => {
    const { block, place } = piece;
    const { toolUse, toolResult, reasoningContent, text } = block ?? {};
    if (toolUse) return repairToolUse(piece, toolUse, uses, tools);
    if (toolResult) {
      const id = toolResult.toolUseId ?? '';
      // The service's own tools put use and result into the same turn, so that turn is searched first.
      const ids = uses.get(id) ?? sent.get(id) ?? [];
      return repairToolResult(piece, toolResult, ids, results, moved, tools);
    }
    if (reasoningContent && context.level === 'all') {
      const rule = context.reasoning ?? reasoningRule(context.modelId);
      return repairReasoning(piece, reasoningContent, turn, rule, tools.note);
    }
    if (typeof text !== 'string' || text.trim() !== '') return block;
    tools.note('blank-text', pathOf(place));
    return undefined;
  };
  turn.pieces = turn.pieces.filter((piece) => {
    const block = repairBlock(piece);
    if (block !== undefined) piece.block = block;
    return block !== undefined;
  });
  joinResults(results);
  // Behind all results: Claude expects those before anything else in a message.
  if (moved.length > 0) turn.pieces = [...turn.pieces, ...moved];
  return uses;
}

/** Omits blank texts of the system prompt. Claude rejects white space alone there; other models only reject an empty text. */
function repairSystem(
  system: NonNullable<Conversation['system']>,
  isClaude: boolean,
  note: Note,
): Conversation['system'] {
  const blocks = replaceItems(system, (block, i) => {
    if (typeof block?.text !== 'string' || (isClaude ? block.text.trim() : block.text) !== '') return block;
    note('blank-text', `system.${i}`);
    return undefined;
  });
  if (blocks === system) return system;
  // Cache points alone have nothing to cache.
  return blocks.some((block) => !block?.cachePoint) ? blocks : undefined;
}
