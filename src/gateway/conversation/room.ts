import { isObject } from '../../input/read.js';
import type { Draft } from './draft.js';

/** Letters per token. Source code and JSON have about three, prose has four. */
export const LETTERS_PER_TOKEN = 3;

/** What an image counts as: the most that Claude reads. https://platform.claude.com/docs/en/build-with-claude/vision */
const TOKENS_PER_IMAGE = 1600;

/** The most tokens that Claude used for a page of a PDF, measured in October 2026: https://huggingface.co/datasets/JOHNISKING/pdf-token-cost */
const TOKENS_PER_PAGE = 2500;

/** How many pages of a document Claude reads. https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html */
const MOST_PAGES = 100;

/** How PDF, Word and Excel files begin, in base64. Their pages are compressed, so only their size is known. */
const PAGED = /^(?:JVBERi|UEsDB|0M8R4K)/;

/** Part of the context window that stays free, because the size of the conversation is an estimate. */
const MARGIN = 1 / 8;

/** Part that is left for the answer, however long the conversation seems to be. */
const LEAST = 1 / 16;

/**
 * About how many tokens a conversation, or a part of it, has. A number as `bytes` stands for a medium of that many tokens.
 */
export function estimateTokens(conversation: unknown): number {
  let media = 0;
  const text = JSON.stringify(conversation, (name, value: unknown) => {
    if (name === 'document' && isObject(value)) {
      const bytes = isObject(value['source']) ? value['source']['bytes'] : undefined;
      if (typeof bytes !== 'string') return value;
      media += estimateMedia(bytes, true);
      return { ...value, source: undefined };
    }
    if (name !== 'bytes') return value;
    media += typeof value === 'number' ? value : TOKENS_PER_IMAGE;
    return undefined;
  });
  return text.length / LETTERS_PER_TOKEN + media;
}

/**
 * About how many tokens a medium in base64 has. A document counts as text of its size. For a PDF, this means one
 * page per 7.5 KB, at the most that Claude uses for a page.
 */
export function estimateMedia(base64: string, isDocument: boolean): number {
  if (!isDocument) return TOKENS_PER_IMAGE;
  const tokens = Math.ceil((base64.length * 3) / 4 / LETTERS_PER_TOKEN);
  if (!PAGED.test(base64)) return tokens;
  return Math.min(Math.max(tokens, TOKENS_PER_PAGE), MOST_PAGES * TOKENS_PER_PAGE);
}

/** How many tokens an answer may have, so that it fits into the context window together with the conversation. */
export function roomFor({ system, messages, tools }: Draft, contextWindow: number): number {
  const used = estimateTokens({ system, messages, tools });
  return Math.floor(Math.max(contextWindow * (1 - MARGIN) - used, contextWindow * LEAST));
}
