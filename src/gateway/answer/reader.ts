import { concatBytes } from '../../encoding.js';
import type { Citation, ConverseEvent, Metadata, Usage } from '../../index.js';
import { Pieces } from '../../pieces.js';
import { toBase64 } from '../../wire/base64.js';
import { LETTERS_PER_TOKEN } from '../conversation/room.js';
import { Refusal } from '../failure.js';
import type { AnswerBlock, AnswerEvent, AnswerUsage, CallBlock, StopReason } from './blocks.js';
import { FormattedText, type TextFormat } from './formatted-text.js';

/** What the request decided about its answer. */
export interface AnswerPlan {
  /** The client's own name of a tool, by the name that was sent. */
  toolOf(sent: string): Pick<CallBlock, 'name' | 'namespace' | 'custom'>;
  /** How many calls the client accepts in one answer. */
  mostCalls: number;
  /** Set if the answer has to be JSON and the model cannot be told so natively. */
  format: TextFormat | undefined;
}

type Kind = AnswerBlock['kind'] | 'format' | 'ignored';

/** A block as it grows. */
interface Growing {
  kind: Kind;
  text: Pieces;
  bytes: Uint8Array[];
  signature: string[];
  citations: Citation[];
  call: CallBlock | undefined;
  /** Events that wait until the blocks before this one have ended. */
  waiting: AnswerEvent[];
  isClosed: boolean;
}

/**
 * Turns the events of Converse into blocks that come one after the other, as the protocols require. Converse announces only tool
 * uses, so all other blocks open at their first delta, and a block that grows while another is open has to wait.
 */
export class AnswerReader {
  readonly #plan: AnswerPlan;
  readonly #keeps: readonly Kind[];
  readonly #format: FormattedText | undefined;
  readonly #blocks = new Map<number, Growing>();
  readonly #queue: Growing[] = [];
  #out: AnswerEvent[] = [];
  #calls = 0;
  #writtenTokens = 0;

  /** @param keeps The kinds of blocks whose last event repeats their whole text or input. For other kinds it is empty there. */
  constructor(plan: AnswerPlan, keeps: readonly AnswerBlock['kind'][] = ['text', 'reasoning', 'call']) {
    this.#plan = plan;
    this.#keeps = keeps;
    this.#format = plan.format && new FormattedText(plan.format);
  }

