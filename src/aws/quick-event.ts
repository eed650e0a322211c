import { fromBase64 } from '../wire/base64.js';
import type { FrameReader } from '../wire/frame.js';
import { readPlainText } from '../wire/plain-text.js';

type Json = Record<string, unknown>;

const utf8 = new TextDecoder();

/**
 * The event of a frame in the AWS client's own form, for the two kinds that make up almost all of a stream: deltas of
 * plain text, and chunks of a model's own answer. Undefined for everything else, which AWS's code knows better.
 */
export function quickEvent(type: string | undefined, frame: FrameReader): object | undefined {
  if (type === 'contentBlockDelta') {
    const contentBlockDelta = readPlainText(frame);
    return contentBlockDelta ? { contentBlockDelta } : quickDelta(jsonOf(frame));
  }
  if (type === 'chunk') return quickChunk(jsonOf(frame));
  return undefined;
}

function quickDelta(json: Json | undefined): object | undefined {
  if (json === undefined || typeof json['contentBlockIndex'] !== 'number') return undefined;
  const delta = quickPiece(json['delta']);
  return delta && { contentBlockDelta: { delta, contentBlockIndex: json['contentBlockIndex'] } };
}

/** A delta that holds text alone, whatever the text is of. */
function quickPiece(given: unknown): object | undefined {
  const kind = onlyKey(given);
  if (kind === undefined) return undefined;
  const delta = given as Json;
  if (kind === 'text') return typeof delta['text'] === 'string' ? delta : undefined;
  if (kind !== 'toolUse' && kind !== 'reasoningContent') return undefined;
  const inner = onlyKey(delta[kind]);
  const isText = kind === 'toolUse' ? inner === 'input' : inner === 'text' || inner === 'signature';
  return isText && typeof (delta[kind] as Json)[inner as string] === 'string' ? delta : undefined;
}

function quickChunk(json: Json | undefined): object | undefined {
  const base64 = json?.['bytes'];
  // AWS's reader refuses base64 without its padding; so must this.
  if (typeof base64 !== 'string' || base64.length % 4 !== 0) return undefined;
  const bytes = fromBase64(base64);
  return bytes && { chunk: { bytes } };
}

/** The JSON object of a payload. One with a `__type` is left to AWS's reader, which then keeps what no schema lists. */
function jsonOf(frame: FrameReader): Json | undefined {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(frame.bytes.subarray(frame.headersEnd, frame.payloadEnd)));
  } catch {
    return undefined;
  }
  const isPlain = typeof json === 'object' && json !== null && !('__type' in json);
  return isPlain ? (json as Json) : undefined;
}

/** The name of an object's member where it has one and no more. */
function onlyKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}
