import type { ConverseEvent, ConverseResult } from '../../index.js';
import type { AnswerBlock, AnswerEnd, AnswerUsage } from './blocks.js';
import { type AnswerPlan, AnswerReader, readUsage } from './reader.js';

/** A whole answer, in blocks. */
export interface Answer {
  blocks: AnswerBlock[];
  end: AnswerEnd;
  usage: AnswerUsage;
  serviceTier: string | undefined;
}

/**
 * Reads a whole answer of Converse as if it had been streamed, so that both ways tell the same.
 *
 * @throws Refusal if the model failed
 */
export function readAnswer(result: ConverseResult, plan: AnswerPlan): Answer {
  const reader = new AnswerReader(plan);
  const blocks: AnswerBlock[] = [];
  let end: AnswerEnd = { reason: 'end_turn', stopSequence: undefined };
  for (const event of listEvents(result)) {
    for (const part of reader.read(event)) {
      if (part.type === 'close') blocks.push(part.block);
      if (part.type === 'end') end = part.end;
    }
  }
  return { blocks, end, usage: readUsage(result.usage), serviceTier: result.serviceTier?.type };
}

function* listEvents(result: ConverseResult): Generator<ConverseEvent> {
  const { message, toolUses, stopReason, additionalModelResponseFields } = result;
  for (const [contentBlockIndex, block] of (message.content ?? []).entries()) {
    const delta = (delta: Extract<ConverseEvent, { type: 'contentBlockDelta' }>['delta']): ConverseEvent => ({
      type: 'contentBlockDelta',
      contentBlockIndex,
      delta,
    });
    const { text, toolUse, reasoningContent, citationsContent } = block;
    if (text !== undefined) yield delta({ text });
    else if (toolUse !== undefined) {
      const { input, ...head } = toolUse;
      yield { type: 'contentBlockStart', contentBlockIndex, start: { toolUse: head } };
      // Of an input that is not JSON, the text that the model wrote is only here.
      const unread = toolUses.find((use) => use.toolUseId === head.toolUseId && use.inputError !== undefined);
      yield delta({ toolUse: { input: unread ? String(unread.input) : JSON.stringify(input ?? {}) } });
    } else if (reasoningContent?.reasoningText !== undefined) {
      const { text: words = '', signature } = reasoningContent.reasoningText;
      yield delta({ reasoningContent: { text: words } });
      if (signature !== undefined) yield delta({ reasoningContent: { signature } });
    } else if (reasoningContent?.redactedContent !== undefined) {
      yield delta({ reasoningContent: { redactedContent: reasoningContent.redactedContent } });
    } else if (citationsContent !== undefined) {
      for (const citation of citationsContent.citations ?? []) yield delta({ citation: citation as never });
      for (const part of citationsContent.content ?? []) yield delta({ text: part.text ?? '' });
    }
    yield { type: 'contentBlockStop', contentBlockIndex };
  }
  yield { type: 'messageStop', stopReason, additionalModelResponseFields };
}
