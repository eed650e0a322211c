import type { BedrockError } from '../errors.js';
import type { EventDecoder } from '../options.js';
import type { ConverseEvent } from '../types.js';
import { fromBase64 } from './base64.js';
import { errorOfException } from './error-body.js';
import { FrameReader, protocolError } from './frame.js';
import { HeaderReader } from './headers.js';
import { plainText } from './plain-text.js';

type Json = Record<string, unknown>;

const utf8 = new TextDecoder();

/** Reads the event in a frame; undefined if its type is not known. */
export type ReadEvent<E> = (eventType: string | undefined, frame: FrameReader) => E | undefined;

/** Chunks of a response body in, events out. Exceptions of the service come out as thrown errors. */
export class FrameDecoder<E> implements EventDecoder<E> {
  readonly #frames: FrameReader;
  readonly #headers = new HeaderReader();
  readonly #read: ReadEvent<E>;

  constructor(read: ReadEvent<E>, maxFrameBytes?: number) {
    this.#read = read;
    this.#frames = new FrameReader(maxFrameBytes);
  }

  /** Takes the next chunk, once `next()` has returned undefined. */
  feed(chunk: Uint8Array): void {
    this.#frames.feed(chunk);
  }

  /** The next event; undefined when more bytes are needed. Events of unknown types are skipped. */
  next(): E | undefined {
    const frames = this.#frames;
    while (frames.next()) {
      const headers = this.#headers.read(frames.bytes, frames.view, frames.headersStart, frames.headersEnd);
      if (headers.messageType === 'event') {
        const event = this.#read(headers.eventType, frames);
        if (event !== undefined) return event;
      } else if (headers.messageType === 'exception') {
        throw readException(headers.exceptionType, frames);
      } else if (headers.messageType === 'error') {
        throw errorOfException(headers.errorCode ?? 'UnknownError', headers.errorMessage, {
          phase: 'stream',
        });
      } else {
        throw protocolError(`A frame has the message type ${headers.messageType ?? 'none'}`);
      }
    }
    return undefined;
  }

  /** Call when the body has ended; throws when it ended inside a frame. */
  end(): void {
    this.#frames.end();
  }
}

/** Reads an event of ConverseStream. */
export function readConverseEvent(
  eventType: string | undefined,
  frame: FrameReader,
): ConverseEvent | undefined {
  switch (eventType) {
    case 'contentBlockDelta': {
      const plain = plainText(frame);
      if (plain !== undefined) {
        const { contentBlockIndex, delta } = plain;
        return { type: 'contentBlockDelta', contentBlockIndex, delta };
      }
      const { contentBlockIndex, delta } = payload(frame) as {
        contentBlockIndex: number;
        delta: Json | null;
      };
      if (typeof delta !== 'object' || delta === null)
        throw protocolError('A contentBlockDelta holds no delta');
      decodeBytes(delta);
      return { type: 'contentBlockDelta', contentBlockIndex, delta: delta as never };
    }
    case 'contentBlockStop':
      return { type: 'contentBlockStop', contentBlockIndex: payload(frame)['contentBlockIndex'] as number };
    case 'contentBlockStart':
    case 'messageStart':
    case 'messageStop':
    case 'metadata': {
      const { p: _padding, ...members } = payload(frame);
      return { type: eventType, ...members } as ConverseEvent;
    }
    default:
      return undefined;
  }
}

function readException(exceptionType: string | undefined, frame: FrameReader): BedrockError {
  const text = payloadText(frame);
  let message: unknown;
  try {
    const json = JSON.parse(text) as Json | null;
    message = json?.['message'] ?? json?.['Message'];
  } catch {
    message = text;
  }
  const name = exceptionType ?? 'UnknownException';
  return errorOfException(name.charAt(0).toUpperCase() + name.slice(1), message, { phase: 'stream' });
}

function payloadText(frame: FrameReader): string {
  return utf8.decode(frame.bytes.subarray(frame.headersEnd, frame.payloadEnd));
}

function payload(frame: FrameReader): Json {
  let json: unknown;
  try {
    json = JSON.parse(payloadText(frame));
  } catch (cause) {
    throw protocolError('The payload of an event is not JSON', cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw protocolError('The payload of an event is not a JSON object');
  }
  return json as Json;
}

/** Turns the base64 text of a delta or content block into the bytes that AWS's types promise, in place. */
export function decodeBytes(block: Json): void {
  const reasoning = block['reasoningContent'] as Json | undefined;
  if (typeof reasoning?.['redactedContent'] === 'string') {
    reasoning['redactedContent'] = bytesOf(reasoning['redactedContent'], 'reasoningContent.redactedContent');
  }
  for (const kind of ['image', 'document', 'video', 'audio']) {
    const source = (block[kind] as Json | undefined)?.['source'] as Json | undefined;
    if (typeof source?.['bytes'] === 'string') {
      source['bytes'] = bytesOf(source['bytes'], `${kind}.source.bytes`);
    }
  }
  // A delta has the list itself.
  const result = block['toolResult'] as Json | undefined;
  const items = result?.['content'] ?? result;
  if (Array.isArray(items)) for (const item of items as Json[]) decodeBytes(item);
}

function bytesOf(text: string, where: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw protocolError(`${where} of an answer is not base64`);
  return bytes;
}
