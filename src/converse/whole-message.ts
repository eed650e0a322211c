import type { Message } from '@aws-sdk/client-bedrock-runtime';
import type { TransportAnswer } from '../options.js';
import type { ConverseResult } from '../types.js';
import { checkAnswer } from '../wire/answer-shape.js';
import { decodeBytes } from '../wire/events.js';

/** What Converse answers. */
type Answer = { output?: { message?: Message } } & Partial<ConverseResult>;

/** Reads Converse's answer and decodes bytes in place. Returns undefined if the message or the stop reason is missing. */
export function readWholeMessage({ json }: TransportAnswer) {
  const { output, stopReason, ...rest } = json as Answer;
  const message = output?.message;
  const content = message?.content;
  if (!Array.isArray(content) || typeof stopReason !== 'string') return undefined;
  for (const block of content) decodeBytes(block as unknown as Record<string, unknown>);
  checkAnswer(content, { ...rest });
  // Last, so that members of the same name in the answer do not replace them.
  return { ...rest, message: message as Message, content, stopReason };
}
