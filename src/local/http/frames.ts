import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../../types.js';
import { toBase64 } from '../../wire/base64.js';
import { crc32 } from '../../wire/crc32.js';

const encoder = new TextEncoder();

/** Bytes that own their buffer: `Uint8Array<ArrayBuffer>`, in a form that TypeScript before 5.7 understands, too. */
type Bytes = ReturnType<Uint8Array['slice']>;

/** The letters that the service pads with, in order. */
const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const STRING_HEADER = 7;

/**
 * Encodes one frame of `application/vnd.amazon.eventstream`: prelude, headers, payload and both checksums.
 * Headers are text. Source: the event stream encoding of the AWS SDKs.
 *
 * @example
 * ```ts
 * import { encodeFrame } from 'bedrock-anywhere/local';
 *
 * const headers = { ':message-type': 'event', ':event-type': 'messageStart', ':content-type': 'application/json' };
 * const frame = encodeFrame(headers, new TextEncoder().encode('{"role":"assistant"}'));
 * ```
 */
export function encodeFrame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Bytes {
  return assembleFrame(encodeHeaders(headers), payload);
}

function encodeHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  const parts = Object.entries(headers).map(
    ([name, value]) => [encoder.encode(name), encoder.encode(value)] as const,
  );
  const block = new Uint8Array(parts.reduce((sum, [name, value]) => sum + 4 + name.length + value.length, 0));
  let at = 0;
  for (const [name, value] of parts) {
    block[at] = name.length;
    block.set(name, at + 1);
    at += 1 + name.length;
    block[at] = STRING_HEADER;
    block[at + 1] = value.length >>> 8;
    block[at + 2] = value.length & 0xff;
    block.set(value, at + 3);
    at += 3 + value.length;
  }
  return block;
}

function assembleFrame(headers: Uint8Array, payload: Uint8Array): Bytes {
  const total = 16 + headers.length + payload.length;
  const frame = new Uint8Array(total);
  const view = new DataView(frame.buffer);
  view.setUint32(0, total);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(frame, 0, 8));
  frame.set(headers, 12);
  frame.set(payload, 12 + headers.length);
  view.setUint32(total - 4, crc32(frame, 0, total - 4));
  return frame;
}

/** A Converse event, with its name as `type` or, as in AWS's own types, as the only member. */
export type StreamEvent = ConverseEvent | ConverseStreamOutput;

/**
 * Encodes a Converse event as the frame that the service sends for it, with padding `p` in the payload.
 * A member that ends in `Exception` becomes an exception frame.
 *
 * @param padding - length of the padding, 0 to 62. Default: random, between 2 and 61
 *
 * @example
 * ```ts
 * import { encodeEvent } from 'bedrock-anywhere/local';
 *
 * const frames = [
 *   encodeEvent({ type: 'messageStart', role: 'assistant' }),
 *   encodeEvent({ type: 'messageStop', stopReason: 'end_turn' }),
 * ];
 * const body = new Blob(frames);
 * ```
 */
export function encodeEvent(event: StreamEvent, padding?: number): Bytes {
  const [type, payload] = readEvent(event);
  if (type.endsWith('Exception')) return encodeException(type, messageIn(payload));
  return encodePayload(type, payload, padding ?? 2 + Math.floor(Math.random() * 60));
}

/** Encoded headers by event type: there are six types, and their headers repeat with every frame. */
const eventHeaders = new Map<string, Uint8Array>();

/** Encodes an event of this type. */
export function encodePayload(type: string, payload: object, padding: number): Bytes {
  let headers = eventHeaders.get(type);
  if (headers === undefined) {
    headers = encodeHeaders({
      ':event-type': type,
      ':content-type': 'application/json',
      ':message-type': 'event',
    });
    if (eventHeaders.size < 100) eventHeaders.set(type, headers);
  }
  const json = writeJson({ ...payload, p: PADDING.slice(0, padding) });
  return assembleFrame(headers, encoder.encode(json));
}

/** Encodes the frame that ends a stream with an exception, whose name starts with a small letter there. */
export function encodeException(name: string, message: string): Bytes {
  return encodeFrame(
    {
      ':exception-type': name.charAt(0).toLowerCase() + name.slice(1),
      ':content-type': 'application/json',
      ':message-type': 'exception',
    },
    encoder.encode(JSON.stringify({ message })),
  );
}

/** Encodes the other kind of failure in a stream: a frame without payload, with code and message as headers. */
export function encodeError(code: string, message: string): Bytes {
  const headers = { ':error-code': code, ':error-message': message, ':message-type': 'error' };
  return encodeFrame(headers, new Uint8Array(0));
}

/** Reads name and members of an event in either of its two spellings. */
export function readEvent(event: StreamEvent): [type: string, payload: object] {
  if ('type' in event && typeof event.type === 'string') {
    const { type, ...payload } = event;
    return [type, payload];
  }
  const [entry] = Object.entries(event).filter(([, value]) => value !== undefined);
  return entry === undefined ? ['unknown', {}] : [entry[0], Object(entry[1]) as object];
}

/** Writes JSON as the service does: members in alphabetical order, bytes as base64. */
export function writeJson(value: unknown): string {
  return JSON.stringify(sortMembers(value));
}

function sortMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (ArrayBuffer.isView(value))
    return toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (Array.isArray(value)) return value.map(sortMembers);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sortMembers(member)]));
}

function messageIn(payload: object): string {
  return 'message' in payload && typeof payload.message === 'string' ? payload.message : '';
}
