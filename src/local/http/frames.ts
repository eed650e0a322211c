import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseEvent } from '../../types.js';
import { toBase64 } from '../../wire/base64.js';
import {
  assembleFrame,
  type Bytes,
  encodeException,
  encodeFrame,
  encodeHeaders,
} from '../../wire/encode-frame.js';

const encoder = new TextEncoder();

/** The letters that the service pads with, in order. */
const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

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
