import { decodeText } from '../encoding.js';
import type { InvokeChunk, JsonObject } from '../types.js';
import { decodeBase64, fromBase64 } from '../wire/base64.js';
import { parsePayload } from '../wire/events.js';
import { type FrameReader, protocolError } from '../wire/frame.js';
import { findExcess } from '../wire/json-bounds.js';
import { findPlainBase64 } from '../wire/plain-text.js';

const [SPACE, OPEN_OBJECT] = [0x20, 0x7b];

/** Decodes an event of InvokeModelWithResponseStream: `{ bytes: base64, p: padding }`. */
export function readInvokeChunk(eventType: string | undefined, frame: FrameReader): InvokeChunk | undefined {
  if (eventType !== 'chunk') return undefined;
  const bytes = readBytes(frame);
  if (bytes === undefined) throw protocolError('A chunk of the stream has no bytes');
  return createChunk(bytes);
}

function readBytes(frame: FrameReader): Uint8Array | undefined {
  const plain = findPlainBase64(frame);
  if (plain !== undefined) return decodeBase64(frame.bytes, ...plain);
  const { bytes } = parsePayload(frame);
  return typeof bytes === 'string' ? fromBase64(bytes) : undefined;
}

/**
 * A chunk of bytes, parsed if it is JSON. A model may write anything, so other content is not an error.
 *
 * @throws BedrockError `ERR_PROTOCOL` for JSON that would take long to parse.
 */
export function createChunk(bytes: Uint8Array): InvokeChunk {
  return { bytes, json: parseObject(bytes) };
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  let start = 0;
  while ((bytes[start] as number) <= SPACE) start += 1;
  if (bytes[start] !== OPEN_OBJECT) return undefined;
  const excess = findExcess(bytes, 0, bytes.length);
  if (excess !== undefined) throw protocolError(`The JSON of a chunk ${excess}`);
  try {
    return JSON.parse(decodeText(bytes)) as JsonObject;
  } catch {
    return undefined;
  }
}
