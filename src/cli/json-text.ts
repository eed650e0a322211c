import { describePlace, endOfString, findJsonError } from './json-error.js';

/**
 * Parses the JSON in a file that people edit. A byte order mark at the beginning is skipped. A repeated member of an object is an
 * error, because JSON.parse would silently use the last one.
 *
 * @param refuse Throws an error; its reason begins with a verb.
 */
export function parseFileText(text: string, refuse: (reason: string) => never): unknown {
  const json = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The message of JSON.parse quotes what it could not read, and somebody may have named a file of passwords by mistake.
    return refuse(`is not JSON (${describePlace(json, findJsonError(json))})`);
  }
  const repeated = findRepeated(json);
  if (repeated === undefined) return value;
  return refuse(`has the member ${writePath(repeated.path)} twice (${describePlace(json, repeated.at)})`);
}

type Path = readonly (string | number)[];

/** Finds the first member that repeats a name in its object. The text has to be valid JSON. */
function findRepeated(text: string): { path: Path; at: number } | undefined {
  const open: { names: Set<string> | undefined; place: string | number }[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const inside = open.at(-1);
    switch (text.charAt(at)) {
      case '{':
        open.push({ names: new Set(), place: '' });
        isName = true;
        break;
      case '[':
        open.push({ names: undefined, place: 0 });
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        isName = inside?.names !== undefined;
        if (typeof inside?.place === 'number') inside.place += 1;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (isName && inside?.names !== undefined) {
          isName = false;
          const name = JSON.parse(text.slice(at, end)) as string;
          inside.place = name;
          if (inside.names.has(name)) return { path: open.map(({ place }) => place), at };
          inside.names.add(name);
        }
        at = end - 1;
        break;
      }
    }
  }
  return undefined;
}

/** Writes a path as in JavaScript, such as `models.aliases["gpt-4o"]`. Names are truncated, since one may be as long as the file. */
function writePath(path: Path): string {
  return path
    .map((place, i) => {
      if (typeof place === 'number') return `[${place}]`;
      if (!/^[a-z_$][\w$]{0,99}$/i.test(place)) return `[${JSON.stringify(place.slice(0, 100))}]`;
      return i === 0 ? place : `.${place}`;
    })
    .join('');
}