  /** About how many tokens the model has written. */
  get writtenTokens(): number {
    return Math.ceil(this.#writtenTokens);
  }

  /**
   * Returns what an event adds to the answer; often nothing.
   *
   * @throws Refusal if the model failed, or wrote something other than the JSON that it was asked for.
   */
  read(event: ConverseEvent): AnswerEvent[] {
    this.#out = [];
    switch (event.type) {
      case 'contentBlockStart':
        this.#start(event);
        break;
      case 'contentBlockDelta':
        this.#grow(event);
        break;
      case 'contentBlockStop':
        this.#close(event.contentBlockIndex);
        break;
      case 'messageStop':
        for (const index of [...this.#blocks.keys()]) this.#close(index);
        this.#end(event.stopReason, stopSequenceOf(event.additionalModelResponseFields));
        break;
      case 'metadata':
        this.#out.push(readMetadata(event));
    }
    return this.#out;
  }

  #start({ contentBlockIndex, start }: Extract<ConverseEvent, { type: 'contentBlockStart' }>): void {
    this.#close(contentBlockIndex);
    const { toolUse } = start;
    // Tools that ran at the service and images have no place in the three protocols.
    if (toolUse === undefined || toolUse.type === 'server_tool_use') {
      this.#open(contentBlockIndex, 'ignored');
      return;
    }
    const { name = '', toolUseId: id = '' } = toolUse;
    if (name === this.#plan.format?.tool) {
      this.#open(contentBlockIndex, 'format');
      return;
    }
    this.#calls += 1;
    if (this.#calls > this.#plan.mostCalls) {
      this.#open(contentBlockIndex, 'ignored');
      return;
    }
    // What the model wrote before a call belongs to the call; the JSON follows in a later answer.
    this.#emitText(this.#format?.takeText());
    // A text that stays open would hold the call back.
    this.#close(FORMAT_INDEX);
    const call: CallBlock = { kind: 'call', id, ...this.#plan.toolOf(name), input: '' };
    this.#open(contentBlockIndex, 'call', call);
  }

  #grow({ contentBlockIndex: index, delta }: Extract<ConverseEvent, { type: 'contentBlockDelta' }>): void {
    const { text, toolUse, reasoningContent, citation } = delta;
    const written = text ?? toolUse?.input ?? reasoningContent?.text ?? '';
    this.#writtenTokens += written.length / LETTERS_PER_TOKEN;
    if (text !== undefined) {
      if (text === '') return;
      if (this.#format !== undefined) {
        this.#emitText(this.#format.addText(text));
        return;
      }
      const block = this.#block(index, 'text');
      this.#addText(block, text);
    } else if (citation !== undefined) {
      if (this.#format !== undefined) return;
      const block = this.#block(index, 'text');
      block.citations.push(citation as Citation);
      this.#emit(block, { type: 'citation', citation: citation as Citation });
    } else if (toolUse !== undefined) {
      this.#growInput(this.#blocks.get(index), toolUse.input ?? '');
    } else if (reasoningContent?.text !== undefined) {
      if (reasoningContent.text === '') return;
      const block = this.#block(index, 'reasoning');
      this.#addText(block, reasoningContent.text);
    } else if (reasoningContent?.signature !== undefined) {
      this.#block(index, 'reasoning').signature.push(reasoningContent.signature);
    } else if (reasoningContent?.redactedContent !== undefined) {
      this.#block(index, 'redacted').bytes.push(reasoningContent.redactedContent);
    }
  }

  #growInput(block: Growing | undefined, json: string): void {
    if (block === undefined || json === '') return;
    if (block.kind === 'format') {
      const text = this.#format?.addJson(json);
      this.#emitText(text);
    } else if (block.kind === 'call') {
      this.#keep(block, json);
      // The string of a custom tool is inside the JSON, which can be read only as a whole.
      if (!block.call?.custom) this.#emit(block, { type: 'input', json, isCustom: false });
    }
  }

  /** The block of an index. A delta of another kind begins another block. */
  #block(index: number, kind: Kind): Growing {
    const block = this.#blocks.get(index);
    if (block?.kind === kind) return block;
    if (block !== undefined) this.#close(index);
    return this.#open(index, kind);
  }

  #open(index: number, kind: Kind, call?: CallBlock): Growing {
    const block: Growing = {
      kind,
      text: new Pieces(),
      bytes: [],
      signature: [],
      citations: [],
      call,
      waiting: [],
      isClosed: false,
    };
    this.#blocks.set(index, block);
    if (kind === 'ignored' || kind === 'format') return block;
    this.#queue.push(block);
    // The whole content of a redacted block is in its opening, so it opens when it is complete.
    if (kind !== 'redacted') this.#emit(block, { type: 'open', block: contentOf(block) });
    return block;
  }

