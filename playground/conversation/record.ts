import type { ConversationMessage } from 'bedrock-anywhere/react';
import type { Measure } from '../answer/meter.js';
import { NOTHING_SPENT, type Spent } from '../answer/spent.js';
import type { Settings } from '../request/settings.js';

/** A conversation as it is kept in the browser. */
export interface ConversationRecord {
  id: string;
  title: string;
  createdAt: number;
  changedAt: number;
  settings: Settings;
  messages: readonly ConversationMessage[];
  spent: Spent;
  /** What was measured of each answer, by the id of its message. */
  measures: Readonly<Record<string, Measure>>;
}

/** A line of the list of conversations. */
export type ConversationEntry = Pick<ConversationRecord, 'id' | 'title' | 'changedAt'>;

/** A conversation in which nothing has been said. */
export function newConversation(
  settings: Settings,
  now = Date.now(),
  id = crypto.randomUUID(),
): ConversationRecord {
  return {
    id,
    title: '',
    createdAt: now,
    changedAt: now,
    settings,
    messages: [],
    spent: NOTHING_SPENT,
    measures: {},
  };
}

const LONGEST_TITLE = 60;

/** The first words of the user; a file's name if there are none. */
export function titleOf(messages: readonly ConversationMessage[]): string {
  const first = messages.find(({ kind }) => kind === 'prompt');
  const named = first?.content.find(({ document }) => document?.name !== undefined)?.document?.name;
  const text = (first?.text.trim() || named || (first === undefined ? '' : 'An image')).replace(/\s+/g, ' ');
  if (text.length <= LONGEST_TITLE) return text;
  const cut = text.slice(0, LONGEST_TITLE);
  const space = cut.lastIndexOf(' ');
  return `${space < LONGEST_TITLE / 2 ? cut : cut.slice(0, space)} …`;
}
