import { inspect } from 'node:util';
import { expect } from 'vitest';

/** Letters that stand in every secret of a test and nowhere else. */
export const MARK = 'M4rkedS3cret';

/** A secret of a kind, with letters that are written otherwise in URLs, HTML and JSON. */
export function secret(kind: string): string {
  return `${MARK}/${kind}+end==`;
}

/** The ways in which a secret may be written. */
const SPELLINGS = [
  MARK,
  Buffer.from(MARK).toString('hex'),
  // The mark in base64, at each of the three places where it may begin within a group.
  ...[0, 1, 2].map((shift) =>
    Buffer.from('\0'.repeat(shift) + MARK)
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, -4),
  ),
];

/** Everything that a person, a log or a debugger could see of a value: own members of every kind, causes too. */
function everythingOf(value: unknown): string {
  const texts: string[] = [];
  const known = new Set<unknown>();
  const walk = (at: unknown, depth: number): void => {
    if (depth > 12 || known.has(at)) return;
    if (typeof at === 'string') texts.push(at);
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return;
    known.add(at);
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

/** Fails where a marked secret can be seen. */
export function expectNoMark(value: unknown, what = 'it'): void {
  const text = everythingOf(value);
  for (const spelling of SPELLINGS) {
    const at = text.indexOf(spelling);
    const around = at < 0 ? '' : text.slice(Math.max(0, at - 80), at + 40);
    expect(around, `${what} shows a secret`).toBe('');
  }
}
