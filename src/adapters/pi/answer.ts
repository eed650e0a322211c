import {
  type CatalogLookup,
  type ConverseEvent,
  type CostFacts,
  type Metadata,
  type PartialResult,
  type Price,
  priceOf,
  type Repair,
} from '../../index.js';
import { PartialJson } from './partial-json.js';
import { checkEvent, protocolError } from './received.js';
import type { PiAssistantMessage, PiEvent, PiModel, PiStopReason, PiThinking, PiToolCall } from './types.js';

/** Shown in place of encrypted thinking, as in pi's other providers. */
const REDACTED = '[Reasoning redacted]';

/** A block that is not complete. */
interface OpenBlock {
  /** Its place in the message. */
  index: number;
  /** A tool's input: its pieces, and their value so far. */
  json?: { pieces: string[]; reader: PartialJson };
  /** Encrypted thinking. */
  redacted?: Uint8Array[];
}

type BlockDelta = Extract<ConverseEvent, { type: 'contentBlockDelta' }>['delta'];

/** Turns Converse's events into pi's, and collects the message. */
export class Answer {
  readonly message: PiAssistantMessage;
  /** What was repaired in the request. */
  repairs: readonly Repair[] = [];
  /** The parts of the request that affect the price. Not every answer repeats them. */
  asked: CostFacts = {};
  /** Why the model stopped, in the service's words. */
  rawStopReason: string | undefined;
  readonly #price: () => Price | undefined;
  readonly #modelId: string;
  readonly #open = new Map<number, OpenBlock>();

