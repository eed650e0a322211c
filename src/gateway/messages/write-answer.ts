import type { Citation } from '../../index.js';
import { ownMember } from '../../members/own-member.js';
import type { AnswerBlock, AnswerEnd, AnswerUsage, StopReason } from '../answer/blocks.js';
import type { Answer } from '../answer/events.js';
import type { AnswerContext } from '../protocol.js';

/** A whole answer of Messages. */
export function writeAnswer({ blocks, end, usage }: Answer, context: AnswerContext): object {
  return {
    ...writeMessage(context),
    content: blocks.map(writeBlock),
    ...writeEnd(end),
    usage: writeUsage(usage),
  };
}

/** A message without content, as a stream begins with it. */
export function writeMessage({ id, model }: AnswerContext): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}

/** A block with all of its content. */
function writeBlock(block: AnswerBlock): object {
  switch (block.kind) {
    case 'text': {
      const citations = block.citations.flatMap(writeCitation);
      // Version 6 of the AI SDK refuses null, which the type of Anthropic's client allows and its API never sends.
      return { type: 'text', text: block.text, ...(citations.length > 0 && { citations }) };
    }
    case 'reasoning':
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: block.data };
    case 'call':
      return { type: 'tool_use', id: block.id, name: block.name, input: readInput(block.input) };
  }
}

/** Of an input that is not a JSON object, the text is kept, as the clients of this protocol read only objects. */
function readInput(json: string): object {
  try {
    const input: unknown = json === '' ? {} : JSON.parse(json);
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };
  } catch {
    return { input: json };
  }
}

/** Converse's kinds of places have the same members under other names. */
export function writeCitation({ title, source, sourceContent, location }: Citation): object[] {
  const cited_text = (sourceContent ?? []).map((part) => part.text ?? '').join('');
  const { documentChar, documentPage, documentChunk, searchResultLocation, web } = location ?? {};
  const inDocument = (document_index: number | undefined) => ({
    cited_text,
    document_index: document_index ?? 0,
    document_title: title ?? null,
    file_id: null,
  });
  if (documentChar) {
    const { documentIndex, start = 0, end = 0 } = documentChar;
    return [
      { type: 'char_location', ...inDocument(documentIndex), start_char_index: start, end_char_index: end },
    ];
  }
  if (documentPage) {
    const { documentIndex, start = 0, end = 0 } = documentPage;
    return [
      { type: 'page_location', ...inDocument(documentIndex), start_page_number: start, end_page_number: end },
    ];
  }
  if (documentChunk) {
    const { documentIndex, start = 0, end = 0 } = documentChunk;
    return [
      {
        type: 'content_block_location',
        ...inDocument(documentIndex),
        start_block_index: start,
        end_block_index: end,
      },
    ];
  }
  if (searchResultLocation) {
    const { searchResultIndex = 0, start = 0, end = 0 } = searchResultLocation;
    const place = { search_result_index: searchResultIndex, start_block_index: start, end_block_index: end };
    return [
      { type: 'search_result_location', cited_text, source: source ?? '', title: title ?? null, ...place },
    ];
  }
  if (web) {
    return [
      {
        type: 'web_search_result_location',
        cited_text,
        encrypted_index: '',
        title: title ?? null,
        url: web.url ?? '',
      },
    ];
  }
  return [];
}

const STOP: Readonly<Record<StopReason, string>> = {
  end_turn: 'end_turn',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_use',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'model_context_window_exceeded',
  guardrail_intervened: 'refusal',
  content_filtered: 'refusal',
};

/** Why the answer ended. */
export function writeEnd({ reason, stopSequence }: AnswerEnd): object {
  const stop_reason = ownMember(STOP, reason) ?? 'end_turn';
  return {
    stop_reason,
    stop_sequence: stopSequence ?? null,
    stop_details: stop_reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
  };
}

/** Anthropic counts as Converse does: cached tokens are not part of the input. */
export function writeUsage({ input, output, cacheRead, cacheWrite, cacheWrite1h }: AnswerUsage): object {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWrite - cacheWrite1h,
      ephemeral_1h_input_tokens: cacheWrite1h,
    },
  };
}