  #close(index: number): void {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    this.#blocks.delete(index);
    if (block.kind === 'ignored' || block.kind === 'format') return;
    const content = contentOf(block);
    if (block.kind === 'redacted') this.#emit(block, { type: 'open', block: content });
    if (content.kind === 'reasoning' && content.signature !== undefined)
      this.#emit(block, { type: 'signature', signature: content.signature });
    if (content.kind === 'call' && content.custom && content.input !== '')
      this.#emit(block, { type: 'input', json: content.input, isCustom: true });
    this.#emit(block, { type: 'close', block: content });
    block.isClosed = true;
    while (this.#queue[0]?.isClosed) {
      this.#queue.shift();
      const next = this.#queue[0];
      for (const event of next?.waiting ?? []) this.#out.push(event);
      if (next !== undefined) next.waiting = [];
    }
  }

  #emit(block: Growing, event: AnswerEvent): void {
    if (block === this.#queue[0]) this.#out.push(event);
    else block.waiting.push(event);
  }

  /** A part of the JSON that was asked for: one text block, which stays open until a call begins or the answer ends. */
  #emitText(text: string | undefined): void {
    if (text === undefined || text === '') return;
    const block = this.#block(FORMAT_INDEX, 'text');
    this.#addText(block, text);
  }

  #addText(block: Growing, text: string): void {
    this.#keep(block, text);
    this.#emit(block, { type: 'text', text });
  }

  #keep({ kind, call, text }: Growing, piece: string): void {
    if (this.#keeps.includes(kind) || call?.custom) text.add(piece);
  }

  #end(reason: string, stopSequence: string | undefined): void {
    if (reason === 'malformed_model_output' || reason === 'malformed_tool_use') {
      throw new Refusal(
        'model',
        'The model wrote something that Bedrock could not read. Send the request again.',
      );
    }
    const calls = Math.min(this.#calls, this.#plan.mostCalls);
    const isWhole = reason === 'end_turn' || reason === 'stop_sequence' || reason === 'tool_use';
    this.#emitText(this.#format?.finish(isWhole && calls === 0));
    this.#close(FORMAT_INDEX);
    this.#out.push({ type: 'end', end: { reason: this.#endOf(reason as StopReason, calls), stopSequence } });
  }

  /** Some models say `end_turn` after tool calls, or `tool_use` without any, and clients run tools only after `tool_use`. */
  #endOf(reason: StopReason, calls: number): StopReason {
    if (reason !== 'tool_use' && reason !== 'end_turn') return reason;
    return calls > 0 ? 'tool_use' : 'end_turn';
  }
}

/** Where the JSON of an answer is among the blocks: no index of Converse is negative. */
const FORMAT_INDEX = -1;

function contentOf(block: Growing): AnswerBlock {
  const text = block.text.read();
  switch (block.kind) {
    case 'reasoning': {
      const signature = block.signature.join('');
      return { kind: 'reasoning', text, ...(signature !== '' && { signature }) };
    }
    case 'redacted':
      return { kind: 'redacted', data: toBase64(concatBytes(block.bytes)) };
    case 'call': {
      const call = block.call as CallBlock;
      if (call.custom) return { ...call, input: readCustomInput(text) };
      return { ...call, input: text };
    }
    default:
      return { kind: 'text', text, citations: block.citations };
  }
}

/** The string that a custom tool is called with. It was declared as a tool with one member, `input`. */
function readCustomInput(json: string): string {
  try {
    const { input } = Object(JSON.parse(json)) as { input?: unknown };
    return typeof input === 'string' ? input : json;
  } catch {
    return json;
  }
}

/** Claude says which stop sequence it met where the request asked for it; in streams it is one level deeper. */
function stopSequenceOf(fields: unknown): string | undefined {
  const { stop_sequence: own, delta } = Object(fields) as { stop_sequence?: unknown; delta?: unknown };
  const found = own ?? (Object(delta) as { stop_sequence?: unknown }).stop_sequence;
  return typeof found === 'string' ? found : undefined;
}

function readMetadata({ usage, serviceTier }: Metadata): AnswerEvent {
  return { type: 'usage', usage: readUsage(usage), serviceTier: serviceTier?.type };
}

/** The counts of an answer; zeros if the service did not send them. */
export function readUsage(usage: Usage | undefined): AnswerUsage {
  const hour = usage?.cacheDetails?.filter(({ ttl }) => ttl === '1h') ?? [];
  return {
    input: usage?.inputTokens ?? 0,
    output: usage?.outputTokens ?? 0,
    cacheRead: usage?.cacheReadInputTokens ?? 0,
    cacheWrite: usage?.cacheWriteInputTokens ?? 0,
    cacheWrite1h: hour.reduce((sum, { inputTokens = 0 }) => sum + inputTokens, 0),
  };
}
