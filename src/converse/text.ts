import type { Message } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../types.js';

/** The text of a message, cited spans included, without reasoning and tools. */
export function textOf(message: Message): string {
  let text = '';
  for (const block of message.content ?? []) {
    if (block.text !== undefined) text += block.text;
    for (const piece of block.citationsContent?.content ?? []) text += piece.text ?? '';
  }
  return text;
}

/** The text deltas of events. Written by hand: a generator could not be left while it waits for the next event. */
export function texts(events: AsyncIterator<ConverseEvent, undefined>): AsyncIterable<string> {
  const iterator: AsyncIterator<string, undefined> = {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done === true) return { done, value };
        if (value.type === 'contentBlockDelta' && value.delta.text !== undefined)
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
