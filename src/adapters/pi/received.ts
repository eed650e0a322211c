import { BedrockError, type ConverseEvent } from '../../index.js';

/**
 * Checks that an event holds what Converse promises, as far as this adapter reads it. Transports other than the library's own
 * deliver events too, and a peer can send anything. A member that is null counts as absent.
 *
 * @throws BedrockError `ERR_PROTOCOL`
 */
export function checkEvent(event: ConverseEvent): void {
  requireObject(event, 'An event');
  switch (event.type) {
    case 'contentBlockStart': {
      requireIndex(event);
      requireObject(event.start, 'The start of a content block');
      const { toolUse } = event.start;
      if (toolUse != null) requireTexts(toolUse, 'A tool use', ['toolUseId', 'name', 'type']);
      break;
    }
    case 'contentBlockDelta': {
      requireIndex(event);
      requireObject(event.delta, 'A delta');
      requireTexts(event.delta, 'A delta', ['text']);
      const { toolUse, reasoningContent } = event.delta;
      if (toolUse != null) requireTexts(toolUse, 'A delta of a tool use', ['input']);
      if (reasoningContent != null) {
        requireTexts(reasoningContent, 'A delta of reasoning', ['text', 'signature']);
        const { redactedContent } = reasoningContent;
        if (redactedContent != null && !(redactedContent instanceof Uint8Array))
          throw protocolError('A delta of reasoning has a redactedContent that is not bytes');
      }
      break;
    }
    case 'contentBlockStop':
      requireIndex(event);
      break;
    case 'messageStop':
      if (typeof event.stopReason !== 'string') throw protocolError('A messageStop has no stopReason');
  }
}

/** An answer that is not from Converse. */
export function protocolError(what: string): BedrockError {
  return new BedrockError({
    code: 'ERR_PROTOCOL',
    name: 'ProtocolError',
    message: `${what}, so the answer is not from Converse. Check the endpoint, and what is in between.`,
    phase: 'stream',
  });
}

function requireIndex({ contentBlockIndex }: { contentBlockIndex: number }): void {
  if (Number.isSafeInteger(contentBlockIndex) && contentBlockIndex >= 0) return;
  throw protocolError('The index of a content block is not a whole number');
}

function requireObject(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) throw protocolError(`${what} is not an object`);
}

function requireTexts(value: object, what: string, names: readonly string[]): void {
  requireObject(value, what);
  for (const name of names) {
    const member = (value as Record<string, unknown>)[name];
    if (member != null && typeof member !== 'string')
      throw protocolError(`${what} has a ${name} that is not text`);
  }
}
