import type { Repair } from '../types.js';

/**
 * Replaces lone surrogates (halves of characters, as left by cutting a string in the middle of an emoji) by U+FFFD: the
 * service cannot read a body that contains one. Searching the JSON finds them wherever they are, keys and nested inputs
 * included, because `JSON.stringify` writes whole characters as they are and lone surrogates as escapes.
 */
export function repairCharacters(json: string): string {
  if (!json.includes('\\ud')) return json;
  // Every escape is matched, not only those of surrogates: in `\\ud83d` the first one is an escaped backslash.
  return json.replace(/\\(?:ud[89a-f]..|.)/g, (found) => (found.length > 2 ? '\ufffd' : found));
}

/** Lists where a request contains lone surrogates. It walks the whole request, so call it only if there are some. */
export function noteLoneSurrogates(value: unknown, repairs: Repair[], path = ''): void {
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) repairs.push({ kind: 'lone-surrogate', path });
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, item] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`;
      noteLoneSurrogates(key, repairs, at);
      noteLoneSurrogates(item, repairs, at);
    }
  }
}
