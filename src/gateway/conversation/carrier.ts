import { encodeText } from '../../encoding.js';
import { isObject } from '../../input/read.js';
import { fromBase64, toBase64 } from '../../wire/base64.js';
import { findTextExcess } from '../../wire/json-bounds.js';
import type { ReasoningBlock } from '../answer/blocks.js';

// Reasoning has to come back with the next request, unchanged and in order, or a loop of tools with thinking fails. Chat
// Completions has no place for it that every client returns but the id of a tool call, and Responses has `encrypted_content`.
// Both carry the same text: a mark with a version, so that what another gateway wrote is dropped, and the blocks as JSON.

const MARK = 'ba1.';

/**
 * The mark in an id, between the tool call's own id and what it carries. Clients such as opencode replace all but letters, digits,
 * `_` and `-` in ids that they send to Claude, so an id has nothing else.
 */
const SEAM = '_ba1_';

/** Ids of 20,000 characters came back whole from every client that was tried. What does not fit is not carried. */
const MOST_LETTERS = 20_000;

/** More than any answer has in its blocks of reasoning. */
const MOST_VALUES = 10_000;

/** Packs reasoning into one word of URL-safe base64. */
export function packReasoning(blocks: readonly ReasoningBlock[]): string {
  const list = blocks.map((block) =>
    block.kind === 'redacted' ? { d: block.data } : { t: block.text, s: block.signature },
  );
  const base64 = toBase64(encodeText(JSON.stringify(list)));
  return MARK + base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The blocks in a packed word; none if somebody else wrote it, or if it was changed. */
export function unpackReasoning(word: string): ReasoningBlock[] {
  if (!word.startsWith(MARK)) return [];
  const bytes = fromBase64(word.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/'));
  if (bytes === undefined) return [];
  let list: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (findTextExcess(text, MOST_VALUES) !== undefined) return [];
    list = JSON.parse(text);
  } catch {
    return [];
  }
  const blocks = Array.isArray(list) ? list.map(readBlock) : [];
  return blocks.every((block) => block !== undefined) ? (blocks as ReasoningBlock[]) : [];
}

function readBlock(item: unknown): ReasoningBlock | undefined {
  if (!isObject(item)) return undefined;
  const { d: data, t: text, s: signature } = item;
  if (typeof data === 'string') return { kind: 'redacted', data };
  if (typeof text !== 'string') return undefined;
  return { kind: 'reasoning', text, ...(typeof signature === 'string' && { signature }) };
}

/** A tool call's id with the reasoning before it. Without a signature there is nothing that a model would want back. */
export function carryInId(id: string, reasoning: readonly ReasoningBlock[]): string {
  if (!reasoning.some((block) => block.kind === 'redacted' || block.signature !== undefined)) return id;
  const packed = packReasoning(reasoning);
  return packed.length > MOST_LETTERS ? id : `${id}${SEAM}${packed.slice(MARK.length)}`;
}

/** Takes an id apart again. An id that another service made is returned as it is. */
export function readCarryingId(given: string): { id: string; reasoning: ReasoningBlock[] } {
  const at = given.indexOf(SEAM);
  if (at < 0) return { id: given, reasoning: [] };
  const packed = MARK + given.slice(at + SEAM.length);
  // Nothing so long is ever put into an id, so there is nothing to decode.
  return { id: given.slice(0, at), reasoning: packed.length > MOST_LETTERS ? [] : unpackReasoning(packed) };
}
