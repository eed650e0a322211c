import { fromBase64 } from '../wire/base64.js';
import type { FrameReader } from '../wire/frame.js';
import { readPlainText } from '../wire/plain-text.js';

type Json = Record<string, unknown>;

const utf8 = new TextDecoder();

/**
 * Decodes a frame in the AWS client's own form, for the two kinds of events that make up almost all of a stream: deltas of
 * text, and chunks of a model's own response. Undefined for everything else, which is left to AWS's code.
 */
export function readQuickEvent(type: string | undefined, frame: FrameReader): object | undefined {
  if (type === 'contentBlockDelta') {
    const contentBlockDelta = readPlainText(frame);
    return contentBlockDelta ? { contentBlockDelta } : readQuickDelta(parseJson(frame));
  }
  if (type === 'chunk') return readQuickChunk(parseJson(frame));
  return undefined;
}

function readQuickDelta(json: Json | undefined): object | undefined {
  if (json === undefined || typeof json['contentBlockIndex'] !== 'number') return undefined;
  const delta = readQuickPiece(json['delta']);
  return delta && { contentBlockDelta: { delta, contentBlockIndex: json['contentBlockIndex'] } };
}

/** Returns a delta whose only content is a text: words, a tool's input, reasoning or its signature. */
function readQuickPiece(given: unknown): object | undefined {
  const kind = findOnlyKey(given);
  if (kind === undefined) return undefined;
  const delta = given as Json;
  if (kind === 'text') return typeof delta['text'] === 'string' ? delta : undefined;
  if (kind !== 'toolUse' && kind !== 'reasoningContent') return undefined;
  const inner = findOnlyKey(delta[kind]);
  const isText = kind === 'toolUse' ? inner === 'input' : inner === 'text' || inner === 'signature';
  return isText && typeof (delta[kind] as Json)[inner as string] === 'string' ? delta : undefined;
}

function readQuickChunk(json: Json | undefined): object | undefined {
  const base64 = json?.['bytes'];
  // AWS's reader rejects base64 without padding, so this must too.
  if (typeof base64 !== 'string' || base64.length % 4 !== 0) return undefined;
  const bytes = fromBase64(base64);
  return bytes && { chunk: { bytes } };
}

/** Parses a payload that is a JSON object. One with a `__type` is left to AWS's reader, which then keeps unknown members. */
function parseJson(frame: FrameReader): Json | undefined {
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(frame.bytes.subarray(frame.headersEnd, frame.payloadEnd)));
  } catch {
    return undefined;
  }
  const isPlain = typeof json === 'object' && json !== null && !('__type' in json);
  return isPlain ? (json as Json) : undefined;
}

/** Finds the name of an object's only member; undefined if it has none or several. */
function findOnlyKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}
