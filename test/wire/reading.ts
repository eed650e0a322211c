import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { isBedrockError } from '../../src/errors.js';
import type { ConverseEvent } from '../../src/types.js';
import { FrameDecoder, readConverseEvent } from '../../src/wire/events.js';
import { FrameReader } from '../../src/wire/frame.js';
import type { Json, WireEvent } from './frames.js';

/** A frame of a reader, copied out. */
export interface ReadFrame {
  headers: Uint8Array;
  payload: Uint8Array;
}

/** All events of a body that comes in these chunks; the body ends behind them. */
export function readEvents(chunks: Iterable<Uint8Array>): ConverseEvent[] {
  const { events, error } = tryEvents(chunks);
  if (error !== undefined) throw error;
  return events;
}

/** The events up to the first error, and the error. */
export function tryEvents(chunks: Iterable<Uint8Array>): { events: ConverseEvent[]; error: unknown } {
  const reader = new FrameDecoder(readConverseEvent);
  const events: ConverseEvent[] = [];
  try {
    for (const chunk of chunks) {
      reader.feed(chunk);
      for (let event = reader.next(); event !== undefined; event = reader.next()) events.push(event);
    }
    reader.end();
  } catch (error) {
    return { events, error: error ?? new Error('Something that is not an error was thrown.') };
  }
  return { events, error: undefined };
}

/** All frames of a body that comes in these chunks. */
export function readFrames(
  chunks: Iterable<Uint8Array>,
  reader: FrameReader = new FrameReader(),
): ReadFrame[] {
  const frames: ReadFrame[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    while (reader.next()) {
      frames.push({
        headers: reader.bytes.slice(reader.headersStart, reader.headersEnd),
        payload: reader.bytes.slice(reader.headersEnd, reader.payloadEnd),
      });
    }
  }
  reader.end();
  return frames;
}

/** As `toEqual`, at the speed that thousands of comparisons need; the difference is shown as ever. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}

/** The code of a BedrockError; anything else that is thrown shows in its place. */
export function codeOf(error: unknown): unknown {
  return isBedrockError(error) ? error.code : error;
}

/** What a function throws. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

/** What an event of the wire is to become: tagged, without padding, bytes as bytes. */
export function expectedEvent([type, body]: WireEvent): Json {
  const { p: _padding, ...members } = structuredClone(body);
  const piece = members['delta'] as
    | { reasoningContent?: { redactedContent?: unknown }; image?: { source?: { bytes?: unknown } } }
    | undefined;
  const reasoning = piece?.reasoningContent;
  if (reasoning?.redactedContent !== undefined)
    reasoning.redactedContent = bytesOf(reasoning.redactedContent);
  const source = piece?.image?.source;
  if (source?.bytes !== undefined) source.bytes = bytesOf(source.bytes);
  return { type, ...members };
}

function bytesOf(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64'));
}
