import type { ContentBlock, Message } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import { ADDED, type Note, PLACEHOLDER } from './conversation.js';

/** A block, and where it was in the request: repairs move blocks, but name the place that the caller knows. */
export interface Piece {
  block: ContentBlock;
  /** Index of the message, and of the block in it. */
  place: readonly [message: number, block: number];
}

/** What one role says before another one speaks. */
export interface Turn {
  role: Message['role'];
  pieces: Piece[];
  /** Index of its first message. */
  first: number;
  /** Texts of an assistant's thoughts that cannot be sent as reasoning. */
  thoughts: string[];
}

/**
 * Groups consecutive messages of one role into one turn, because the service requires roles to alternate. Tool results move
 * to the front of it: Claude expects them before anything else that the user says.
 */
export function groupTurns(messages: readonly Message[], modelId: string, note: Note): Turn[] {
  const turns: Turn[] = [];
  const joined = new Set<Turn>();
  // Titan accepts several messages of one role in a row.
  const mayRepeat = modelId.includes('titan-text');
  messages.forEach(({ role, content = [] }, i) => {
    const pieces = content.map((block, j): Piece => ({ block, place: [i, j] }));
    const last = turns.at(-1);
    if (mayRepeat || last === undefined || last.role !== role || role === 'system') {
      turns.push({ role, pieces, first: i, thoughts: [] });
      return;
    }
    note('repeated-role', `messages.${i}`);
    joined.add(last);
    for (const piece of pieces) last.pieces.push(piece);
  });
  // Once they are whole: doing it for each message would take time that grows with the square of their number.
  for (const turn of joined) turn.pieces = putFirst(turn.pieces, isResult);
  return turns;
}

function putFirst(pieces: readonly Piece[], isFirst: (piece: Piece) => boolean): Piece[] {
  return [...pieces.filter(isFirst), ...pieces.filter((piece) => !isFirst(piece))];
}

function isResult({ block }: Piece): boolean {
  return block?.toolResult !== undefined;
}

/**
 * Moves what may not be beside tool results into a message of its own, behind one of the assistant: roles must alternate, and
 * the service joins two messages of one role again.
 */
export function separateResults(turns: readonly Turn[], rule: true | 'documents', note: Note): Turn[] {
  const mayStay = ({ block: { document, video } }: Piece): boolean =>
    rule === 'documents' && video === undefined && (document === undefined || document.format === 'pdf');
  return separateTools(turns, 'user', mayStay, note);
}

/**
 * Moves texts of the assistant that are behind a tool use in front of it: Claude takes such a message for one that it should continue,
 * or one whose uses have no results. Uses that the service itself has answered, in the same message, stay where they are. So do
 * all blocks if Claude thought between its uses, because it rejects its reasoning in any order but its own.
 */
export function moveTexts(turn: Turn, note: Note): void {
  const { role, pieces, first } = turn;
  if (role !== 'assistant') return;
  const answered = new Set(pieces.map(({ block }) => block?.toolResult?.toolUseId));
  const isUse = ({ block }: Piece): boolean =>
    block?.toolUse !== undefined && !answered.has(block.toolUse.toolUseId);
  const at = pieces.findIndex(isUse);
  const isText = ({ block }: Piece): boolean => (block?.text ?? block?.citationsContent) !== undefined;
  const behind = at < 0 ? [] : pieces.slice(at);
  const isWritten = behind.slice(-1).some(isUse) && behind.some(({ block }) => block?.reasoningContent);
  if (isWritten || !behind.some(isText)) return;
  note('tool-use', `messages.${first}`);
  turn.pieces = [...pieces.slice(0, at), ...putFirst(behind, isText)];
}

/** Moves what the assistant says beside tool uses into a message of its own, before one of the user. */
export function separateUses(turns: readonly Turn[], note: Note): Turn[] {
  return separateTools(turns, 'assistant', ({ block }) => block?.cachePoint !== undefined, note);
}

