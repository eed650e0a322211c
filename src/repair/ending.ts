import { ADDED } from './conversation.js';
import type { ToolRepairs } from './tools/uses.js';
import { pathOf, type Turn } from './turns.js';

/** What a user says to a model that does not go on by itself from the beginning of an answer. */
export const GO_ON = ADDED.goOn.text;

/**
 * Repairs a conversation that ends with a message of the assistant, which the model is meant to continue. A model that rejects
 * this is told to continue instead. It may then not give the rest of the very same sentence, so this is only done with `all`.
 * Claude rejects white space at the end.
 *
 * @param count How many messages the request has.
 */
export function repairEnd(turns: Turn[], count: number, isClaude: boolean, tools: ToolRepairs): void {
  const { accepts, level, note } = tools;
  const last = turns.filter(({ role }) => role !== 'system').at(-1);
  if (last?.role !== 'assistant' || last.pieces.length + last.thoughts.length === 0) return;
  if (accepts.prefill === false && level === 'all') {
    note('last-role', `messages.${count}`, undefined, GO_ON);
    turns.push({
      role: 'user',
      pieces: [{ block: ADDED.goOn, place: [count, 0] }],
      first: count,
      thoughts: [],
    });
    return;
  }
  // A cache point at the end is not part of what Claude reads.
  const end = last.pieces.filter(({ block }) => !block?.cachePoint).at(-1);
  const text = end?.block.text;
  if (!isClaude || end === undefined || text === undefined || text.trimEnd() === text) return;
  note('trailing-space', `${pathOf(end.place)}.text`);
  end.block = { text: text.trimEnd() };
}
