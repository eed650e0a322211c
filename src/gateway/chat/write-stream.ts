import type { AnswerBlock, AnswerEvent, ReasoningBlock } from '../answer/blocks.js';
import { readUsage } from '../answer/reader.js';
import { carryInId } from '../conversation/carrier.js';
import { urlCitations } from '../conversation/url-citations.js';
import { DONE, writeEvent, writeJson } from '../http/sse.js';
import { openAiError } from '../openai-errors.js';
import type { AnswerContext, StreamWriter } from '../protocol.js';
import type { ChatRequest } from './read-request.js';
import { finishReason, writeUsage } from './write-answer.js';

/** Writes the chunks of Chat Completions. */
export function createStream(
  { includesUsage }: ChatRequest,
  { model, id, createdAt }: AnswerContext,
): StreamWriter {
  const head = {
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(createdAt / 1000),
    model,
  };
  let usage = readUsage(undefined);
  let hasRole = false;
  let kind: AnswerBlock['kind'] | undefined;
  let calls = 0;
  let carried: ReasoningBlock[] = [];
  let length = 0;
  let begun = 0;
  let hasInput = false;

  // All chunks begin and end alike, and are the most that a stream consists of.
  const begin = `data: ${writeJson(head).slice(0, -1)},"choices":[{"index":0,"delta":`;
  // Usage is null in every chunk but its own, and only if the client asked for it.
  const end = includesUsage ? '],"usage":null}\n\n' : ']}\n\n';

  const writeChunk = (delta: object, finish: string | null = null): string =>
    `${begin}${writeJson(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}${end}`;

  const writeRole = (content: '' | null): string => {
    if (hasRole) return '';
    hasRole = true;
    return writeChunk({ role: 'assistant', content });
  };

  const writeCall = (call: object): string => writeChunk({ tool_calls: [{ index: calls, ...call }] });

  const writeInput = (input: string, isCustom: boolean): string =>
    writeCall(isCustom ? { custom: { input } } : { function: { arguments: input } });

  function open(block: AnswerBlock): string {
    kind = block.kind;
    begun = length;
    hasInput = false;
    if (block.kind !== 'call') return writeRole('');
    const { name, custom } = block;
    const callId = carryInId(block.id, carried);
    carried = [];
    const called = custom
      ? { id: callId, type: 'custom', custom: { name, input: '' } }
      : { id: callId, type: 'function', function: { name, arguments: '' } };
    return writeRole(null) + writeCall(called);
  }

  function close(block: AnswerBlock): string {
    switch (block.kind) {
      case 'text': {
        const citations = urlCitations(block.citations, begun, length);
        const annotations = citations.map((citation) => ({ type: 'url_citation', url_citation: citation }));
        return annotations.length > 0 ? writeChunk({ annotations }) : '';
      }
      case 'call': {
        const rest = hasInput || block.custom ? '' : writeInput('{}', false);
        calls += 1;
        return rest;
      }
      default:
        carried.push(block);
        return '';
    }
  }

  function write(event: AnswerEvent): string {
    switch (event.type) {
      case 'open':
        return open(event.block);
      case 'text':
        if (kind === 'reasoning') return writeChunk({ reasoning_content: event.text, reasoning: event.text });
        length += event.text.length;
        return writeChunk({ content: event.text });
      case 'input':
        hasInput = true;
        return writeInput(event.json, event.isCustom);
      case 'close':
        return close(event.block);
      case 'end':
        return writeRole('') + writeChunk({}, finishReason(event.end.reason));
      case 'usage':
        usage = event.usage;
        return '';
      default:
        return '';
    }
  }

  return {
    // The id of the next call carries the reasoning.
    keeps: ['reasoning'],
    open: () => '',
    write,
    close() {
      const last = includesUsage
        ? writeEvent(undefined, { ...head, choices: [], usage: writeUsage(usage) })
        : '';
      return last + DONE;
    },
    // Without [DONE], so that nobody takes a part of an answer for the whole.
    fail: (failure) => writeEvent(undefined, { error: openAiError(failure) }),
  };
}
