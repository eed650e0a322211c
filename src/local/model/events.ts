import type { Json } from '../check/shape.js';
import type { AnswerBlock } from '../conversation/answer.js';
import { countTextTokens } from '../conversation/tokens.js';
import type { Dice } from '../random.js';

/** An event of a stream before it is encoded. */
export interface WireEvent {
  type: string;
  payload: object;
  /** How many tokens it carries: they set the pace. */
  tokens: number;
}

/** What follows the blocks of an answer. */
export interface Closing {
  stopReason: string;
  additionalModelResponseFields?: Json | undefined;
  /** Called when the stream has come that far, so that it can report how long it took. */
  metadata: () => Json;
}

/** Lists the events of an answer's content in the service's order. Blocks of text and reasoning have no start event. */
export function* listContent(blocks: readonly AnswerBlock[], roll: Dice): Generator<WireEvent> {
  yield event('messageStart', { role: 'assistant' });
  for (const [contentBlockIndex, block] of blocks.entries()) {
    if (block.kind === 'toolUse') {
      const { name, toolUseId } = block;
      yield event('contentBlockStart', { contentBlockIndex, start: { toolUse: { name, toolUseId } } });
    }
    for (const delta of deltasOf(block, roll)) {
      yield event('contentBlockDelta', { contentBlockIndex, delta: delta.delta }, delta.tokens);
    }
    yield event('contentBlockStop', { contentBlockIndex });
  }
}

/** Lists the events that end an answer. */
export function* listClosing(closing: Closing): Generator<WireEvent> {
  const { stopReason, additionalModelResponseFields } = closing;
  yield event('messageStop', { stopReason, additionalModelResponseFields });
  yield event('metadata', closing.metadata());
}

/** An event that carries this many tokens. */
export function event(type: string, payload: object, tokens = 0): WireEvent {
  return { type, payload, tokens };
}

interface Delta {
  delta: Json;
  tokens: number;
}

function* deltasOf(block: AnswerBlock, roll: Dice): Generator<Delta> {
  switch (block.kind) {
    case 'text':
      if (block.citation !== undefined) yield { delta: { citation: block.citation }, tokens: 0 };
      for (const text of splitWords(block.text, roll))
        yield { delta: { text }, tokens: countTextTokens(text) };
      return;
    case 'reasoning':
      for (const text of splitWords(block.text, roll)) {
        yield { delta: { reasoningContent: { text } }, tokens: countTextTokens(text) };
      }
      if (block.signature !== undefined) {
        yield { delta: { reasoningContent: { signature: block.signature } }, tokens: 0 };
      }
      return;
    case 'redacted': {
      // Split so that base64 of the parts, joined, is not base64 of the whole.
      const cut = Math.min(block.bytes.length, 10);
      for (const redactedContent of [block.bytes.subarray(0, cut), block.bytes.subarray(cut)]) {
        if (redactedContent.length > 0) yield { delta: { reasoningContent: { redactedContent } }, tokens: 0 };
      }
      return;
    }
    case 'toolUse':
      yield { delta: { toolUse: { input: '' } }, tokens: 0 };
      for (const input of splitLetters(JSON.stringify(block.input), roll)) {
        yield { delta: { toolUse: { input } }, tokens: countTextTokens(input) };
      }
  }
}

/** Splits a text after one to three words at a time, much as models produce tokens. */
function* splitWords(text: string, roll: Dice): Generator<string> {
  let start = 0;
  let words = 0;
  let wanted = 1;
  for (const { index, 0: word } of text.matchAll(/\S+/g)) {
    words += 1;
    if (words < wanted) continue;
    const end = index + word.length;
    yield text.slice(start, end);
    start = end;
    words = 0;
    wanted = 1 + Math.floor(roll() * 3);
  }
  if (start < text.length) yield text.slice(start);
}

/** Splits a text into pieces of 6 to 14 letters, none of which ends inside a character. */
function* splitLetters(text: string, roll: Dice): Generator<string> {
  let at = 0;
  while (at < text.length) {
    let end = at + 6 + Math.floor(roll() * 9);
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1;
    yield text.slice(at, end);
    at = end;
  }
}
