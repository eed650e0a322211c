/** Where the value of a member is in a JSON text. */
interface Range {
  from: number;
  to: number;
}

/** The members of a JSON text that is one object. */
export interface JsonMembers {
  /** Values of the outermost object, by name. */
  values: ReadonlyMap<string, Range>;
  /** A name that one object has twice, at any depth: readers of JSON differ in which of them counts. */
  repeated: string | undefined;
}

/** Finds the members of a text that has been parsed: the grammar is not checked again. */
export function findMembers(text: string): JsonMembers {
  const values = new Map<string, Range>();
  /** The names of the objects that are open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let repeated: string | undefined;
  let isName = false;
  let name = '';
  let from = -1;
  const endValue = (to: number): void => {
    if (open.length === 1 && from >= 0) values.set(name, { from, to });
    if (open.length === 1) from = -1;
  };
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        isName = true;
        break;
      case '[':
        open.push(undefined);
        isName = false;
        break;
      case '}':
      case ']':
        endValue(at);
        open.pop();
        break;
      case ',':
        endValue(at);
        isName = open.at(-1) !== undefined;
        break;
      case ':':
        if (open.length === 1) from = at + 1;
        break;
      case '"': {
        const end = findStringEnd(text, at);
        if (isName) {
          isName = false;
          const found = JSON.parse(text.slice(at, end)) as string;
          const names = open.at(-1);
          if (names?.has(found)) repeated ??= found;
          names?.add(found);
          if (open.length === 1) name = found;
        }
        at = end - 1;
        break;
      }
    }
  }
  return { values, repeated };
}

/** The index after the closing quote. */
function findStringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** The text with another value of a member that it has; all else stays as it was written. */
export function replaceValue(text: string, { values }: JsonMembers, name: string, value: unknown): string {
  const range = values.get(name);
  if (range === undefined) return text;
  return text.slice(0, range.from) + JSON.stringify(value) + text.slice(range.to);
}

/** The text with a member more, which it must not have. */
export function addMember(text: string, { values }: JsonMembers, name: string, value: unknown): string {
  const start = text.indexOf('{') + 1;
  const separator = values.size === 0 ? '' : ',';
  return `${text.slice(0, start)}${JSON.stringify(name)}:${JSON.stringify(value)}${separator}${text.slice(start)}`;
}

/** Sets members of the object in a JSON text, whether it has them already or not. */
export function withMembers(text: string, members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members).reduce((written, [name, value]) => {
    const found = findMembers(written);
    const write = found.values.has(name) ? replaceValue : addMember;
    return write(written, found, name, value);
  }, text);
}
