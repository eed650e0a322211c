import type { ContentBlock, ContentBlockDelta, ContentBlockStart } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../../../index.js';
import type { StreamPart } from '../specification.js';
import { type AnswerContext, fileOf, isOutputTool, reasoningMetadata, toolResultOf } from './content.js';
import { JsonText } from './json-text.js';
import { bothNames } from './metadata.js';

/** A block that is not complete. */
type OpenBlock =
  | { kind: 'text' | 'reasoning'; id: string; redacted: Uint8Array[] }
  | { kind: 'tool'; id: string; name: string; isOfServer: boolean; input: string[] }
  | { kind: 'collected'; block: ContentBlock };

/** Turns Converse's events into parts of the AI SDK's stream. */
export class PartWriter {
  /** Why the model stopped; undefined until it did. */
  stopReason: string | undefined;
  /** Whether the answer is the input of the tool for it. */
  isJsonFromTool = false;
  /** Whether the answer calls tools that the user's program has to run. */
  hasCalls = false;
  readonly #context: AnswerContext;
  readonly #emit: (part: StreamPart) => void;
  readonly #json: JsonText | undefined;
  readonly #open = new Map<number, OpenBlock>();
  readonly #names = new Map<string, string>();

  constructor(context: AnswerContext, emit: (part: StreamPart) => void) {
    this.#context = context;
    this.#emit = emit;
    this.#json = context.output.by === 'words' ? new JsonText(context.output.starts) : undefined;
  }

  take(event: ConverseEvent): void {
    switch (event.type) {
      case 'contentBlockDelta':
        this.#delta(event.contentBlockIndex, event.delta);
        break;
      case 'contentBlockStart':
        this.#start(event.contentBlockIndex, event.start);
        break;
      case 'contentBlockStop':
        this.#stop(event.contentBlockIndex);
        break;
      case 'messageStop':
        // A gateway may have left out the ends of blocks.
        this.#stopAll();
        this.stopReason = event.stopReason;
    }
  }

  /** Ends what is open after a failure. A tool call that is not whole is none. */
  cut(): void {
    for (const [at, open] of this.#open)
      if (open.kind === 'tool' || open.kind === 'collected') this.#open.delete(at);
    this.#stopAll();
  }

  #stopAll(): void {
    for (const at of [...this.#open.keys()]) this.#stop(at);
  }

  #start(at: number, { toolUse, toolResult, image }: ContentBlockStart): void {
    if (toolResult)
      this.#open.set(at, { kind: 'collected', block: { toolResult: { ...toolResult, content: [] } } });
    else if (image)
      this.#open.set(at, { kind: 'collected', block: { image: { ...image, source: undefined } } });
    if (!toolUse) return;
    const { toolUseId: id = '', name = '', type } = toolUse;
    this.#names.set(id, name);
    if (isOutputTool(this.#context.output, name)) {
      this.isJsonFromTool = true;
      this.#begin(at, 'text');
      return;
    }
    const isOfServer = type === 'server_tool_use';
    if (!isOfServer) this.hasCalls = true;
    this.#open.set(at, { kind: 'tool', id, name, isOfServer, input: [] });
    this.#emit({
      type: 'tool-input-start',
      id,
      toolName: name,
      ...(isOfServer && { providerExecuted: true, dynamic: true }),
    });
  }

  #begin(at: number, kind: 'text' | 'reasoning'): Extract<OpenBlock, { kind: 'text' | 'reasoning' }> {
    const open = { kind, id: String(at), redacted: [] };
    this.#open.set(at, open);
    this.#emit({ type: `${kind}-start`, id: open.id });
    return open;
  }

  #delta(at: number, delta: ContentBlockDelta): void {
    const open = this.#open.get(at);
    if (delta.text != null) this.#text(at, open, delta.text);
    else if (delta.toolUse != null) this.#input(open, delta.toolUse.input ?? '');
    else if (delta.reasoningContent != null) this.#reasoning(at, open, delta.reasoningContent);
    else if (delta.citation != null) this.#emit(this.#context.sources.of(delta.citation as never));
    else if (open?.kind === 'collected') collect(open.block, delta);
  }

  #text(at: number, open: OpenBlock | undefined, words: string): void {
    const delta = this.#json?.feed(words) ?? words;
    if (delta === '') return;
    const { id } = (open ?? this.#begin(at, 'text')) as { id: string };
    this.#emit({ type: 'text-delta', id, delta });
  }

  #input(open: OpenBlock | undefined, delta: string): void {
    if (open === undefined || open.kind === 'collected' || delta === '') return;
    if (open.kind === 'tool') open.input.push(delta);
    this.#emit({ type: open.kind === 'tool' ? 'tool-input-delta' : 'text-delta', id: open.id, delta });
  }

  #reasoning(
    at: number,
    found: OpenBlock | undefined,
    delta: NonNullable<ContentBlockDelta['reasoningContent']>,
  ): void {
    const open = found ?? this.#begin(at, 'reasoning');
    if (open.kind !== 'reasoning') return;
    const { text, signature, redactedContent } = delta;
    if (redactedContent != null) open.redacted.push(redactedContent);
    else if (signature != null) {
      const providerMetadata = bothNames({ signature });
      this.#emit({ type: 'reasoning-delta', id: open.id, delta: '', providerMetadata });
    } else if (text) this.#emit({ type: 'reasoning-delta', id: open.id, delta: text });
  }

  #stop(at: number): void {
    const open = this.#open.get(at);
    if (open === undefined) return;
    this.#open.delete(at);
    switch (open.kind) {
      case 'text':
        this.#emit({ type: 'text-end', id: open.id });
        break;
      case 'reasoning': {
        const providerMetadata =
          open.redacted.length > 0 && reasoningMetadata(undefined, joinBytes(open.redacted));
        this.#emit({ type: 'reasoning-end', id: open.id, ...(providerMetadata && { providerMetadata }) });
        break;
      }
      case 'tool':
        this.#stopTool(open);
        break;
      default:
        for (const part of this.#collected(open.block)) this.#emit(part);
    }
  }

  #collected({ toolResult, image }: ContentBlock): StreamPart[] {
    if (toolResult) return [toolResultOf(toolResult, this.#names)];
    return image ? fileOf(image, this.#context) : [];
  }

  #stopTool({ id, name, isOfServer, input }: Extract<OpenBlock, { kind: 'tool' }>): void {
    this.#emit({ type: 'tool-input-end', id });
    this.#emit({
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input: input.join('') || '{}',
      ...(isOfServer && { providerExecuted: true, dynamic: true }),
    });
  }
}

/** Adds to a block that becomes one part at its end. */
function collect({ toolResult, image }: ContentBlock, delta: ContentBlockDelta): void {
  if (toolResult && delta.toolResult) toolResult.content?.push(...(delta.toolResult as []));
  const source = delta.image?.source;
  if (!image || !source) return;
  const bytes = image.source?.bytes;
  image.source = source.bytes && bytes ? { bytes: joinBytes([bytes, source.bytes]) } : source;
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
