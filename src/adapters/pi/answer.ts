import {
  type CatalogLookup,
  type ConverseEvent,
  type Metadata,
  type PartialResult,
  type Price,
  priceOf,
  type Repair,
} from '../../index.js';
import { PartialJson } from './partial-json.js';
import type { PiAssistantMessage, PiEvent, PiModel, PiStopReason, PiThinking, PiToolCall } from './types.js';

/** What stands for thinking that came encrypted, as pi's other providers write it. */
const REDACTED = '[Reasoning redacted]';

/** A block that is not complete yet. */
interface OpenBlock {
  /** Its place in the message. */
  index: number;
  /** The letters of a tool's input, and what they say so far. */
  json?: { letters: string[]; reader: PartialJson };
  /** Encrypted thinking. */
  redacted?: Uint8Array[];
}

type BlockDelta = Extract<ConverseEvent, { type: 'contentBlockDelta' }>['delta'];

/** Turns Converse's events into pi's and gathers the message that they make up. */
export class Answer {
  readonly message: PiAssistantMessage;
  /** What was mended in the request. */
  readonly repairs: Repair[] = [];
  /** Why the model stopped, in the service's words. */
  rawStopReason: string | undefined;
  readonly #price: Price | undefined;
  readonly #open = new Map<number, OpenBlock>();

  constructor(model: PiModel, catalog: CatalogLookup | undefined) {
    this.#price = priceOfModel(model, catalog);
    this.message = {
      role: 'assistant',
      content: [],
      api: model.api,
      provider: model.provider,
      model: model.id,
      usage: {
        input: 0,
        output: 0,
        cacheRead: 0,
        cacheWrite: 0,
        totalTokens: 0,
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
      },
      stopReason: 'stop',
      timestamp: Date.now(),
    };
  }

