import type { ContentBlock, ConversationRole } from '@aws-sdk/client-bedrock-runtime';
import type { CostOf } from '../catalog/price.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import type { ConverseEvent, MessageStop, Metadata, PartialResult, Repair, ToolUse } from '../types.js';
import { protocolError } from '../wire/frame.js';
import { Block } from './block.js';
import { textOf } from './text.js';

/** Facts about a result that are not in its events. */
interface CallFacts {
  modelId?: string | undefined;
  requestId?: string | undefined;
  attempts?: number | undefined;
  costOf?: CostOf | undefined;
  repairs?: readonly Repair[] | undefined;
  warnings?: readonly string[] | undefined;
  /** What no warning may repeat: they name what the peer sent. */
  secrets?: readonly string[] | undefined;
}

const MAX_WARNINGS = 20;

/** Gathers the events of a stream into the answer that they make up. */
export class Fold {
  /** Whether the content of deltas is kept. A reader that passes it on needs only the facts about an answer. */
  keepsContent = true;
  #role: ConversationRole = 'assistant';
  #stop: MessageStop | undefined;
  #metadata: Metadata | undefined;
  readonly #blocks = new Map<number, Block>();
  readonly #warnings = new Set<string>();
  /** The block of the last delta; undefined once a block or the message has ended. */
  #last: Block | undefined;
  #lastIndex = -1;

  /** True once the message is complete. */
  get isComplete(): boolean {
    return this.#stop !== undefined;
  }

  /** @throws BedrockError `ERR_PROTOCOL` for an event that cannot come after those before it. */
  add(event: ConverseEvent): void {
    if (event.type === 'contentBlockDelta') {
      const block = this.#growing(event.contentBlockIndex);
      const warning = this.keepsContent && block.add(event.delta);
      // Limited, since a peer may send a delta of a new kind each time.
      if (warning && this.#warnings.size < MAX_WARNINGS) this.#warnings.add(warning);
      return;
    }
    this.#checkOpen(event.type);
    switch (event.type) {
      case 'contentBlockStart': {
        const block = this.#block(event.contentBlockIndex);
        if (block.start !== undefined) throw protocolError('A block was started twice');
        block.start = event.start;
        break;
      }
      case 'contentBlockStop':
        this.#block(event.contentBlockIndex).isStopped = true;
        this.#last = undefined;
        break;
      case 'messageStart':
        this.#role = event.role;
        break;
      case 'messageStop':
        this.#stop = event;
        this.#last = undefined;
        // A gateway may have left out the ends of blocks: the message is whole all the same.
        for (const block of this.#blocks.values()) block.isStopped = true;
        break;
      case 'metadata':
        this.#metadata = event;
        break;
    }
  }

  /** What has arrived so far. */
  result({
    modelId,
    requestId,
    attempts = 0,
    costOf,
    repairs = [],
    warnings: more = [],
    secrets,
  }: CallFacts): PartialResult {
    const warnings = new Set([...more, ...this.#warnings]);
    if (this.#stop !== undefined && this.#metadata === undefined) {
      warnings.add('The stream ended without metadata: usage and metrics are unknown.');
    }
    const content: ContentBlock[] = [];
    const toolUses: ToolUse[] = [];
    for (const [, block] of [...this.#blocks].sort(([a], [b]) => a - b)) {
      const { toolUse, content: made } = block;
      if (toolUse !== undefined) {
        if (toolUse.type !== 'server_tool_use') toolUses.push(toolUse);
        if (toolUse.inputError !== undefined) {
          warnings.add(
            `The input of tool ${toolUse.name} cannot be read (${toolUse.inputError}): its raw text is in toolUses.`,
          );
        }
      }
      if (block.isHeadless) {
        warnings.add('A tool block was never started: its deltas are in the events, not in the message.');
      }
      if (made !== undefined) content.push(made);
    }
    const metadata = this.#metadata;
    const { usage, serviceTier, performanceConfig, trace } = metadata ?? {};
    const message = { role: this.#role, content };
    return {
      text: textOf(message),
      message,
      stopReason: this.#stop?.stopReason,
      usage,
      metrics: metadata?.metrics,
      trace,
      performanceConfig,
      serviceTier,
      cost: costOf?.({ usage, serviceTier, performanceConfig, trace }),
      additionalModelResponseFields: this.#stop?.additionalModelResponseFields,
      modelId,
      requestId,
      attempts,
      toolUses,
      repairs: [...repairs],
      warnings: [...warnings].map((warning) => cleanText(warning, secrets)),
    };
  }

  /** The block of a delta. Most deltas continue the block of the one before, which is known to grow still. */
  #growing(index: number): Block {
    if (index === this.#lastIndex && this.#last !== undefined) return this.#last;
    this.#checkOpen('contentBlockDelta');
    const block = this.#block(index);
    if (block.isStopped) throw protocolError('A contentBlockDelta came after the end of its block');
    this.#lastIndex = index;
    this.#last = block;
    return block;
  }

  #checkOpen(type: ConverseEvent['type']): void {
    if (this.#stop !== undefined && type !== 'metadata')
      throw protocolError(`A ${type} came after the end of the message`);
  }

  #block(index: number): Block {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = new Block();
      this.#blocks.set(index, block);
    }
    return block;
  }
}
