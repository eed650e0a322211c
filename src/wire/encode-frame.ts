import { encodeText } from '../encoding.js';
import { crc32 } from './crc32.js';

/** Bytes that own their buffer: `Uint8Array<ArrayBuffer>`, in a form that TypeScript before 5.7 understands, too. */
export type Bytes = ReturnType<Uint8Array['slice']>;

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

/** Encodes headers, all of them texts. */
export function encodeHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  const parts = Object.entries(headers).map(
    ([name, value]) => [encodeText(name), encodeText(value)] as const,
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

/** Encodes a frame whose headers are encoded already. */
export function assembleFrame(headers: Uint8Array, payload: Uint8Array): Bytes {
  const total = 16 + headers.length + payload.length;
  const frame = new Uint8Array(total);
  const view = new DataView(frame.buffer);
  view.setUint32(0, total);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(view, 0, 8));
  frame.set(headers, 12);
  frame.set(payload, 12 + headers.length);
  view.setUint32(total - 4, crc32(view, 0, total - 4));
  return frame;
}

/** Encodes the frame that ends a stream with an exception, whose name starts with a small letter there. */
export function encodeException(name: string, message: string): Bytes {
  return encodeFrame(
    {
      ':exception-type': name.charAt(0).toLowerCase() + name.slice(1),
      ':content-type': 'application/json',
      ':message-type': 'exception',
    },
    encodeText(JSON.stringify({ message })),
  );
}
