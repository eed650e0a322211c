import { decodeText } from '../encoding.js';
import type { BedrockError } from '../errors.js';
import { isJsonObject } from '../input/read.js';
import type { EventDecoder } from '../options.js';
import type { ConverseEvent } from '../types.js';
import { fromBase64 } from './base64.js';
import { capitalizeName, errorOfException, readName } from './exceptions.js';
import { FrameReader, protocolError } from './frame.js';
import { HeaderReader } from './headers.js';
import { findExcess } from './json-bounds.js';
import { readPlainText } from './plain-text.js';

type Json = Record<string, unknown>;

/** Decodes the event in a frame; undefined for a type that is not known, as a newer service may send. */
export type ReadEvent<E> = (eventType: string | undefined, frame: FrameReader) => E | undefined;

/** Decodes the chunks of a response body into events. Exceptions that the service sends are thrown. */
export class FrameDecoder<E> implements EventDecoder<E> {
  readonly #frames: FrameReader;
  readonly #headers = new HeaderReader();
  readonly #read: ReadEvent<E>;

  constructor(read: ReadEvent<E>, maxFrameBytes?: number) {
    this.#read = read;
    this.#frames = new FrameReader(maxFrameBytes);
  }

  /** Takes the next chunk. Call it only after `next()` has returned undefined. */
  feed(chunk: Uint8Array): void {
    this.#frames.feed(chunk);
  }

  /** Returns the next event; undefined if more bytes are needed. Events of unknown types are skipped. */
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
        throw errorOfException(readName(headers.errorCode) ?? 'UnknownError', headers.errorMessage, {
          phase: 'stream',
        });
      } else {
        throw protocolError(`A frame has the message type ${headers.messageType ?? 'none'}`);
      }
    }
    return undefined;
  }

  /** Call it when the body has ended: throws `ERR_TRUNCATED` if it ended inside a frame. */
  end(): void {
    this.#frames.end();
  }
}

/**
 * Decodes an event of ConverseStream. Bytes become `Uint8Array`s, as AWS's types promise, and the padding `p` is dropped.
 */
export function readConverseEvent(
  eventType: string | undefined,
  frame: FrameReader,
): ConverseEvent | undefined {
  switch (eventType) {
    case 'contentBlockDelta': {
      const plain = readPlainText(frame);
      if (plain !== undefined) {
        const { contentBlockIndex, delta } = plain;
        return { type: 'contentBlockDelta', contentBlockIndex, delta };
      }
      const { contentBlockIndex, delta } = parsePayload(frame) as {
        contentBlockIndex: number;
        delta: Json | null;
      };
      if (typeof delta !== 'object' || delta === null)
        throw protocolError('A contentBlockDelta has no delta');
      decodeBytes(delta);
      return { type: 'contentBlockDelta', contentBlockIndex, delta: delta as never };
    }
    case 'contentBlockStop':
      return {
        type: 'contentBlockStop',
        contentBlockIndex: parsePayload(frame)['contentBlockIndex'] as number,
      };
    case 'contentBlockStart':
    case 'messageStart':
    case 'messageStop':
    case 'metadata': {
      const { p: _padding, ...members } = parsePayload(frame);
      // Last, so that a member of the payload does not replace it.
      return { ...members, type: eventType } as ConverseEvent;
    }
    default:
      return undefined;
  }
}

function readException(exceptionType: string | undefined, frame: FrameReader): BedrockError {
  const message =
    findExcess(frame.bytes, frame.headersEnd, frame.payloadEnd) === undefined ? readWords(frame) : undefined;
  return errorOfException(capitalizeName(readName(exceptionType)), message, { phase: 'stream' });
}

/** The words of an exception: the message of its JSON, or a text that is not JSON. */
function readWords(frame: FrameReader): unknown {
  const text = decodePayload(frame);
  try {
    const json = JSON.parse(text) as Json | null;
    return json?.['message'] ?? json?.['Message'];
  } catch {
    return text;
  }
}

function decodePayload(frame: FrameReader): string {
  return decodeText(frame.bytes.subarray(frame.headersEnd, frame.payloadEnd));
}

/** The JSON object in the payload of a frame. */
export function parsePayload(frame: FrameReader): Json {
  const excess = findExcess(frame.bytes, frame.headersEnd, frame.payloadEnd);
  if (excess !== undefined) throw protocolError(`The payload of an event ${excess}`);
  let json: unknown;
  try {
    json = JSON.parse(decodePayload(frame));
  } catch {
    // The cause would quote the payload.
    throw protocolError('The payload of an event is not JSON');
  }
  if (!isJsonObject(json)) throw protocolError('The payload of an event is not a JSON object');
  return json;
}

/** Replaces base64 in a delta or content block by the bytes that AWS's types promise, in place. Anything may stand for a block. */
export function decodeBytes(block: Json): void {
  if (typeof block !== 'object' || block === null) return;
  const reasoning = block['reasoningContent'] as Json | undefined;
  if (typeof reasoning?.['redactedContent'] === 'string') {
    reasoning['redactedContent'] = decodeBase64(
      reasoning['redactedContent'],
      'reasoningContent.redactedContent',
    );
  }
  for (const kind of ['image', 'document', 'video', 'audio']) {
    const source = (block[kind] as Json | undefined)?.['source'] as Json | undefined;
    if (typeof source?.['bytes'] === 'string') {
      source['bytes'] = decodeBase64(source['bytes'], `${kind}.source.bytes`);
    }
  }
  // In a delta, `toolResult` is the list itself.
  const result = block['toolResult'] as Json | undefined;
  const items = result?.['content'] ?? result;
  if (Array.isArray(items)) for (const item of items as Json[]) decodeBytes(item);
}

function decodeBase64(text: string, where: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw protocolError(`${where} in an answer is not base64`);
  return bytes;
}
