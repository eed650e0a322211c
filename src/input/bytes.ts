import { encodeText } from '../encoding.js';
import { isObject, type Path, refuse } from './read.js';

const WANTED = 'a Uint8Array, such as new Uint8Array(await blob.arrayBuffer()), base64 or a data URL';

/**
 * Reads bytes in every form that can mean nothing else: views and buffers, base64 in either alphabet, data URLs, lists of
 * numbers, and what JSON makes of a `Uint8Array` or a `Buffer`. Of base64 only the beginning is checked; the service checks
 * the rest.
 */
export function bytes(value: unknown, path: Path): unknown {
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value === 'string') return readText(value, path);
  // Recognized by its tag, because an ArrayBuffer from another realm, as in jsdom, is not an instance of this realm's class.
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return value;
  if (Array.isArray(value)) return readList(value, value.length, path);
  if (isObject(value)) {
    if (value['type'] === 'Buffer' && Array.isArray(value['data']))
      return readList(value['data'], value['data'].length, [...path, 'data']);
    // As many members as there are numbers from 0 on, so that no other one is dropped.
    if ('0' in value) return readList(value, Object.keys(value).length, path);
    if (Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value).length === 0)
      return refuse(path, value, `${WANTED}; JSON.stringify leaves {} of an ArrayBuffer or a Blob`);
  }
  return refuse(path, value, WANTED);
}

function readList(
  list: ArrayLike<unknown> | Record<number, unknown>,
  length: number,
  path: Path,
): Uint8Array {
  const read = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const byte = (list as Record<number, unknown>)[i];
    if (!Number.isInteger(byte) || (byte as number) < 0 || (byte as number) > 255)
      return refuse([...path, i], byte, `a byte, 0 to 255, or ${WANTED}`);
    read[i] = byte as number;
  }
  return read;
}

function readText(value: string, path: Path): unknown {
  const comma = /^data:/i.test(value) ? value.indexOf(',') : -1;
  if (comma < 0) return readBase64(value, value, path);
  const data = value.slice(comma + 1);
  const isBase64 = /;\s*base64\s*$/i.test(value.slice(0, Math.min(comma, 1000)));
  // A URL may have any character percent-encoded, also those of base64.
  const text = data.includes('%') ? decodePercent(data) : data;
  if (text === undefined) return refuse(path, value, WANTED);
  return isBase64 ? readBase64(text, value, path) : encodeText(text);
}

function decodePercent(data: string): string | undefined {
  try {
    return decodeURIComponent(data);
  } catch {
    return undefined;
  }
}

/** Base64 as the service accepts it: its first alphabet, padded, without white space. Searching for a letter takes no time. */
function readBase64(text: string, value: string, path: Path): string {
  if (!/^[\w+/=\s-]*$/.test(text.slice(0, 200))) return refuse(path, value, `${WANTED}, not a path or a URL`);
  let plain = text;
  if (['\n', '\r', '\t', ' '].some((space) => plain.includes(space))) plain = plain.replace(/\s+/g, '');
  if (plain.includes('-')) plain = plain.replaceAll('-', '+');
  if (plain.includes('_')) plain = plain.replaceAll('_', '/');
  const missing = -plain.length & 3;
  if (missing === 0) return plain;
  if (missing === 3) return refuse(path, value, 'all of the base64: by its length, some is missing');
  return plain + '='.repeat(missing);
}
