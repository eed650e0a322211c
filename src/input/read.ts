import { inputError, isBedrockError, messageOf } from '../errors.js';

/** Where a value is in an input, such as `['messages', 0, 'content']`. */
export type Path = (string | number)[];

/**
 * Checks a value: returns it or its normalized form, or throws. The value itself is never changed.
 */
export type Read = (value: unknown, path: Path) => unknown;

/** Runs `read`. Getters, proxies and `toJSON` are the caller's code: an error that they throw becomes an input error. */
export function readWhole<T>(path: Path, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isBedrockError(cause)) throw cause;
    throw inputError(`${nameOf(path)} cannot be read: ${messageOf(cause)}`, cause);
  }
}

/**
 * @param wanted Completes the sentence "Pass …".
 * @param shows Whether the message may quote a string: others may be prompts or secrets.
 */
export function refuse(path: Path, value: unknown, wanted: string, shows = false): never {
  throw inputError(`${nameOf(path)} is ${shows ? show(value) : describe(value)}. Pass ${wanted}.`);
}

/** A path as shown in messages. */
export function nameOf(path: Path): string {
  return shorten(path.join('.')) || 'The request';
}

/** The beginning of a text that a user of the program may have written, as long as they like. */
export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** What a value is, in words, with the beginning of a string. */
export function show(value: unknown): string {
  return typeof value === 'string' ? `the string ${JSON.stringify(value.slice(0, 30))}` : describe(value);
}

/** What a value is, in words. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = tagOf(value);
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${/^(Array|Object)$/.test(kind) ? kind.toLowerCase() : kind}`;
}

/** The kind of an object, such as `Date`, in any realm. A proxy may throw whatever it is asked. */
export function tagOf(value: object): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return 'Proxy';
  }
}

/** True for what JSON calls an object. */
export function isJsonObject<T = unknown>(value: unknown): value is Record<string, T> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an object that is neither a list nor bytes. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && !ArrayBuffer.isView(value);
}

/** True for an object whose content JSON does not write, such as a Map: a request would lose it silently. */
export function isLossy(value: object): boolean {
  return / (?:Map|Set|Promise|RegExp|Error|URLSearchParams|Blob|File|ReadableStream)]$/.test(
    Object.prototype.toString.call(value),
  );
}

/** Accepts anything, for values that are checked where they are used. */
export function any(value: unknown): unknown {
  return value;
}

export function text(value: unknown, path: Path): unknown {
  return typeof value === 'string' ? value : refuse(path, value, 'a string');
}

export function flag(value: unknown, path: Path): unknown {
  return typeof value === 'boolean' ? value : refuse(path, value, 'true or false', true);
}

export function amount(value: unknown, path: Path): unknown {
  return Number.isFinite(value) ? value : refuse(path, value, 'a number', true);
}

export function whole(value: unknown, path: Path): unknown {
  return Number.isInteger(value) ? value : refuse(path, value, 'a whole number', true);
}

export function object(value: unknown, path: Path): unknown {
  return isObject(value) ? value : refuse(path, value, 'an object');
}

export function callback(value: unknown, path: Path): unknown {
  return typeof value === 'function' ? value : refuse(path, value, 'a function');
}

/** True for an object that has these methods. */
export function hasMethods(value: unknown, ...names: string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function');
}

export function storage(value: unknown, path: Path): unknown {
  return hasMethods(value, 'getItem', 'setItem')
    ? value
    : refuse(path, value, 'a storage with getItem(key) and setItem(key, value), such as localStorage');
}
