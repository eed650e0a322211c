/** The most that is searched of a text, in UTF-16 units. */
export const MAX_SEARCHED = 65_536;

/** Shorter texts are not real secrets, and hiding them would only garble the message. */
export const SHORTEST_SECRET = 8;

/**
 * This many characters from the beginning or end of a secret are hidden anywhere: a peer that repeats the secret may have
 * shortened it.
 */
const PART = 12;

/** What stands in place of a secret. */
export const HIDDEN = '[secret]';

/** Escapes of JSON, URLs and HTML. They may be nested, such as JSON in JSON. */
const ESCAPE = /\\u([\da-f]{4})|(?:%|\\x|&#x)([\da-f]{2});?|&#(\d+);|\\(.)/gi;
const MAX_ESCAPES = 3;

/**
 * What engines quote of a text that is not JSON: V8 up to 40 letters, JavaScriptCore one word. They may be half of a secret.
 */
const NOT_JSON =
  /(Unexpected token .{1,12}, )(?:\.{3})?".{0,60}"(?:\.{3})?(?= is not valid JSON)|(JSON Parse error: [^"\n]{0,60})"[^"\n]*"/gs;

/** Stacks and causes have several lines. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** Hides secrets, however they are escaped, and control characters. */
export function scrub(text: string, secrets: readonly string[]): string {
  const searched = shorten(text, MAX_SEARCHED).replace(NOT_JSON, '$1$2"…"');
  const found: Range[] = [];
  let read: Read = { text: searched, origin: [] };
  for (let level = 0; level <= MAX_ESCAPES; level++) {
    const { origin } = read;
    for (const secret of secrets) {
      if (secret.length < SHORTEST_SECRET) continue;
      for (const [from, to] of findParts(read.text, secret))
        found.push([origin[from] ?? from, origin[to] ?? to]);
    }
    const next = readEscapes(read);
    if (next === read) break;
    read = next;
  }
  return hide(searched, found).replace(CONTROL, ' ');
}

/** From where to where a secret is in a text. */
type Range = readonly [from: number, to: number];

/** A text without some levels of escapes. */
interface Read {
  readonly text: string;
  /** Where each UTF-16 unit was in the original. Empty if nothing has moved. */
  readonly origin: readonly number[];
}

/** Takes away one level of escapes. A secret may be escaped in part only, so every level is searched before anything is hidden. */
function readEscapes(read: Read): Read {
  const origin: number[] = [];
  let text = '';
  let from = 0;
  const keep = (to: number): void => {
    text += read.text.slice(from, to);
    for (; from < to; from++) origin.push(read.origin[from] ?? from);
  };
  for (const { 0: written, 1: unicode, 2: hex, 3: decimal, 4: sign, index } of read.text.matchAll(ESCAPE)) {
    keep(index);
    text += sign ?? String.fromCharCode(Number(decimal ?? `0x${unicode ?? hex}`));
    origin.push(read.origin[index] ?? index);
    from = index + written.length;
  }
  if (origin.length === 0 && from === 0) return read;
  keep(read.text.length);
  origin.push(read.origin[from] ?? from);
  return { text, origin };
}

function hide(text: string, found: Range[]): string {
  let shown = '';
  let behind = 0;
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    if (from >= behind) shown += text.slice(behind, from) + HIDDEN;
    behind = Math.max(behind, to);
  }
  return shown + text.slice(behind);
}

/** A secret, and its beginning or end: long pieces anywhere, short ones only where the text itself was truncated. */
function findParts(text: string, secret: string): Range[] {
  const begins = text.lastIndexOf(secret.slice(0, SHORTEST_SECRET));
  const ends = text.indexOf(secret.slice(-SHORTEST_SECRET)) + SHORTEST_SECRET;
  const found: Range[] = [...findBeginnings(text, secret), ...findEnds(text, secret)];
  if (begins >= 0 && secret.startsWith(text.slice(begins))) found.push([begins, text.length]);
  if (ends >= SHORTEST_SECRET && secret.endsWith(text.slice(0, ends))) found.push([0, ends]);
  return found;
}

function findBeginnings(text: string, secret: string): Range[] {
  const beginning = secret.slice(0, PART);
  const found: Range[] = [];
  for (let at = text.indexOf(beginning); at >= 0; ) {
    let to = at + beginning.length;
    while (to < text.length && text[to] === secret[to - at]) to += 1;
    found.push([at, to]);
    at = text.indexOf(beginning, to);
  }
  return found;
}

function findEnds(text: string, secret: string): Range[] {
  const end = secret.slice(-PART);
  const found: Range[] = [];
  for (let at = text.lastIndexOf(end); at >= 0; ) {
    const to = at + end.length;
    let from = at;
    while (from > 0 && text[from - 1] === secret[secret.length - (to - from) - 1]) from -= 1;
    found.push([from, to]);
    if (from < end.length) break;
    at = text.lastIndexOf(end, from - end.length);
  }
  return found;
}

/** The beginning of a text, never with half of a word: half of a secret would not be recognized. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${dropHalfWord(text.slice(0, max - 1))}…`;
}

/** A text that ends in the middle of a word, without that word. */
export function dropHalfWord(text: string): string {
  return /^[\s\S]*[\s"',<>{}]/.exec(text)?.[0] ?? '';
}
