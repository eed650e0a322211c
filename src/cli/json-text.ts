import { describePlace, endOfString, findJsonError } from './json-error.js';

/**
 * Parses the JSON of a file that somebody wrote, or an editor saved. A byte order mark at its beginning is passed over. A member that an
 * object has twice is an error, because JSON.parse would silently use the last one.
 *
 * @param refuse Throws an error; its reason begins with a verb.
 */
export function parseFileText(text: string, refuse: (reason: string) => never): unknown {
  const json = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // JSON.parse repeats what it could not read, and the file may be one of passwords that was named by mistake.
    return refuse(`is not JSON (${describePlace(json, findJsonError(json))})`);
  }
  const repeated = findRepeated(json);
  if (repeated === undefined) return value;
  return refuse(`has the member ${writePath(repeated.path)} twice (${describePlace(json, repeated.at)})`);
}

type Path = readonly (string | number)[];

/** The first member whose object has another one of its name, in a text that is JSON. */
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

/** A path as JavaScript writes it, such as `models.aliases["gpt-4o"]`. A name may be as long as the file. */
function writePath(path: Path): string {
  return path
    .map((place, i) => {
      if (typeof place === 'number') return `[${place}]`;
      if (!/^[a-z_$][\w$]{0,99}$/i.test(place)) return `[${JSON.stringify(place.slice(0, 100))}]`;
      return i === 0 ? place : `.${place}`;
    })
    .join('');
}
