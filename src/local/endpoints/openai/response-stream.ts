import type { Json } from '../../check/shape.js';
import { capitalize, ServiceException } from '../../exception.js';
import type { Ending } from '../../invoke/family.js';
import type { WireEvent } from '../../model/events.js';
import { parseJsonIfPossible } from '../../parse-json.js';
import { openAiErrorOf } from '../failure.js';
import { type FrameForm, namedFrame } from '../sse.js';
import type { StreamWriter } from '../stream.js';
import { customInput } from './chat-answer.js';
import {
  callItem,
  encryptedContent,
  endResponse,
  isShort,
  messageItem,
  type ResponseFacts,
  reasoningItem,
  startResponse,
  textPart,
  wantsSummary,
} from './response-object.js';

/** An item while its deltas arrive. */
interface OpenItem {
  item: Json;
  index: number;
  /** Text, reasoning or input so far. */
  text: string;
  signature: string;
  /** The kind of its deltas. */
  kind: 'text' | 'reasoning' | 'call' | 'custom';
}

/**
 * Writes a stream of the Responses API. Recorded at bedrock-mantle below `/openai/v1` (pydantic/pydantic-ai and crmne/ruby_llm, 2026-07):
 * the data precede the name, and nothing follows `response.completed`. Below `/v1` events have no name.
 *
 * @param onEnd Called with the whole response.
 */
