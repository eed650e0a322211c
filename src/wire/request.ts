import { BedrockError, inputError } from '../errors.js';
import { toBase64 } from './base64.js';

const encoder = new TextEncoder();

/**
 * A request as the bytes of its JSON: byte arrays become base64, everything else is sent as it was given.
 *
 * @param mend Changes the JSON before it becomes bytes.
 */
export function encodeJson(value: object, mend = (json: string) => json): Uint8Array<ArrayBuffer> {
  let text: string;
  try {
    text = JSON.stringify(withBase64(value, '', 0));
  } catch (cause) {
    if (cause instanceof BedrockError) throw cause;
    throw inputError(
      `The request cannot be written as JSON: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Give plain objects, arrays, text, finite numbers and Uint8Array.',
      cause,
    );
  }
  return encoder.encode(mend(text));
}

/** Far deeper than a request goes; a structure that contains itself ends here. */
const MAX_DEPTH = 200;

/** The value itself where it holds no bytes, else a copy along the paths that do. */
function withBase64(value: unknown, path: string, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    return toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  // By its tag: an ArrayBuffer of another realm, as in jsdom, is no instance of this one's class.
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object ArrayBuffer]') return toBase64(new Uint8Array(value as ArrayBuffer));
  if (tag === '[object Blob]' || tag === '[object File]' || tag === '[object ReadableStream]') {
    throw inputError(
      `${path.slice(1)} is a ${tag.slice(8, -1)}, which JSON cannot carry. ` +
        'Give its bytes: new Uint8Array(await blob.arrayBuffer()).',
    );
  }
  if (depth > MAX_DEPTH) throw inputError('The request is nested too deeply, or contains itself.');
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      const encoded = withBase64(item, `${path}.${i}`, depth + 1);
      if (encoded !== item) (copy ??= value.slice())[i] = encoded;
    }
    return copy ?? value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const encoded = withBase64(item, `${path}.${key}`, depth + 1);
    if (encoded !== item) (copy ??= { ...value })[key] = encoded;
  }
  return copy ?? value;
}
