const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

/** What may come next. A list and an object may also end right after they have begun. */
type Next = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | 'end of value';

/**
 * Finds the first place in a text that keeps it from being JSON: the errors of JSON.parse name it in some runtimes only, and
 * repeat the text around it. The end of the text if that is missing something, or if the text is JSON.
 */
export function findJsonError(text: string): number {
  const open: string[] = [];
  let next: Next = 'value';
  let at = endOf(SPACE, text, 0);
  while (at < text.length) {
    const sign = text.charAt(at);
    const isString = sign === '"';
    const end = isString ? endOfString(text, at) : isSign(sign) ? at + 1 : endOf(LITERAL, text, at);
    const follows: Next | undefined = end === at ? undefined : follow(next, isString ? 'string' : sign, open);
    if (follows === undefined) return at;
    next = follows;
    at = endOf(SPACE, text, end);
  }
  return text.length;
}

/** What may follow a token; undefined if the token itself must not come. */
function follow(next: Next, token: string, open: string[]): Next | undefined {
  switch (next) {
    case 'value':
    case 'value or ]':
      if (token === '[' || token === '{') {
        open.push(token);
        return token === '[' ? 'value or ]' : 'name or }';
      }
      if (token === ']' && next === 'value or ]') return close(open);
      return ']}:,'.includes(token) ? undefined : 'end of value';
    case 'name':
    case 'name or }':
      if (token === '}' && next === 'name or }') return close(open);
      return token === 'string' ? ':' : undefined;
    case ':':
      return token === ':' ? 'value' : undefined;
    case 'end of value': {
      const inside = open.at(-1);
      if (token === ',' && inside !== undefined) return inside === '[' ? 'value' : 'name';
      return (token === ']' && inside === '[') || (token === '}' && inside === '{') ? close(open) : undefined;
    }
  }
}

function close(open: string[]): Next {
  open.pop();
  return 'end of value';
}

function isSign(character: string): boolean {
  return '[]{}:,'.includes(character);
}

/** The index after the string that begins at `start`; `start` itself if there is no whole string. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; text.charAt(at) >= ' '; at++) {
    if (text.charAt(at) === '"') return at + 1;
    if (text.charAt(at) !== '\\') continue;
    const end = endOf(ESCAPE, text, at);
    if (end === at) return start;
    at = end - 1;
  }
  return start;
}

/** Where a token ends that begins here; here if there is none. */
function endOf(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : at;
}

/** A place in a text in words, counted from 1. */
export function describePlace(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
