import type {
  Citation,
  ContentBlock,
  ImageBlockDelta,
  ImageSource,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { concatBytes } from '../encoding.js';
import { Pieces } from '../pieces.js';
import type { ContentBlockDeltaEvent, ContentBlockStartEvent, ToolUse } from '../types.js';
import { parseToolUse, unreadToolUse } from './tool-use.js';

/** A block of an answer as it grows. */
export class Block {
  start: ContentBlockStartEvent['start'] | undefined;
  isStopped = false;
  #text: Pieces | undefined;
  #reasoning: Pieces | undefined;
  #signature: Pieces | undefined;
  #toolInput: Pieces | undefined;
  #toolUse: ToolUse | undefined;
  readonly #redacted: Uint8Array[] = [];
  readonly #citations: Citation[] = [];
  readonly #toolResult: ToolResultContentBlock[] = [];
  readonly #imageBytes: Uint8Array[] = [];
  /** Where an image is when it is not in the answer itself. */
  #imageSource: ImageSource | undefined;

  /** Whether it has deltas of a tool block that was never started. */
  get isHeadless(): boolean {
    return !this.start && (this.#toolInput !== undefined || this.#toolResult.length > 0);
  }

  /** The tool use of the block. Its input is parsed only once, when the block has ended. */
  get toolUse(): ToolUse | undefined {
    if (this.#toolUse || !this.start?.toolUse) return this.#toolUse;
    const { toolUseId, name, type } = this.start.toolUse;
    const raw = this.#toolInput?.read() ?? '';
    const head = { toolUseId: toolUseId ?? '', name: name ?? '', ...(type != null && { type }) };
    if (!this.isStopped) return unreadToolUse(head, raw, 'the answer was truncated inside it');
    this.#toolUse = parseToolUse(head, raw);
    return this.#toolUse;
  }

  /** Adds a delta. Returns a warning if the content does not show it. */
  add(delta: ContentBlockDeltaEvent['delta']): string | undefined {
    if (typeof delta.text === 'string') {
      this.#text ??= new Pieces();
      this.#text.add(delta.text);
    } else if (delta.toolUse) {
      this.#toolInput ??= new Pieces();
      this.#toolInput.add(delta.toolUse.input ?? '');
    } else if (delta.reasoningContent) {
      const { text, signature, redactedContent } = delta.reasoningContent;
      if (typeof text === 'string') {
        this.#reasoning ??= new Pieces();
        this.#reasoning.add(text);
      } else if (typeof signature === 'string') {
        this.#signature ??= new Pieces();
        this.#signature.add(signature);
      } else if (redactedContent) this.#redacted.push(redactedContent);
    } else if (delta.citation) this.#citations.push(delta.citation as Citation);
    else if (delta.toolResult) addToolResult(this.#toolResult, delta.toolResult as ToolResultContentBlock[]);
    else if (delta.image) return this.#addImage(delta.image);
    else {
      const kinds = Object.keys(delta).join(', ');
      return `A delta of an unknown kind (${kinds}) is in the events, not in the message.`;
    }
    return undefined;
  }

  #addImage({ source, error }: ImageBlockDelta): string | undefined {
    if (source?.bytes) this.#imageBytes.push(source.bytes);
    else if (source) this.#imageSource = source;
    return error && `The model could not create an image: ${error.message ?? 'no reason given'}.`;
  }

  /** The block as Converse accepts it in the next request; undefined if it is empty. */
  get content(): ContentBlock | undefined {
    const { toolUse, start } = this;
    if (toolUse !== undefined) {
      const { inputError, ...use } = toolUse;
      return { toolUse: inputError === undefined ? use : { ...use, input: {} } };
    }
    if (start?.toolResult) return { toolResult: { ...start.toolResult, content: this.#toolResult } };
    if (start?.image) {
      const source =
        this.#imageBytes.length > 0 ? { bytes: concatBytes(this.#imageBytes) } : this.#imageSource;
      return source && { image: { format: start.image.format, source } };
    }
    if (this.#redacted.length > 0)
      return { reasoningContent: { redactedContent: concatBytes(this.#redacted) } };
    if (this.#reasoning || this.#signature) {
      const signature = this.#signature?.read();
      const text = this.#reasoning?.read() ?? '';
      return { reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } };
    }
    const text = this.#text?.read() ?? '';
    if (this.#citations.length > 0)
      return { citationsContent: { content: [{ text }], citations: this.#citations } };
    return text === '' ? undefined : { text };
  }
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
