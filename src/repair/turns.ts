import type { ContentBlock, Message } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import { type Note, PLACEHOLDER } from './conversation.js';

/** A block with its place in the request. */
export interface Piece {
  block: ContentBlock;
  /** Index of the message, and of the block in it. */
  place: readonly [message: number, block: number];
}

/** What one side says in a row. */
export interface Turn {
  role: Message['role'];
  pieces: Piece[];
  /** Index of its first message. */
  first: number;
  /** What an assistant thought that may not be sent as reasoning. */
  thoughts: string[];
}

/** Messages of one role in a row are one turn. Results of tools stand in it before what else a user says. */
export function turnsOf(messages: readonly Message[], modelId: string, note: Note): Turn[] {
  const turns: Turn[] = [];
  // Titan takes several messages of one role.
  const mayRepeat = modelId.includes('titan-text');
  messages.forEach(({ role, content = [] }, i) => {
    const pieces = content.map((block, j): Piece => ({ block, place: [i, j] }));
    const last = turns.at(-1);
    if (mayRepeat || last === undefined || last.role !== role || role === 'system') {
      turns.push({ role, pieces, first: i, thoughts: [] });
      return;
    }
    note('repeated-role', `messages.${i}`);
    const isResult = ({ block }: Piece): boolean => block?.toolResult !== undefined;
    const all = [...last.pieces, ...pieces];
    last.pieces = [...all.filter(isResult), ...all.filter((piece) => !isResult(piece))];
  });
  return turns;
}

/** Where a block stands in the request. */
export function pathOf([message, block]: Piece['place']): string {
  return `messages.${message}.content.${block}`;
}

/** Leaves out tool uses without a result in the next turn, and results without a use in the one before. */
export function dropOrphans(turns: readonly Turn[], note: Note): void {
  const spoken = turns.filter(({ role }) => role !== 'system');
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

/** The messages: none without content, and the user's first. An assistant's empty one at either end is left out. */
export function messagesOf(turns: readonly Turn[], isPrompt: boolean, note: Note): Message[] {
  const messages = turns.flatMap(({ role, pieces, first, thoughts }, i): Message[] => {
    const content: ContentBlock[] = pieces.map(({ block }) => block);
    if (content.length > 0) return [{ role, content }];
    if (thoughts.length > 0) return [{ role, content: thoughts.map((text) => ({ text })) }];
    const isEnd = role === 'assistant' && (i === 0 || i === turns.length - 1);
    note('empty-message', `messages.${first}`, undefined, isEnd ? undefined : PLACEHOLDER);
    return isEnd ? [] : [{ role, content: [{ text: PLACEHOLDER }] }];
  });
  if (isPrompt) return messages;
  if (messages.length === 0 && turns.length > 0) {
    throw inputError(
      'Every message of the request is empty, so there is nothing to answer. Pass a message with the role "user" and some text.',
    );
  }
  if (messages.find(({ role }) => role !== 'system')?.role !== 'assistant') return messages;
  note('first-role', 'messages.0', undefined, PLACEHOLDER);
  return [{ role: 'user', content: [{ text: PLACEHOLDER }] }, ...messages];
}
