import type { Json } from './body.js';
import { textMatching } from './text-pattern.js';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT1M',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
};

/**
 * A text that a string schema allows: its own example, one of its format, the spoken words cut or stretched to fit,
 * otherwise the shortest possible. `item` is the number of the variant, if the texts of a list must differ.
 */
export function makeText(
  schema: Json,
  { spoken, item }: { spoken: string | undefined; item: number },
): string {
  const least = Number(schema['minLength'] ?? 0);
  const most = Number(schema['maxLength'] ?? Number.POSITIVE_INFINITY);
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : undefined;
  const hasLength = (text: string): boolean => [...text].length >= least && [...text].length <= most;
  const examples = Array.isArray(schema['examples']) ? schema['examples'].slice(item) : [];
  const words = spoken === undefined || item === 0 ? spoken : `${spoken} ${item + 1}`;
  const made = resize(words, least + item, most);
  const found = [...examples, FORMATS[String(schema['format'])], made].find(
    (text): text is string =>
      typeof text === 'string' && hasLength(text) && (pattern === undefined || matches(pattern, text)),
  );
  return found ?? textMatching(pattern ?? '', hasLength) ?? made;
}

/** A text with at least `least` and at most `most` characters: repeated if too short, cut if too long. */
function resize(text = '', least: number, most: number): string {
  const letters = [...text];
  while (letters.length < least) letters.push(...(text === '' ? 'x' : ` ${text}`));
  return letters.slice(0, Math.min(most, Math.max(least, [...text].length))).join('');
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}
