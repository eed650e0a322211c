import { concatBytes } from '../../../encoding.js';
import { toBase64 } from '../../../wire/base64.js';
import type { Json } from '../../check/shape.js';
import { type AnswerBlock, toBytes } from '../../conversation/answer.js';
import type { WireEvent } from '../../model/events.js';
import { type Dice, makeToolUseId } from '../../random.js';
import type { AnswerFacts, ChunkWriter, Ending, Family } from '../family.js';
import { checkTurns } from './claude-messages.js';
import { readClaude } from './claude-request.js';

/** Claude 3.7 and newer report cached tokens. Source: recordings by DataDog of Claude 3, 3.5 and 4, 2024 to 2026. */
const COUNTS_CACHE = /claude-(?:3-7|(?:sonnet|opus|haiku)-[4-9]|[a-z]+-[5-9])/;

/** Anthropic's Messages. */
export const claude: Family = {
  read(body, modelId) {
    const read = readClaude(body, modelId);
    checkTurns(read);
    return read;
  },
  write(blocks, facts) {
    const message = startMessage(facts);
    message['content'] = blocks.flatMap(writeBlock);
    message['stop_reason'] = stopReasonOf(facts.stopReason);
    message['stop_sequence'] = facts.stopSequence ?? null;
    message['usage'] = { ...usageOf(facts), output_tokens: facts.outputTokens };
    return message;
  },
  stream: (facts, ending) => writeEvents(facts, ending),
  countsCache: (modelId) => COUNTS_CACHE.test(modelId),
};

/** A message without content, as in the first chunk of a stream. */
function startMessage(facts: AnswerFacts): Json {
  return {
    id: makeId('msg_bdrk_01', facts.roll),
    type: 'message',
    role: 'assistant',
    model: facts.modelId.replace(/^anthropic\.|-v\d+(?::\d+)?$/g, ''),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usageOf(facts), output_tokens: 1 },
  };
}

function makeId(prefix: string, roll: Dice): string {
  return prefix + makeToolUseId(roll).slice('tooluse_'.length);
}

function usageOf({ modelId, inputTokens, cacheRead, cacheWrite }: AnswerFacts): Json {
  const cached = { cache_creation_input_tokens: cacheWrite, cache_read_input_tokens: cacheRead };
  return {
    input_tokens: inputTokens,
    ...(COUNTS_CACHE.test(modelId) || cacheRead + cacheWrite > 0 ? cached : {}),
  };
}

/** Another member of the answer says what the guardrail did. */
function stopReasonOf(stopReason: string): string {
  return stopReason === 'guardrail_intervened' ? 'end_turn' : stopReason;
}

/** Converts the ids that the local Bedrock makes up, which have Converse's form. */
function toolIdOf(id: string): string {
  return id.replace(/^tooluse_(?=[\w-]{22}$)/, 'toolu_bdrk_01');
}

function writeBlock(block: AnswerBlock): Json[] {
  switch (block.kind) {
    case 'text': {
      const cited = block.citation === undefined ? {} : { citations: [writeCitation(block.citation)] };
      return [{ ...cited, type: 'text', text: block.text }];
    }
    case 'reasoning':
      return [{ type: 'thinking', thinking: block.text, signature: block.signature ?? '' }];
    case 'redacted':
      return [{ type: 'redacted_thinking', data: toBase64(block.bytes) }];
    case 'toolUse':
      return [{ type: 'tool_use', id: toolIdOf(block.toolUseId), name: block.name, input: block.input }];
  }
}

function writeCitation({ title, sourceContent, location }: Json): Json {
  const {
    documentIndex = 0,
    start = 0,
    end = 0,
  } = Object((location as Json | undefined)?.['documentChar']) as Json;
  const [source] = (sourceContent ?? []) as { text?: string }[];
  return {
    type: 'char_location',
    cited_text: source?.text ?? '',
    document_index: documentIndex,
    document_title: title ?? null,
    start_char_index: start,
    end_char_index: end,
  };
}

/** Writes the start of text and reasoning blocks, which Converse omits. A redacted block has its data there. */
function writeEvents(facts: AnswerFacts, ending: Ending): ChunkWriter {
  const started = new Set<number>();
  let redacted: Uint8Array[] = [];

  function start(index: number, block: Json): Json[] {
    if (started.has(index)) return [];
    started.add(index);
    return [{ type: 'content_block_start', index, content_block: block }];
  }

  function writeDelta(index: number, delta: Json): Json[] {
    const { text, toolUse, citation, reasoningContent } = delta as Record<string, Json | undefined> & {
      text?: unknown;
    };
    const write = (block: Json, written: Json): Json[] => [
      ...start(index, block),
      { type: 'content_block_delta', index, delta: written },
    ];
    if (typeof text === 'string') return write({ type: 'text', text: '' }, { type: 'text_delta', text });
    if (citation !== undefined) {
      const block = { citations: [], type: 'text', text: '' };
      return write(block, { type: 'citations_delta', citation: writeCitation(citation) });
    }
    if (toolUse !== undefined) {
      const { input } = toolUse;
      return [
        { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: input } },
      ];
    }
    const { text: thinking, signature, redactedContent } = Object(reasoningContent) as Json;
    const block = { type: 'thinking', thinking: '', signature: '' };
    if (redactedContent !== undefined) {
      redacted.push(
        redactedContent instanceof Uint8Array ? redactedContent : toBytes(String(redactedContent)),
      );
      return [];
    }
    if (signature !== undefined) return write(block, { type: 'signature_delta', signature });
    return thinking === undefined ? [] : write(block, { type: 'thinking_delta', thinking });
  }

  function stop(index: number): Json[] {
    const block =
      redacted.length > 0 ? { type: 'redacted_thinking', data: toBase64(concatBytes(redacted)) } : undefined;
    redacted = [];
    return [...start(index, block ?? { type: 'text', text: '' }), { type: 'content_block_stop', index }];
  }

  return ({ type, payload }: WireEvent) => {
    const { contentBlockIndex, delta, start: opened } = payload as Json;
    const index = Number(contentBlockIndex ?? 0);
    switch (type) {
      case 'messageStart':
        return [{ type: 'message_start', message: startMessage(facts) }];
      case 'contentBlockStart': {
        const { toolUseId, name } = Object(Object(opened).toolUse) as Json;
        return start(index, { type: 'tool_use', id: toolIdOf(String(toolUseId)), name, input: {} });
      }
      case 'contentBlockDelta':
        return writeDelta(index, Object(delta) as Json);
      case 'contentBlockStop':
        return stop(index);
      case 'metadata': {
        const { stopReason, stopSequence = null, outputTokens } = ending;
        const said = { stop_reason: stopReasonOf(stopReason), stop_sequence: stopSequence };
        return [
          { type: 'message_delta', delta: said, usage: { output_tokens: outputTokens } },
          { type: 'message_stop' },
        ];
      }
      default:
        return [];
    }
  };
}