  /** pi's events for one of Converse's; often one, sometimes none. */
  take(event: ConverseEvent): PiEvent[] {
    const partial = this.message;
    switch (event.type) {
      case 'messageStart':
        return [{ type: 'start', partial }];
      case 'contentBlockStart': {
        const { toolUse } = event.start;
        // What the service runs itself has its result beside it: nothing is to be done for it.
        if (toolUse === undefined || toolUse.type === 'server_tool_use') return [];
        const call: PiToolCall = {
          type: 'toolCall',
          id: toolUse.toolUseId ?? '',
          name: toolUse.name ?? '',
          arguments: {},
        };
        const { index } = this.#add(event.contentBlockIndex, call, {
          letters: [],
          reader: new PartialJson(),
        });
        return [{ type: 'toolcall_start', contentIndex: index, partial }];
      }
      case 'contentBlockDelta':
        return this.#delta(event.contentBlockIndex, event.delta);
      case 'contentBlockStop':
        return this.#stop(event.contentBlockIndex);
      case 'messageStop':
        this.rawStopReason = event.stopReason;
        partial.stopReason = stopReasonOf(event.stopReason);
        return [];
      case 'metadata':
        this.#count(event);
        return [];
    }
  }

  /** Completes blocks that the stream left open, and notes what else is known of the answer. */
  close(result: PartialResult | undefined): void {
    for (const at of [...this.#open.keys()]) this.#stop(at);
    if (result?.requestId !== undefined) this.message.responseId = result.requestId;
    if (result?.trace !== undefined) this.note('bedrock_trace', { trace: result.trace });
    const repairs = [...this.repairs, ...(result?.repairs ?? [])];
    if (repairs.length > 0) this.note('bedrock_repairs', { repairs });
    if (result?.warnings.length) this.note('bedrock_warnings', { warnings: result.warnings });
  }

  /** Keeps something to know with the message. */
  note(type: string, details: Record<string, unknown>): void {
    this.message.diagnostics = [
      ...(this.message.diagnostics ?? []),
      { type, timestamp: Date.now(), details },
    ];
  }

  #add(at: number, block: PiAssistantMessage['content'][number], json?: OpenBlock['json']): OpenBlock {
    const open: OpenBlock = { index: this.message.content.push(block) - 1, ...(json && { json }) };
    this.#open.set(at, open);
    return open;
  }

  #delta(at: number, delta: BlockDelta): PiEvent[] {
    if (delta.text !== undefined) return this.#text(at, delta.text);
    if (delta.toolUse !== undefined) return this.#toolInput(at, delta.toolUse.input ?? '');
    if (delta.reasoningContent !== undefined) return this.#thinking(at, delta.reasoningContent);
    return [];
  }

  #text(at: number, delta: string): PiEvent[] {
    const partial = this.message;
    const events: PiEvent[] = [];
    let open = this.#open.get(at);
    if (open === undefined) {
      open = this.#add(at, { type: 'text', text: '' });
      events.push({ type: 'text_start', contentIndex: open.index, partial });
    }
    const block = partial.content[open.index];
    if (block?.type !== 'text') return events;
    block.text += delta;
    events.push({ type: 'text_delta', contentIndex: open.index, delta, partial });
    return events;
  }

  #toolInput(at: number, delta: string): PiEvent[] {
    const open = this.#open.get(at);
    const block = open && this.message.content[open.index];
    if (open?.json === undefined || block?.type !== 'toolCall') return [];
    open.json.letters.push(delta);
    open.json.reader.feed(delta);
    block.arguments = open.json.reader.object;
    return [{ type: 'toolcall_delta', contentIndex: open.index, delta, partial: this.message }];
  }

  #thinking(at: number, delta: NonNullable<BlockDelta['reasoningContent']>): PiEvent[] {
    const partial = this.message;
    const events: PiEvent[] = [];
    let open = this.#open.get(at);
    if (open === undefined) {
      open = this.#add(at, { type: 'thinking', thinking: '', thinkingSignature: '' });
      events.push({ type: 'thinking_start', contentIndex: open.index, partial });
    }
    const block = partial.content[open.index];
    if (block?.type !== 'thinking') return events;
    const text = thinkingText(block, open, delta);
    if (text === '') return events;
    block.thinking += text;
    events.push({ type: 'thinking_delta', contentIndex: open.index, delta: text, partial });
    return events;
  }

  #stop(at: number): PiEvent[] {
    const partial = this.message;
    const open = this.#open.get(at);
    const block = open && partial.content[open.index];
    if (open === undefined || block === undefined) return [];
    this.#open.delete(at);
    const contentIndex = open.index;
    switch (block.type) {
      case 'text':
        return [{ type: 'text_end', contentIndex, content: block.text, partial }];
      case 'thinking':
        if (open.redacted !== undefined) block.thinkingSignature = base64Of(open.redacted);
        return [{ type: 'thinking_end', contentIndex, content: block.thinking, partial }];
      case 'toolCall':
        if (open.json !== undefined) this.#endInput(block, open.json);
        return [{ type: 'toolcall_end', contentIndex, toolCall: block, partial }];
    }
  }

  #endInput(call: PiToolCall, { letters, reader }: NonNullable<OpenBlock['json']>): void {
    const text = letters.join('').trim();
    if (text === '') return;
    const parsed = objectOf(text);
    if (parsed !== undefined) {
      call.arguments = parsed;
      return;
    }
    reader.end();
    call.arguments = reader.object;
    this.note('bedrock_tool_input', { toolCallId: call.id, toolName: call.name, raw: text });
  }

  #count({ usage, serviceTier, performanceConfig }: Metadata): void {
    const { message } = this;
    const cost = priceOf(usage, this.#price, { modelId: message.model, serviceTier, performanceConfig });
    message.usage = {
      input: usage.inputTokens,
      output: usage.outputTokens,
      cacheRead: usage.cacheReadInputTokens ?? 0,
      cacheWrite: usage.cacheWriteInputTokens ?? 0,
      totalTokens: usage.totalTokens || usage.inputTokens + usage.outputTokens,
      cost: {
        input: cost?.input ?? 0,
        output: cost?.output ?? 0,
        cacheRead: cost?.cacheRead ?? 0,
        cacheWrite: cost?.cacheWrite ?? 0,
        total: cost?.total ?? 0,
      },
    };
  }
}

/** pi's word for a stop reason; what it has none for is an error. */
function stopReasonOf(reason: string): PiStopReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'toolUse';
    default:
      return 'error';
  }
}

/** The text that a delta adds; signatures and encrypted bytes go where they belong. */
function thinkingText(
  block: PiThinking,
  open: OpenBlock,
  delta: NonNullable<BlockDelta['reasoningContent']>,
): string {
  if (delta.redactedContent !== undefined) {
    const isFirst = open.redacted === undefined;
    open.redacted ??= [];
    open.redacted.push(delta.redactedContent);
    block.redacted = true;
    return isFirst ? REDACTED : '';
  }
  if (delta.signature !== undefined)
    block.thinkingSignature = (block.thinkingSignature ?? '') + delta.signature;
  return delta.text ?? '';
}

function objectOf(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The model's own price, where it is one; else the catalog's. */
function priceOfModel(model: PiModel, catalog: CatalogLookup | undefined): Price | undefined {
  const own = model.cost as PiModel['cost'] | undefined;
  if (own !== undefined && Number.isFinite(own.input) && Number.isFinite(own.output)) return own;
  return catalog?.(model.id)?.price;
}

function base64Of(pieces: readonly Uint8Array[]): string {
  let letters = '';
  for (const piece of pieces) for (const byte of piece) letters += String.fromCharCode(byte);
  return btoa(letters);
}