  constructor(model: PiModel, catalog: CatalogLookup | undefined) {
    this.#price = () => priceOfModel(model, catalog);
    this.#modelId = model.foundationModelId ?? model.id;
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

  /**
   * pi's events for one of Converse's; often one, sometimes none.
   *
   * @throws BedrockError `ERR_PROTOCOL` for an event that Converse does not send, or not there.
   */
  take(event: ConverseEvent): PiEvent[] {
    checkEvent(event);
    const partial = this.message;
    if (this.rawStopReason !== undefined && event.type !== 'metadata')
      throw protocolError(`A ${event.type} comes after the messageStop`);
    switch (event.type) {
      case 'messageStart':
        return [{ type: 'start', partial }];
      case 'contentBlockStart': {
        const { toolUse } = event.start;
        if (this.#open.has(event.contentBlockIndex))
          throw protocolError('A content block starts before the one at its index has stopped');
        // The service runs these tools itself and sends their results, so there is nothing to do for them.
        if (toolUse == null || toolUse.type === 'server_tool_use') return [];
        const call: PiToolCall = {
          type: 'toolCall',
          id: toolUse.toolUseId ?? '',
          name: toolUse.name ?? '',
          arguments: {},
        };
        const { index } = this.#add(event.contentBlockIndex, call, {
          pieces: [],
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
        // A gateway may have left out the ends of blocks.
        return [...this.#open.keys()].flatMap((at) => this.#stop(at));
      case 'metadata':
        this.#count(event);
        return [];
      default:
        return [];
    }
  }

  /** Completes the blocks that are still open, and adds what else is known about the answer. Never throws. */
  close(result: Partial<PartialResult> | undefined): void {
    for (const at of [...this.#open.keys()]) this.#stop(at);
    if (result?.requestId !== undefined) this.message.responseId = result.requestId;
    if (result?.trace !== undefined) this.note('bedrock_trace', { trace: result.trace });
    const repairs = [...this.repairs, ...(result?.repairs ?? [])];
    if (repairs.length > 0) this.note('bedrock_repairs', { repairs });
    if (result?.warnings?.length) this.note('bedrock_warnings', { warnings: result.warnings });
  }

  /** Adds a diagnostic to the message. */
  note(type: string, details: Record<string, unknown>): void {
    this.message.diagnostics ??= [];
    this.message.diagnostics.push({ type, timestamp: Date.now(), details });
  }

  #add(at: number, block: PiAssistantMessage['content'][number], json?: OpenBlock['json']): OpenBlock {
    const open: OpenBlock = { index: this.message.content.push(block) - 1, ...(json && { json }) };
    this.#open.set(at, open);
    return open;
  }

  #delta(at: number, delta: BlockDelta): PiEvent[] {
    if (delta.text != null) return this.#text(at, delta.text);
    if (delta.toolUse != null) return this.#toolInput(at, delta.toolUse.input ?? '');
    if (delta.reasoningContent != null) return this.#thinking(at, delta.reasoningContent);
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
    open.json.pieces.push(delta);
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

  #endInput(call: PiToolCall, { pieces, reader }: NonNullable<OpenBlock['json']>): void {
    const text = pieces.join('').trim();
    if (text === '') return;
    const parsed = reader.isTooDeep ? undefined : objectOf(text);
    if (parsed !== undefined) {
      call.arguments = parsed;
      return;
    }
    reader.end();
    call.arguments = reader.object;
    this.note('bedrock_tool_input', { toolCallId: call.id, toolName: call.name, raw: text });
  }

  #count({ usage, serviceTier, performanceConfig }: Metadata): void {
    if (typeof usage !== 'object' || usage === null) return;
    const { message } = this;
    const input = countOf(usage.inputTokens);
    const output = countOf(usage.outputTokens);
    const cacheRead = countOf(usage.cacheReadInputTokens);
    const cacheWrite = countOf(usage.cacheWriteInputTokens);
    const counts = {
      inputTokens: input,
      outputTokens: output,
      totalTokens: input + output,
      cacheReadInputTokens: cacheRead,
      cacheWriteInputTokens: cacheWrite,
      cacheDetails: detailsOf(usage.cacheDetails),
    };
    const cost = priceOf(counts, this.#price(), {
      modelId: this.#modelId,
      serviceTier: serviceTier ?? this.asked.serviceTier,
      performanceConfig: performanceConfig ?? this.asked.performanceConfig,
    });
    message.usage = {
      input,
      output,
      cacheRead,
      cacheWrite,
      totalTokens: countOf(usage.totalTokens) || input + output,
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

/** A number of tokens; anything that cannot be one is 0, because the answer itself is complete. */
function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

function detailsOf(details: Metadata['usage']['cacheDetails']): Metadata['usage']['cacheDetails'] {
  if (!Array.isArray(details)) return undefined;
  return details.flatMap((detail: (typeof details)[number] | null) =>
    detail === null ? [] : [{ ttl: detail.ttl, inputTokens: countOf(detail.inputTokens) }],
  );
}

/** pi's word for a stop reason. One that pi has no word for is an error. */
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

/** The text that a delta adds. Signatures and encrypted bytes are kept with the block. */
function thinkingText(
  block: PiThinking,
  open: OpenBlock,
  delta: NonNullable<BlockDelta['reasoningContent']>,
): string {
  if (delta.redactedContent != null) {
    const isFirst = open.redacted === undefined;
    open.redacted ??= [];
    open.redacted.push(delta.redactedContent);
    block.redacted = true;
    return isFirst ? REDACTED : '';
  }
  if (delta.signature != null) block.thinkingSignature = (block.thinkingSignature ?? '') + delta.signature;
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

/** The model's own price if it has one, otherwise the catalog's. */
function priceOfModel(model: PiModel, catalog: CatalogLookup | undefined): Price | undefined {
  const own = model.cost as PiModel['cost'] | undefined;
  if (own !== undefined && Number.isFinite(own.input) && Number.isFinite(own.output)) return own;
  const facts = catalog?.(model.id) ?? (model.foundationModelId && catalog?.(model.foundationModelId));
  return facts ? facts.price : undefined;
}

function base64Of(pieces: readonly Uint8Array[]): string {
  let letters = '';
  for (const piece of pieces) for (const byte of piece) letters += String.fromCharCode(byte);
  return btoa(letters);
}
