import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { isClaude, reasoningRule } from '../catalog/family.js';
import type { ReasoningRule, Repair } from '../types.js';
import type { Conversation, Note, Renames } from './conversation.js';
import { mapped } from './conversation.js';
import { toolRenames } from './names.js';
import { takenReasoning } from './reasoning.js';
import { type SentIds, wholeToolConfig, wholeToolResult, wholeToolUse } from './tools.js';
import { dropOrphans, messagesOf, type Piece, pathOf, turnsOf } from './turns.js';

/** What a repair depends on beside the request. */
export interface RepairContext {
  level: 'lossless' | 'all';
  /** Id of the model, or its ARN. */
  modelId: string;
  /** The request names a prompt, whose messages come before its own. */
  isPrompt: boolean;
  /** What the model takes of reasoning. Default: what its family does. */
  reasoning: ReasoningRule | undefined;
}

/** A request that the service takes. */
export interface Repaired<R> {
  /** The request itself where nothing was to be mended. */
  request: R;
  repairs: Repair[];
  /** Names of tools as they came, by those that are sent. */
  names: Renames;
}

/** Mends what the service would reject. */
export function repaired<R extends Conversation>(request: R, context: RepairContext): Repaired<R> {
  const { level, modelId, isPrompt } = context;
  const repairs: Repair[] = [];
  const note: Note = (kind, path, before, after) => {
    repairs.push({
      kind,
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    });
  };
  const claude = isClaude(modelId);
  const tools = { ...toolRenames(request, claude, note), modelId, note };
  let { messages, system } = request;
  if (messages !== undefined) {
    const turns = turnsOf(messages, modelId, note);
    let sent: SentIds = new Map();
    for (const turn of turns) {
      const uses: SentIds = new Map();
      const results = new Map<string, Piece[]>();
      const moved: Piece[] = [];
      const whole = (piece: Piece): ContentBlock | undefined => {
        const { block, place } = piece;
        const { toolUse, toolResult, reasoningContent, text } = block ?? {};
        if (toolUse) return wholeToolUse(piece, toolUse, uses, tools);
        if (toolResult) {
          const id = toolResult.toolUseId ?? '';
          return wholeToolResult(
            piece,
            toolResult,
            uses.get(id) ?? sent.get(id) ?? [],
            results,
            moved,
            tools,
          );
        }
        if (reasoningContent && level === 'all')
          return takenReasoning(
            piece,
            reasoningContent,
            turn,
            context.reasoning ?? reasoningRule(modelId),
            note,
          );
        if (typeof text !== 'string' || text.trim() !== '') return block;
        note('blank-text', pathOf(place));
        return undefined;
      };
      turn.pieces = turn.pieces.filter((piece) => {
        const block = whole(piece);
        if (block !== undefined) piece.block = block;
        return block !== undefined;
      });
      turn.pieces.push(...moved);
      if (turn.role === 'assistant') sent = uses;
    }
    if (level === 'all') dropOrphans(turns, note);
    messages = messagesOf(turns, isPrompt, note);
  }
  if (system !== undefined) {
    const whole = mapped(system, (block, i) => {
      if (typeof block?.text !== 'string' || (claude ? block.text.trim() : block.text) !== '') return block;
      note('blank-text', `system.${i}`);
      return undefined;
    });
    if (whole !== system) system = whole.some((block) => !block?.cachePoint) ? whole : undefined;
  }
  const toolConfig = wholeToolConfig(request.toolConfig, messages ?? [], tools);
  const names = new Map([...tools.names].map(([before, after]) => [after, before]));
  if (repairs.length === 0) return { request, repairs, names };
  return { request: { ...request, messages, system, toolConfig }, repairs, names };
}
