import type { Message } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../types.js';

/** Joins the text of a message: its text blocks and cited spans, without reasoning and tools. */
export function textOf(message: Message): string {
  let text = '';
  for (const block of message.content ?? []) {
    text += block.text ?? '';
    for (const piece of block.citationsContent?.content ?? []) text += piece.text ?? '';
  }
  return text;
}

/** Reads only the text of events. Not a generator, because `return()` of a generator waits until its pending `next()` is over. */
export function readTexts(events: AsyncIterator<ConverseEvent, undefined>): AsyncIterable<string> {
  const iterator: AsyncIterator<string, undefined> = {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) return { done, value };
        if (value.type === 'contentBlockDelta' && typeof value.delta.text === 'string')
          return { done: false, value: value.delta.text };
      }
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
