import type { AnswerBlock, AnswerEvent, CallBlock, ReasoningBlock, TextBlock } from '../answer/blocks.js';
import { readUsage } from '../answer/reader.js';
import { DONE, writeEvent } from '../http/sse.js';
import { openAiError } from '../openai-errors.js';
import type { AnswerContext, StreamWriter } from '../protocol.js';
import type { ResponsesRequest } from './read-request.js';
import { isSearch } from './tool-search.js';
import { itemId, type ResponseEnd, readEnd, writeResponse, writeUsage } from './write-answer.js';
import {
  type ItemStatus,
  itemKindOf,
  writeCall,
  writeMessage,
  writeReasoning,
  writeText,
} from './write-items.js';

/** An item that has been announced and is not done yet. */
type OpenItem =
  | { kind: 'text'; id: string; block: TextBlock | undefined }
  | { kind: 'call'; id: string; block: CallBlock }
  | { kind: 'reasoning'; id: string; blocks: ReasoningBlock[]; hasPart: boolean };

/**
 * Writes the events of Responses. Only names that the client knows are used: any other breaks it. The last item stays open until
 * the next one begins or the answer ends, because only then it is certain whether it is complete.
 */
export function createStream(read: ResponsesRequest, context: AnswerContext): StreamWriter {
  const output: object[] = [];
  let sequence = 0;
  let open: OpenItem | undefined;
  let end: ResponseEnd = { status: 'completed', incomplete_details: null };
  let usage = readUsage(undefined);
  let tier: string | undefined;

  const write = (type: string, data: object): string =>
    writeEvent(type, { type, sequence_number: sequence++, ...data });
  const writeOf = (type: string, data: object): string =>
    write(`response.${type}`, { item_id: open?.id, output_index: output.length, ...data });
  const writeItem = (type: 'added' | 'done', item: object): string =>
    write(`response.output_item.${type}`, { output_index: output.length, item });

  const partIndex = (item: { blocks: ReasoningBlock[] }): number => item.blocks.filter(hasText).length;

  function openItem(block: AnswerBlock): string {
    if (block.kind === 'reasoning' || block.kind === 'redacted') {
      if (open?.kind === 'reasoning') return '';
      const done = closeItem('completed');
      open = {
        kind: 'reasoning',
        id: itemId('reasoning', context.id, output.length),
        blocks: [],
        hasPart: false,
      };
      return done + writeItem('added', writeReasoning(open.id, []));
    }
    const done = closeItem('completed');
    if (block.kind === 'text') {
      open = { kind: 'text', id: itemId('text', context.id, output.length), block: undefined };
      const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
      return (
        done +
        writeItem('added', writeMessage(open.id, undefined, 'in_progress')) +
        writeOf('content_part.added', { content_index: 0, part })
      );
    }
    const id = itemId(itemKindOf(block), context.id, output.length);
    open = { kind: 'call', id, block };
    return done + writeItem('added', writeCall(id, block, 'in_progress'));
  }

  function writeDelta(delta: string): string {
    if (open?.kind === 'text') return writeOf('output_text.delta', { content_index: 0, delta, logprobs: [] });
    if (open?.kind !== 'reasoning') return '';
    const summary_index = partIndex(open);
    const part = open.hasPart
      ? ''
      : writeOf('reasoning_summary_part.added', { summary_index, part: { type: 'summary_text', text: '' } });
    open.hasPart = true;
    return part + writeOf('reasoning_summary_text.delta', { summary_index, delta });
  }

  /** A block is complete; its item is done only when it is known what follows. */
  function closeBlock(block: AnswerBlock): string {
    if (open?.kind === 'text' && block.kind === 'text') open.block = block;
    if (open?.kind === 'call' && block.kind === 'call') open.block = block;
    if (open?.kind !== 'reasoning' || (block.kind !== 'reasoning' && block.kind !== 'redacted')) return '';
    let text = '';
    if (block.kind === 'reasoning' && open.hasPart) {
      const at = { summary_index: partIndex(open) };
      text =
        writeOf('reasoning_summary_text.done', { ...at, text: block.text }) +
        writeOf('reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text: block.text } });
    }
    open.hasPart = false;
    open.blocks.push(block);
    return text;
  }

  function closeItem(status: ItemStatus): string {
    if (open === undefined) return '';
    const { text, item } = finishItem(open, status);
    const done = text + writeItem('done', item);
    output.push(item);
    open = undefined;
    return done;
  }

  function finishItem(item: OpenItem, status: ItemStatus): { text: string; item: object } {
    switch (item.kind) {
      case 'reasoning':
        return { text: '', item: writeReasoning(item.id, item.blocks) };
      case 'call': {
        // The search for tools has no events of its own.
        if (isSearch(item.block)) return { text: '', item: writeCall(item.id, item.block, status) };
        const { custom, input, name } = item.block;
        const whole = input === '' ? '{}' : input;
        const rest = input === '' && !custom ? writeOf('function_call_arguments.delta', { delta: '{}' }) : '';
        const text = custom
          ? writeOf('custom_tool_call_input.done', { input })
          : rest + writeOf('function_call_arguments.done', { arguments: whole, name });
        return { text, item: writeCall(item.id, item.block, status) };
      }
      case 'text': {
        const block = item.block ?? { kind: 'text', text: '', citations: [] };
        const part = writeText(block);
        const annotations = part.annotations.map((annotation, annotation_index) =>
          writeOf('output_text.annotation.added', { content_index: 0, annotation_index, annotation }),
        );
        const text =
          annotations.join('') +
          writeOf('output_text.done', { content_index: 0, text: block.text, logprobs: [] }) +
          writeOf('content_part.done', { content_index: 0, part });
        return { text, item: writeMessage(item.id, block, status) };
      }
    }
  }

  function writePart(event: AnswerEvent): string {
    switch (event.type) {
      case 'open':
        return openItem(event.block);
      case 'text':
        return writeDelta(event.text);
      case 'input':
        if (open?.kind === 'call' && isSearch(open.block)) return '';
        return writeOf(event.isCustom ? 'custom_tool_call_input.delta' : 'function_call_arguments.delta', {
          delta: event.json,
        });
      case 'close':
        return closeBlock(event.block);
      case 'end':
        end = readEnd(event.end, read);
        return closeItem(end.status);
      case 'usage':
        usage = event.usage;
        tier = event.serviceTier;
        return '';
      default:
        return '';
    }
  }

  return {
    // Its last events repeat the whole answer.
    keeps: ['text', 'reasoning', 'call'],
    open: () => {
      const response = writeResponse(read, context, { status: 'in_progress' });
      return write('response.created', { response }) + write('response.in_progress', { response });
    },
    write: writePart,
    close() {
      const more = {
        ...end,
        output,
        usage: writeUsage(usage),
        ...(tier !== undefined && { service_tier: tier }),
      };
      return write(`response.${end.status}`, { response: writeResponse(read, context, more) }) + DONE;
    },
    fail(failure) {
      const { code, message, ...error } = openAiError(failure);
      const response = writeResponse(read, context, {
        status: 'failed',
        output,
        error: { code: code ?? error.type, message },
      });
      return (
        write('response.failed', { response }) +
        write('error', {
          code: code ?? error.type,
          message,
          param: error.param,
          error: { ...error, code, message },
        })
      );
    },
  };
}

function hasText(block: ReasoningBlock): boolean {
  return block.kind === 'reasoning' && block.text !== '';
}
