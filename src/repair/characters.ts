import type { Repair } from '../types.js';

/**
 * The JSON of a request without halves of characters, which the service does not read. `JSON.stringify` writes whole
 * characters as they are and halves as escapes, so that a search for these finds all of them wherever they are.
 */
export function wholeCharacters(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(/\\(?:ud[89a-f]..|.)/g, (found) => (found.length > 2 ? '\ufffd' : found));
}

/** Lists where a request holds halves of characters. */
export function listHalves(value: unknown, repairs: Repair[], path = ''): void {
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) repairs.push({ kind: 'lone-surrogate', path });
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, item] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`;
      listHalves(key, repairs, at);
      listHalves(item, repairs, at);
    }
  }
}
