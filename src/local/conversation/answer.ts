import { fromBase64 } from '../../wire/base64.js';
import type { Json } from '../check/shape.js';
import { countTextTokens, LETTERS_PER_TOKEN } from './tokens.js';

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
  /** Tokens, if a real model counted them. */
  counts?: { inputTokens: number; outputTokens: number; cacheRead: number; cacheWrite: number };
  trace?: Json;
}

/** Ends an answer at the first stop sequence and at the limit of tokens. */
export function limitAnswer(
  answer: Answer,
  maxTokens: number | undefined,
  stopSequences: readonly string[],
): Answer {
  return limitTokens(stopAtSequence(answer, stopSequences), maxTokens);
}

/** Counts the tokens of an answer. */
export function countOutputTokens(blocks: readonly AnswerBlock[]): number {
  return blocks.reduce((sum, block) => sum + countBlockTokens(block), 0);
}

function countBlockTokens(block: AnswerBlock): number {
  switch (block.kind) {
    case 'toolUse':
      return countTextTokens(block.name + JSON.stringify(block.input));
    case 'redacted':
      return Math.ceil(block.bytes.length / LETTERS_PER_TOKEN);
    default:
      return countTextTokens(block.text);
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
  if (maxTokens === undefined || countOutputTokens(answer.blocks) <= maxTokens) return answer;
  const blocks: AnswerBlock[] = [];
  let left = maxTokens;
  for (const block of answer.blocks) {
    const tokens = countBlockTokens(block);
    if (tokens <= left) {
      blocks.push(block);
      left -= tokens;
      continue;
    }
    // Part of a tool use or of a redacted block would be useless: it is left out.
    if (left > 0 && (block.kind === 'text' || block.kind === 'reasoning')) {
      blocks.push({
        kind: block.kind,
        text: withoutHalfCharacter(block.text.slice(0, left * LETTERS_PER_TOKEN)),
      });
    }
    break;
  }
  return { ...answer, blocks, stopReason: 'max_tokens' };
}

function withoutHalfCharacter(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

/** Writes the blocks as the content of a message. */
export function writeContent(blocks: readonly AnswerBlock[]): Json[] {
  return blocks.map(writeBlock);
}

function writeBlock(block: AnswerBlock): Json {
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

/** Decodes base64, or encodes any other text as it is: a script may write a redacted block in plain words. */
export function toBytes(text: string): Uint8Array {
  return fromBase64(text) ?? new TextEncoder().encode(text);
}
