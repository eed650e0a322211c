/** Characters to try if a pattern allows several, plain ones first. */
const CHARACTERS = [
  ...new Set([
    'x',
    'X',
    '0',
    ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
    '\n',
    '\t',
    'é',
    '字',
  ]),
];

/** How many extra repeats are tried before a pattern is given up. */
const MOST_EXTRA = 64;

/**
 * A short text that a regular expression matches and that `fits`; undefined if none is found, as with lookaheads.
 */
export function textMatching(pattern: string, fits: (text: string) => boolean): string | undefined {
  try {
    const whole = new RegExp(pattern, 'u');
    for (let extra = 0; extra <= MOST_EXTRA; extra++) {
      const text = writeAlternatives({ pattern, at: 0, extra });
      if (text !== undefined && whole.test(text) && fits(text)) return text;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

interface Writing {
  readonly pattern: string;
  /** The position in the pattern. */
  at: number;
  /** How many times each repeat exceeds its minimum. */
  readonly extra: number;
}

/** Alternatives up to the end of the group or of the pattern: the first one. */
function writeAlternatives(writing: Writing): string | undefined {
  const first = writeSequence(writing);
  while (writing.pattern[writing.at] === '|') {
    writing.at++;
    writeSequence(writing);
  }
  return first;
}

function writeSequence(writing: Writing): string | undefined {
  let text: string | undefined = '';
  while (writing.at < writing.pattern.length && !/[|)]/.test(writing.pattern.charAt(writing.at))) {
    const atom = writeAtom(writing);
    const times = readTimes(writing);
    text =
      text === undefined || (atom === undefined && times > 0) ? undefined : text + (atom ?? '').repeat(times);
  }
  return text;
}

const GROUP = /\((\?(?:<?[=!]|:|<[^>]*>))?/y;
const ESCAPE = /\\(?:[pPu]\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]*>|.)/suy;
const CLASS = /\[(?:\\.|[^\]\\])*\]/suy;
const SINGLE = /./suy;

function writeAtom(writing: Writing): string | undefined {
  const group = read(GROUP, writing);
  if (group !== undefined) {
    const inside = writeAlternatives(writing);
    writing.at++;
    // A lookaround has no text of its own.
    return /^\(\?<?[=!]/.test(group) ? '' : inside;
  }
  const source = read(ESCAPE, writing) ?? read(CLASS, writing) ?? read(SINGLE, writing) ?? '';
  if (/^(?:[\^$]|\\[bB])$/.test(source)) return '';
  const one = new RegExp(`^(?:${source})$`, 'u');
  return CHARACTERS.find((character) => one.test(character)) ?? (source.length === 1 ? source : undefined);
}

const TIMES = /(?:([*+?])|\{(\d+)(,(\d*))?\})\??/y;

function readTimes(writing: Writing): number {
  const { pattern, at, extra } = writing;
  TIMES.lastIndex = at;
  const [whole = '', sign, least, range, most = ''] = TIMES.exec(pattern) ?? [];
  writing.at += whole.length;
  if (whole === '') return 1;
  if (sign !== undefined) return sign === '?' ? Math.min(1, extra) : extra + (sign === '+' ? 1 : 0);
  if (range === undefined) return Number(least);
  return Math.min(Number(least) + extra, most === '' ? Number.POSITIVE_INFINITY : Number(most));
}

function read(what: RegExp, writing: Writing): string | undefined {
  what.lastIndex = writing.at;
  const found = what.exec(writing.pattern)?.[0];
  writing.at += found?.length ?? 0;
  return found;
}
