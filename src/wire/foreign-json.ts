import { isJsonObject } from '../input/read.js';

/** Members that hold the words of an error, in the order in which they are looked at. */
const WORDS = [
  'message',
  'Message',
  'msg',
  'detail',
  'error_description',
  'error',
  'Error',
  'errors',
  'title',
];

/** How deep words may be, and how many errors of a list are read. */
const MAX_DEPTH = 4;
const MAX_ERRORS = 5;

/**
 * What JSON of a gateway or proxy says, such as `{"error":{"message":"…"}}`, `{"error":"…"}`, `{"detail":"…"}`, FastAPI's list
 * of details and `{"errors":[…]}`; undefined if there is nothing of the kind.
 */
export function findWords(json: unknown, depth = 0): string | undefined {
  if (typeof json === 'string') return json.trim() === '' ? undefined : json;
  if (typeof json !== 'object' || json === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(json)) {
    const all = json.slice(0, MAX_ERRORS).map((item) => findWords(item, depth + 1));
    return all.filter((words) => words !== undefined).join('; ') || undefined;
  }
  const members = json as Record<string, unknown>;
  for (const name of WORDS) {
    const words = findWords(members[name], depth + 1);
    if (words === undefined) continue;
    // FastAPI says in which member of the request something is wrong.
    const { loc } = members;
    return Array.isArray(loc) ? `${loc.join('.')}: ${words}` : words;
  }
  return undefined;
}

/** A body that is a JSON object; undefined for any other. */
export function parseObject(body = ''): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
