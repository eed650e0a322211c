import type {
  Citation,
  ContentBlock,
  ConversationRole,
  ImageBlockDelta,
  ImageSource,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type { CostOf } from '../catalog/price.js';
import { concatBytes } from '../encoding.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import type {
  ContentBlockDeltaEvent,
  ContentBlockStartEvent,
  ConverseEvent,
  MessageStop,
  Metadata,
  PartialResult,
  Repair,
  ToolUse,
} from '../types.js';
import { protocolError } from '../wire/frame.js';
import { textOf } from './text.js';
import { parseToolUse, unreadToolUse } from './tool-use.js';

/** A block as it grows: pieces are kept apart and joined once, at the end. */
interface Block {
  start: ContentBlockStartEvent['start'] | undefined;
  text: string[];
  reasoning: string[];
  signature: string[];
  redacted: Uint8Array[];
  citations: Citation[];
  toolInput: string[];
  toolResult: ToolResultContentBlock[];
  imageBytes: Uint8Array[];
  /** Where an image is when it is not in the answer itself. */
  imageSource: ImageSource | undefined;
  stopped: boolean;
  toolUse: ToolUse | undefined;
}

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

/** Limits the list, since a peer may send a delta of a new kind each time. */
const MAX_WARNINGS = 20;

/** Gathers the events of a stream into the answer that they make up. */
export class Fold {
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
      this.#addDelta(this.#growing(event.contentBlockIndex), event.delta);
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
        stopBlock(this.#block(event.contentBlockIndex));
        this.#last = undefined;
        break;
      case 'messageStart':
        this.#role = event.role;
        break;
      case 'messageStop':
        this.#stop = event;
        this.#last = undefined;
        // A gateway may have left out the ends of blocks: the message is whole all the same.
        for (const block of this.#blocks.values()) stopBlock(block);
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
      const toolUse = block.toolUse ?? readToolUse(block);
      if (toolUse !== undefined) {
        if (toolUse.type !== 'server_tool_use') toolUses.push(toolUse);
        if (toolUse.inputError !== undefined) {
          warnings.add(
            `The input of tool ${toolUse.name} cannot be read (${toolUse.inputError}): its raw text is in toolUses.`,
          );
        }
      }
      if (block.start === undefined && block.toolInput.length + block.toolResult.length > 0) {
        warnings.add('A tool block was never started: its deltas are in the events, not in the message.');
      }
      const made = toContentBlock(block, toolUse);
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
    if (block.stopped) throw protocolError('A contentBlockDelta came after the end of its block');
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
      block = emptyBlock();
      this.#blocks.set(index, block);
    }
    return block;
  }

  #addDelta(block: Block, delta: ContentBlockDeltaEvent['delta']): void {
    if (typeof delta.text === 'string') block.text.push(delta.text);
    else if (delta.toolUse) block.toolInput.push(delta.toolUse.input ?? '');
    else if (delta.reasoningContent) {
      const { text, signature, redactedContent } = delta.reasoningContent;
      if (typeof text === 'string') block.reasoning.push(text);
      else if (typeof signature === 'string') block.signature.push(signature);
      else if (redactedContent) block.redacted.push(redactedContent);
    } else if (delta.citation) block.citations.push(delta.citation as Citation);
    else if (delta.toolResult) addToolResult(block.toolResult, delta.toolResult as ToolResultContentBlock[]);
    else if (delta.image) this.#addImage(block, delta.image);
    else {
      const kinds = Object.keys(delta).join(', ');
      this.#warn(`A delta of an unknown kind (${kinds}) is in the events, not in the message.`);
    }
  }

  #warn(warning: string): void {
    if (this.#warnings.size < MAX_WARNINGS) this.#warnings.add(warning);
  }

  #addImage(block: Block, { source, error }: ImageBlockDelta): void {
    if (source?.bytes) block.imageBytes.push(source.bytes);
    else if (source) block.imageSource = source;
    if (error) this.#warn(`The model could not create an image: ${error.message ?? 'no reason given'}.`);
  }
}

function emptyBlock(): Block {
  return {
    start: undefined,
    text: [],
    reasoning: [],
    signature: [],
    redacted: [],
    citations: [],
    toolInput: [],
    toolResult: [],
    imageBytes: [],
    imageSource: undefined,
    stopped: false,
    toolUse: undefined,
  };
}

function stopBlock(block: Block): void {
  if (block.stopped) return;
  block.stopped = true;
  block.toolUse = readToolUse(block);
}

/** Text goes on where the last delta ended; other content is an item of its own. */
function addToolResult(content: ToolResultContentBlock[], items: ToolResultContentBlock[]): void {
  for (const [i, item] of items.entries()) {
    const last = content.at(-1);
    if (i === 0 && last?.text !== undefined && item.text !== undefined) {
      content[content.length - 1] = { text: last.text + item.text };
    } else content.push(item);
  }
}

function readToolUse({ start, toolInput, stopped }: Block): ToolUse | undefined {
  if (!start?.toolUse) return undefined;
  const { toolUseId, name, type } = start.toolUse;
  const raw = toolInput.join('');
  const head = { toolUseId: toolUseId ?? '', name: name ?? '', ...(type != null && { type }) };
  return stopped ? parseToolUse(head, raw) : unreadToolUse(head, raw, 'the answer was truncated inside it');
}

/** The block as Converse takes it back in the next request; undefined for one that holds nothing. */
function toContentBlock(block: Block, toolUse: ToolUse | undefined): ContentBlock | undefined {
  if (toolUse !== undefined) {
    const { inputError, ...use } = toolUse;
    return { toolUse: inputError === undefined ? use : { ...use, input: {} } };
  }
  const { start } = block;
  if (start?.toolResult) return { toolResult: { ...start.toolResult, content: block.toolResult } };
  if (start?.image) {
    const source = block.imageBytes.length > 0 ? { bytes: concatBytes(block.imageBytes) } : block.imageSource;
    return source && { image: { format: start.image.format, source } };
  }
  if (block.redacted.length > 0)
    return { reasoningContent: { redactedContent: concatBytes(block.redacted) } };
  if (block.reasoning.length > 0 || block.signature.length > 0) {
    const reasoningText = { text: block.reasoning.join('') };
    if (block.signature.length === 0) return { reasoningContent: { reasoningText } };
    return { reasoningContent: { reasoningText: { ...reasoningText, signature: block.signature.join('') } } };
  }
  const text = block.text.join('');
  if (block.citations.length > 0)
    return { citationsContent: { content: [{ text }], citations: block.citations } };
  return text === '' ? undefined : { text };
}