function separateTools(
  turns: readonly Turn[],
  role: 'user' | 'assistant',
  mayStay: (piece: Piece) => boolean,
  note: Note,
): Turn[] {
  const isUser = role === 'user';
  // The service's own tools have their results beside their uses.
  const isTool = ({ block }: Piece): boolean =>
    (isUser ? block?.toolResult : (block?.toolUse ?? block?.toolResult)) !== undefined;
  return turns.flatMap((turn) => {
    const { first, pieces } = turn;
    const others = pieces.filter((piece) => !isTool(piece));
    if (turn.role !== role || others.length === pieces.length || others.every(mayStay)) return [turn];
    note(isUser ? 'tool-result' : 'tool-use', `messages.${first}`, undefined, PLACEHOLDER);
    const parts: Turn[] = [
      { ...turn, pieces: pieces.filter(isTool) },
      {
        role: isUser ? 'assistant' : 'user',
        pieces: [{ block: { text: PLACEHOLDER }, place: [first, 0] }],
        first,
        thoughts: [],
      },
      { ...turn, pieces: others },
    ];
    return isUser ? parts : parts.reverse();
  });
}

/** The path of a block in the request, as repairs and the service's own messages write it. */
export function pathOf([message, block]: Piece['place']): string {
  return `messages.${message}.content.${block}`;
}

/**
 * Omits tool uses that have no result in the next turn, and results that have no use in the turn before. Histories that were
 * shortened, or whose tool call was cancelled, contain them. This loses content, so it is only done with `repair: 'all'`.
 */
export function dropOrphans(turns: readonly Turn[], note: Note): void {
  const spoken = turns.filter(({ role }) => role !== 'system');
  // Collected before anything is dropped: whether a use is an orphan must not depend on what was dropped before it.
  const ids = spoken.map(({ pieces }) => ({
    toolUse: new Set(pieces.map(({ block }) => block?.toolUse?.toolUseId)),
    toolResult: new Set(pieces.map(({ block }) => block?.toolResult?.toolUseId)),
  }));
  spoken.forEach((turn, i) => {
    const isAssistant = turn.role === 'assistant';
    // A tool that runs at the service has its result in the same message.
    const hasResult = (id?: string) => ids[i]?.toolResult.has(id) || ids[i + 1]?.toolResult.has(id);
    const hasUse = (id?: string) =>
      isAssistant ? ids[i]?.toolUse.has(id) : ids[i - 1]?.toolUse.has(id) && !ids[i - 1]?.toolResult.has(id);
    turn.pieces = turn.pieces.filter(({ block, place }) => {
      const { toolUse, toolResult } = block ?? {};
      const id = (toolUse ?? toolResult)?.toolUseId;
      if (id === undefined || (toolUse ? isAssistant && hasResult(id) : hasUse(id))) return true;
      note('orphaned-tool', pathOf(place), id);
      return false;
    });
  });
}

/**
 * Turns back into messages, none of them empty and a user's first. An empty message in the middle becomes a placeholder,
 * because without it two messages of the same role would meet; an assistant's empty one at either end is omitted.
 *
 * @throws BedrockError `ERR_INPUT` if no message is left: the model would answer a placeholder, and the caller would pay.
 */
export function toMessages(turns: readonly Turn[], isPrompt: boolean, note: Note): Message[] {
  const messages = turns.flatMap(({ role, pieces, first, thoughts }, i): Message[] => {
    const content: ContentBlock[] = pieces.map(({ block }) => block);
    if (content.length > 0) return [{ role, content }];
    if (thoughts.length > 0) return [{ role, content: thoughts.map((text) => ({ text })) }];
    const isEnd = role === 'assistant' && (i === 0 || i === turns.length - 1);
    note('empty-message', `messages.${first}`, undefined, isEnd ? undefined : PLACEHOLDER);
    return isEnd ? [] : [{ role, content: [ADDED.empty] }];
  });
  // The prompt brings messages of its own, which come first.
  if (isPrompt) return messages;
  if (messages.length === 0 && turns.length > 0) {
    throw inputError(
      'Every message of the request is empty, so there is nothing to answer. Pass a message with the role "user" and some text.',
    );
  }
  if (messages.find(({ role }) => role !== 'system')?.role !== 'assistant') return messages;
  note('first-role', 'messages.0', undefined, PLACEHOLDER);
  return [{ role: 'user', content: [ADDED.empty] }, ...messages];
}
