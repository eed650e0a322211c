import type { Draft } from './draft.js';

/** Letters per token. Source code and JSON have about three, prose has four. */
const LETTERS_PER_TOKEN = 3;

/** What an image counts as: the most that Claude reads. https://platform.claude.com/docs/en/build-with-claude/vision */
const TOKENS_PER_IMAGE = 1600;

/** Part of the context window that stays free, because the size of the conversation is an estimate. */
const MARGIN = 1 / 8;

/** Part that is left for the answer, however long the conversation seems to be. */
const LEAST = 1 / 16;

/** About how many tokens a conversation, or a part of it, has. */
export function estimateTokens(conversation: unknown): number {
  let media = 0;
  const text = JSON.stringify(conversation, (name, value: unknown) => {
    if (name !== 'bytes') return value;
    media += 1;
    return undefined;
  });
  return text.length / LETTERS_PER_TOKEN + media * TOKENS_PER_IMAGE;
}

/** How many tokens an answer may have, so that it fits into the context window together with the conversation. */
export function roomFor({ system, messages, tools }: Draft, contextWindow: number): number {
  const used = estimateTokens({ system, messages, tools });
  return Math.floor(Math.max(contextWindow * (1 - MARGIN) - used, contextWindow * LEAST));
}
