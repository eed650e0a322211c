import type { AnswerBlock, AnswerEnd, AnswerEvent } from '../answer/blocks.js';
import { readUsage } from '../answer/reader.js';
import { writeEvent } from '../http/sse.js';
import type { AnswerContext, StreamWriter } from '../protocol.js';
import { messagesErrors } from './errors.js';
import { writeCitation, writeEnd, writeMessage, writeUsage } from './write-answer.js';

/** Writes the events of Messages. Every event has a name: without it the client sees nothing. */
export function createStream(context: AnswerContext, requestId: string): StreamWriter {
  let index = -1;
  let kind: AnswerBlock['kind'] | undefined;
  let end: AnswerEnd = { reason: 'end_turn', stopSequence: undefined };
  let usage = readUsage(undefined);

  const writeNamed = (type: string, data: object): string => writeEvent(type, { type, ...data });
  const writeDelta = (delta: object): string => writeNamed('content_block_delta', { index, delta });

  function write(event: AnswerEvent): string {
    switch (event.type) {
      case 'open':
        index += 1;
        kind = event.block.kind;
        return writeNamed('content_block_start', { index, content_block: writeOpening(event.block) });
      case 'text':
        return writeDelta(
          kind === 'reasoning'
            ? { type: 'thinking_delta', thinking: event.text }
            : { type: 'text_delta', text: event.text },
        );
      case 'citation':
        return writeCitation(event.citation)
          .map((citation) => writeDelta({ type: 'citations_delta', citation }))
          .join('');
      case 'signature':
        return writeDelta({ type: 'signature_delta', signature: event.signature });
      case 'input':
        return writeDelta({ type: 'input_json_delta', partial_json: event.json });
      case 'close':
        return writeNamed('content_block_stop', { index });
      case 'end':
        end = event.end;
        return '';
      case 'usage':
        usage = event.usage;
        return '';
    }
  }

  return {
    keeps: [],
    open: () => writeNamed('message_start', { message: writeMessage(context) }),
    write,
    // The counts come after the reason, and both belong into one event.
    close: () =>
      writeNamed('message_delta', { delta: writeEnd(end), usage: writeUsage(usage) }) +
      writeNamed('message_stop', {}),
    fail: (failure) => writeEvent('error', messagesErrors.body(failure, requestId)),
  };
}

function writeOpening(block: AnswerBlock): object {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: block.data };
    case 'call':
      return { type: 'tool_use', id: block.id, name: block.name, input: {} };
  }
}
