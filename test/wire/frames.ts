import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/eventstream-codec';

/** Frames for tests: well-formed ones from AWS's own codec, others byte by byte. */

export type Json = Record<string, unknown>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** One event of a stream: its type and the JSON of its payload, without the padding. */
export type WireEvent = readonly [type: string, body: Json];

/** AWS's encoder and decoder of frames. */
export const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

export type CodecMessage = Parameters<typeof codec.encode>[0];

/** A frame with string headers. */
export function frame(headers: Record<string, string>, payload: Json | string): Bytes {
  const entries = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }] as const);
  const body = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return codec.encode({ headers: Object.fromEntries(entries) as CodecMessage['headers'], body }).slice();
}

/** A frame of an event, its headers in the order of the service. */
export function eventFrame(type: string, payload: Json | string): Bytes {
  return frame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload,
  );
}

/** The frame in which the service says that the stream has failed. */
export function exceptionFrame(type: string, payload: Json | string): Bytes {
  const headers = {
    ':exception-type': type,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return frame(headers, payload);
}

/** The frame of a failure that no exception describes. */
export function errorFrame(code: string, message: string): Bytes {
  return frame({ ':error-code': code, ':error-message': message, ':message-type': 'error' }, '');
}

/** A frame of any header block and payload, with right checksums. */
export function rawFrame(headers: Uint8Array, payload: Uint8Array = new Uint8Array(0)): Bytes {
  const bytes = new Uint8Array(16 + headers.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(headers, 12);
  bytes.set(payload, 12 + headers.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return bytes;
}

/** The twelve bytes in front of a frame and four behind, of a frame that would have these lengths. */
export function loneFrame(totalLength: number, headersLength: number, preludeIsRight: boolean): Bytes {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, totalLength);
  view.setUint32(4, headersLength);
  view.setUint32(8, crc32(bytes.subarray(0, 8)) ^ (preludeIsRight ? 0 : 1));
  view.setUint32(12, crc32(bytes.subarray(0, 12)));
  return bytes;
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Frames of events as the service sends them: each with a member `p` of padding, whose length says nothing. */
export function framesOf(events: readonly WireEvent[]): Bytes[] {
  return events.map(([type, body], i) =>
    eventFrame(type, { ...body, p: PADDING.slice(0, 3 + ((i * 17) % 60)) }),
  );
}

export function joined(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A stream's body. */
export function bodyOf(events: readonly WireEvent[]): Bytes {
  return joined(framesOf(events));
}

/** Pieces of the bytes, cut at ascending positions. */
export function cut(bytes: Uint8Array, ...positions: number[]): Uint8Array[] {
  const ends = [...positions, bytes.length];
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
