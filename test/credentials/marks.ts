import { inspect } from 'node:util';
import { expect } from 'vitest';

/** Letters that are in every secret of a test and nowhere else. */
export const MARK = 'M4rkedS3cret';

/** Part of a secret is enough: nothing that shortens a text may leave half of one. */
const PART = MARK.slice(0, 9);

/** A secret of a kind, with letters that are written otherwise in URLs, HTML and JSON. */
export function secret(kind: string): string {
  return `${MARK}/${kind}+end==`;
}

/** The ways in which a secret may be written, besides those that {@link decode} reads. */
const SPELLINGS = [
  PART,
  Buffer.from(PART).toString('hex'),
  // The mark in base64, at each of the three places where it may begin within a group.
  ...[0, 1, 2].map((shift) =>
    Buffer.from('\0'.repeat(shift) + PART)
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, -4),
  ),
];

/** Reads one level of escapes: those of JSON, of URLs and of HTML. */
function decode(text: string): string {
  return text
    .replace(/\\u\{?([\da-f]{4})\}?/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([^u])/g, '$1')
    .replace(/%([\da-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#x([\da-f]{1,6});/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});/g, (_all, number: string) => String.fromCharCode(Number(number)));
}

/** Everything that a person, a log or a debugger could see of a value: own members of every kind, causes too. */
function everythingOf(value: unknown): string {
  const texts: string[] = [];
  const known = new Set<unknown>();
  const walk = (at: unknown, depth: number): void => {
    if (depth > 12 || known.has(at)) return;
    if (typeof at === 'string') texts.push(at);
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return;
    known.add(at);
    if (depth === 0)
      texts.push(inspect(at, { depth: 30, showHidden: true, maxStringLength: null, maxArrayLength: null }));
    try {
      texts.push(String(at), JSON.stringify(at) ?? '');
    } catch {
      // What cannot be written as JSON cannot leak by it.
    }
    if (at instanceof Uint8Array) texts.push(Buffer.from(at).toString('latin1'));
    if (at instanceof Map) for (const entry of at) walk(entry, depth + 1);
    for (const name of Reflect.ownKeys(at)) {
      texts.push(String(name));
      const { value: member } = Object.getOwnPropertyDescriptor(at, name) ?? {};
      walk(member, depth + 1);
    }
  };
  walk(value, 0);
  return texts.join('\n');
}

/**
 * Fails if a marked secret can be seen, whole or in part, also behind three levels of escapes.
 *
 * @param more Other secrets to look for, such as signatures.
 */
export function expectNoMark(value: unknown, what = 'it', more: Iterable<string> = []): void {
  let text = everythingOf(value);
  for (let level = 0; level <= 3; level++) {
    for (const spelling of [...SPELLINGS, ...more]) {
      const at = text.indexOf(spelling);
      const around = at < 0 ? '' : text.slice(Math.max(0, at - 80), at + 40);
      expect(around, `${what} shows a secret`).toBe('');
    }
    text = decode(text);
  }
}
