import { fromBase64 } from '../../wire/base64.js';
import type { Json } from './body.js';
import { LETTERS_PER_TOKEN, textTokens } from './tokens.js';

/** A block of an answer. */
export type AnswerBlock =
  | { kind: 'text'; text: string; citation?: Json }
  | { kind: 'reasoning'; text: string; signature?: string }
  | { kind: 'redacted'; bytes: Uint8Array }
  | { kind: 'toolUse'; toolUseId: string; name: string; input: unknown };

/** What the model says, before it is written as a message or as events. */
export interface Answer {
  blocks: AnswerBlock[];
  stopReason: string;
  /** The stop sequence that ended it. */
  stopSequence?: string;
  /** Replaces the estimate, wholly or in part. */
  usage?: Json;
  trace?: Json;
}

/** Cuts an answer where a stop sequence appears, and at the limit of tokens. */
export function limit(
  answer: Answer,
  maxTokens: number | undefined,
  stopSequences: readonly string[],
): Answer {
  return limitTokens(stopAtSequence(answer, stopSequences), maxTokens);
}

/** Tokens that an answer costs. */
export function outputTokens(blocks: readonly AnswerBlock[]): number {
  return blocks.reduce((sum, block) => sum + blockTokens(block), 0);
}

function blockTokens(block: AnswerBlock): number {
  switch (block.kind) {
    case 'toolUse':
      return textTokens(block.name + JSON.stringify(block.input));
    case 'redacted':
      return Math.ceil(block.bytes.length / LETTERS_PER_TOKEN);
    default:
      return textTokens(block.text);
  }
}

function stopAtSequence(answer: Answer, stopSequences: readonly string[]): Answer {
  for (const [i, block] of answer.blocks.entries()) {
    if (block.kind !== 'text') continue;
    let cut = -1;
    let by = '';
    for (const sequence of stopSequences) {
      const at = block.text.indexOf(sequence);
      if (at >= 0 && (cut < 0 || at < cut)) [cut, by] = [at, sequence];
    }
    if (cut < 0) continue;
    const blocks = answer.blocks.slice(0, i);
    if (cut > 0) blocks.push({ ...block, text: block.text.slice(0, cut) });
    return { ...answer, blocks, stopReason: 'stop_sequence', stopSequence: by };
  }
  return answer;
}

function limitTokens(answer: Answer, maxTokens: number | undefined): Answer {
  if (maxTokens === undefined || outputTokens(answer.blocks) <= maxTokens) return answer;
  const blocks: AnswerBlock[] = [];
  let left = maxTokens;
  for (const block of answer.blocks) {
    const tokens = blockTokens(block);
    if (tokens <= left) {
      blocks.push(block);
      left -= tokens;
      continue;
    }
    // A tool use or redacted block that is cut is of no use to anyone: it is left out.
    if (left > 0 && (block.kind === 'text' || block.kind === 'reasoning')) {
      blocks.push({ kind: block.kind, text: wholeCharacters(block.text.slice(0, left * LETTERS_PER_TOKEN)) });
    }
    break;
  }
  return { ...answer, blocks, stopReason: 'max_tokens' };
}

function wholeCharacters(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

/** The blocks as content of a message, as Converse writes them. */
export function contentOf(blocks: readonly AnswerBlock[]): Json[] {
  return blocks.map(contentBlock);
}

function contentBlock(block: AnswerBlock): Json {
  switch (block.kind) {
    case 'text':
      return block.citation === undefined
        ? { text: block.text }
        : { citationsContent: { citations: [block.citation], content: [{ text: block.text }] } };
    case 'reasoning':
      return { reasoningContent: { reasoningText: { text: block.text, signature: block.signature } } };
    case 'redacted':
      return { reasoningContent: { redactedContent: block.bytes } };
    case 'toolUse':
      return { toolUse: { toolUseId: block.toolUseId, name: block.name, input: block.input } };
  }
}

/** Bytes of base64 text; its letters where it is none, so that a script may name a redacted block in words. */
export function bytesOrLetters(text: string): Uint8Array {
  return fromBase64(text) ?? new TextEncoder().encode(text);
}