export function streamResponse(
  facts: ResponseFacts,
  ending: Ending,
  now: () => number,
  onEnd: (response: Json) => void,
): StreamWriter {
  const response = startResponse(facts);
  const output = response['output'] as Json[];
  const form = frameFormOf(facts);
  let sequence = 0;
  let calls = 0;
  let open: OpenItem | undefined;

  function emit(type: string, data: Json): Uint8Array {
    return namedFrame(
      { ...data, sequence_number: sequence++, type: type === 'error' ? type : `response.${type}` },
      form,
    );
  }

  /** Starts an item. Encrypted reasoning starts when it is complete. */
  function start(kind: OpenItem['kind'], item: Json): Uint8Array[] {
    open = { item, index: output.length, text: '', signature: '', kind };
    if (kind === 'reasoning' && !isShort(facts)) return [];
    return [
      emit('output_item.added', { item, output_index: open.index }),
      ...(kind === 'call' || kind === 'custom'
        ? []
        : [emit('content_part.added', { ...placeOf(open), content_index: 0, part: partOf(open, '') })]),
    ];
  }

  function placeOf({ item, index }: OpenItem): Json {
    return { item_id: item['id'], output_index: index };
  }

  function partOf({ kind }: OpenItem, text: string): Json {
    return kind === 'reasoning' ? { text, type: 'reasoning_text' } : textPart(text, facts);
  }

  function grow(kind: 'text' | 'reasoning', text: string): Uint8Array[] {
    const frames =
      open?.kind === kind ? [] : start(kind, kind === 'text' ? messageItem(facts) : reasoningItem(facts));
    const to = open as OpenItem | undefined;
    if (to === undefined) return frames;
    to.text += text;
    if (kind === 'reasoning') {
      if (isShort(facts))
        frames.push(emit('reasoning_text.delta', { ...placeOf(to), content_index: 0, delta: text }));
      return frames;
    }
    frames.push(
      emit('output_text.delta', {
        ...placeOf(to),
        content_index: 0,
        delta: text,
        logprobs: [],
        ...padding(),
      }),
    );
    return frames;
  }

  /** Bedrock leaves it empty. */
  function padding(): Json {
    return isShort(facts) ? {} : { obfuscation: '' };
  }

  function writeDelta(delta: Json): Uint8Array[] {
    const { text, toolUse, reasoningContent } = delta as { text?: unknown } & Record<
      string,
      Json | undefined
    >;
    if (typeof text === 'string') return grow('text', text);
    if (toolUse !== undefined) {
      const input = String(toolUse['input'] ?? '');
      if (open === undefined || input === '') return [];
      open.text += input;
      return open.kind === 'call'
        ? [emit('function_call_arguments.delta', { ...placeOf(open), delta: input, ...padding() })]
        : [];
    }
    const { text: reasoning, signature, redactedContent } = Object(reasoningContent) as Json;
    if (typeof reasoning === 'string') return grow('reasoning', reasoning);
    const secret =
      signature ?? (redactedContent instanceof Uint8Array ? redactedContent.join() : redactedContent);
    if (secret === undefined) return [];
    const frames = open?.kind === 'reasoning' ? [] : start('reasoning', reasoningItem(facts));
    if (open !== undefined) open.signature += String(secret);
    return frames;
  }

  function stop(): Uint8Array[] {
    const done = open;
    open = undefined;
    if (done === undefined) return [];
    const frames = endContent(done);
    const { item } = done;
    if (item['status'] !== undefined) item['status'] = 'completed';
    output.push(item);
    return [...frames, emit('output_item.done', { item, output_index: done.index })];
  }

  function endContent(done: OpenItem): Uint8Array[] {
    const { item, kind, text } = done;
    const place = placeOf(done);
    switch (kind) {
      case 'call':
        item['arguments'] = text;
        return [emit('function_call_arguments.done', { arguments: text, ...place })];
      case 'custom': {
        const input = customInput(parseJsonIfPossible(text));
        item['input'] = input;
        return [
          emit('custom_tool_call_input.delta', { ...place, delta: input, ...padding() }),
          emit('custom_tool_call_input.done', { ...place, input }),
        ];
      }
      case 'reasoning':
        if (!isShort(facts)) return endEncrypted(done);
        item['content'] = [partOf(done, text)];
        return [
          emit('reasoning_text.done', { ...place, content_index: 0, text }),
          emit('content_part.done', { ...place, content_index: 0, part: partOf(done, text) }),
        ];
      case 'text':
        item['content'] = [partOf(done, text)];
        return [
          emit('output_text.done', { ...place, content_index: 0, logprobs: [], text }),
          emit('content_part.done', { ...place, content_index: 0, part: partOf(done, text) }),
        ];
    }
  }

  function endEncrypted(done: OpenItem): Uint8Array[] {
    const { item, text, signature } = done;
    Object.assign(item, encryptedContent(facts, signature));
    const frames = [emit('output_item.added', { item, output_index: done.index })];
    if (!wantsSummary(facts) || text === '') return frames;
    const place = { ...placeOf(done), summary_index: 0 };
    const part = { text, type: 'summary_text' };
    frames.push(
      emit('reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }),
      emit('reasoning_summary_text.delta', { ...place, delta: text, ...padding() }),
      emit('reasoning_summary_text.done', { ...place, text }),
      emit('reasoning_summary_part.done', { ...place, part }),
    );
    item['summary'] = [part];
    return frames;
  }

  return {
    write({ type, payload }: WireEvent) {
      const { delta, start: started } = payload as Json;
      switch (type) {
        case 'messageStart':
          return [emit('created', { response }), emit('in_progress', { response })];
        case 'contentBlockStart': {
          const { toolUseId, name } = Object(Object(started).toolUse) as Json;
          const item = callItem(facts, String(toolUseId), String(name), calls++);
          return start(item['type'] === 'function_call' ? 'call' : 'custom', item);
        }
        case 'contentBlockDelta':
          return writeDelta(Object(delta) as Json);
        case 'contentBlockStop':
          return stop();
        case 'metadata': {
          const frames = stop();
          endResponse(response, facts, ending, now());
          onEnd(response);
          const isWhole = response['status'] === 'completed';
          return [...frames, emit(isWhole ? 'completed' : 'incomplete', { response })];
        }
        default:
          return [];
      }
    },
    fail(name, message) {
      const { code } = openAiErrorOf(new ServiceException(capitalize(name), message));
      response['status'] = 'failed';
      response['error'] = { code, message };
      return emit('failed', { response });
    },
  };
}

function frameFormOf(facts: ResponseFacts): FrameForm {
  if (isShort(facts)) return 'data';
  return facts.address.endpoint === 'mantle' ? 'data-event' : 'event-data';
}
