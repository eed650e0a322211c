import { concatBytes, encodeText } from '../encoding.js';
import { BedrockError, inputError } from '../errors.js';
import { isLossy, nameOf, type Path, refuse } from '../input/read.js';
import { toBase64 } from './base64.js';

/** Stands in the JSON for bytes, which are put in last: an image is slow to carry through `JSON.stringify`. */
const MARK = '\0base64';
const MARK_IN_JSON = JSON.stringify(MARK).slice(1, -1);

/**
 * A request as the bytes of its JSON: byte arrays become base64, everything else is sent as it was given.
 *
 * @param repair Changes the JSON before it becomes bytes.
 */
export function encodeJson(value: object, repair = (json: string) => json): Uint8Array<ArrayBuffer> {
  const base64s: string[] = [];
  const json = repair(
    stringify(value, (bytes) => {
      base64s.push(toBase64(bytes));
      return MARK;
    }),
  );
  if (base64s.length === 0) return encodeText(json);
  const pieces = json.split(MARK_IN_JSON);
  // As many as there are files, unless a text holds the mark too or an object writes itself without its bytes.
  if (pieces.length !== base64s.length + 1) return encodeText(repair(stringify(value, toBase64)));
  return concatBytes(pieces.flatMap((piece, i) => [piece, base64s[i] ?? '']).map((text) => encodeText(text)));
}

/** Checks that a request can be written as JSON, for a transport that writes it itself. */
export function checkJson(value: object): void {
  stringify(value, () => '');
}

function stringify(value: object, place: Place): string {
  const path: Path = [];
  try {
    return JSON.stringify(withBase64(value, place, path));
  } catch (cause) {
    if (cause instanceof BedrockError) throw cause;
    throw inputError(
      `${nameOf(path)} cannot be written as JSON: ${cause instanceof Error ? cause.message : typeof cause}. ` +
        'Pass plain objects, arrays, text, finite numbers and Uint8Array.',
      cause,
    );
  }
}

/** What stands in the JSON for bytes. */
type Place = (bytes: Uint8Array) => string;

/** Far deeper than a request goes; a structure that contains itself ends here. */
const MAX_DEPTH = 200;

/**
 * The value itself if it contains no bytes, otherwise a copy along the paths that do.
 *
 * @param path Path of the value; if this throws, path of the mistake.
 */
function withBase64(value: unknown, place: Place, path: Path): unknown {
  if (typeof value !== 'object' || value === null) {
    // JSON would write null for a number that is not finite. Some programs define BigInt.prototype.toJSON.
    const isLost =
      typeof value === 'number'
        ? !Number.isFinite(value)
        : typeof value === 'bigint' && !('toJSON' in BigInt.prototype);
    return isLost ? refuse(path, value, 'a finite number, or a string') : value;
  }
  if (ArrayBuffer.isView(value)) {
    return place(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  // By its tag: an ArrayBuffer of another realm, as in jsdom, is not an instance of this class.
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object ArrayBuffer]') return place(new Uint8Array(value as ArrayBuffer));
  // Called here rather than by JSON.stringify, so that its errors get a path and its bytes are found.
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return withBase64(toJSON.call(value, path.at(-1) ?? ''), place, path);
  if (isLossy(value)) {
    refuse(
      path,
      value,
      /Blob|File|Stream/.test(tag)
        ? 'its bytes, new Uint8Array(await blob.arrayBuffer())'
        : 'a plain object or an array, such as Object.fromEntries(map)',
    );
  }
  if (path.length > MAX_DEPTH)
    throw inputError(`${nameOf(path.slice(0, 9))}… is nested too deeply, or contains itself.`);
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      path.push(i);
      const encoded = withBase64(item, place, path);
      path.pop();
      if (encoded !== item) (copy ??= value.slice())[i] = encoded;
    }
    return copy ?? value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    path.push(key);
    const item: unknown = (value as Record<string, unknown>)[key];
    const encoded = withBase64(item, place, path);
    path.pop();
    if (encoded !== item) (copy ??= { ...value })[key] = encoded;
  }
  return copy ?? value;
}
