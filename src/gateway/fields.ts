import { isObject } from '../input/read.js';
import { refuseField } from './failure.js';

/** A JSON object that a client sent. */
export type Body = Readonly<Record<string, unknown>>;

/** A member that is absent or null, which all three protocols treat alike. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function wrong(path: string, wanted: string): never {
  throw refuseField(path, `${path} is not ${wanted}. Send ${wanted}.`);
}

/** Reads an object. Members that nobody reads are passed over. */
export function readObject(value: unknown, path: string): Body {
  return isObject(value) ? value : wrong(path, 'an object');
}

export function readText(value: unknown, path: string): string {
  return typeof value === 'string' ? value : wrong(path, 'a string');
}

/** A string with at least one character. */
export function readName(value: unknown, path: string): string {
  return typeof value === 'string' && value !== ''
    ? value
    : wrong(path, 'a string with at least one character');
}

/** A text of the client as errors and notes repeat it: quoted, and never longer than anybody wants to read. */
export function showName(name: string | undefined): string {
  return JSON.stringify(cutName(name ?? ''));
}

/** The same without quotes. */
export function cutName(name: string): string {
  return name.slice(0, 200);
}

/** A part of a path, decoded; as it is if it is not encoded correctly. */
export function decodePathPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function readList(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : wrong(path, 'a list');
}

/** Content that is not a string. */
export function readContentList(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : wrong(path, 'a string or a list of parts');
}

/** Runs a reader for a member that may be absent. */
function optional<T>(
  read: (value: unknown, path: string) => T,
): (value: unknown, path: string) => T | undefined {
  return (value, path) => (isAbsent(value) ? undefined : read(value, path));
}

export const optionalText = /* @__PURE__ */ optional(readText);
export const optionalList = /* @__PURE__ */ optional(readList);
export const optionalObject = /* @__PURE__ */ optional(readObject);

export const optionalFlag = /* @__PURE__ */ optional((value, path) =>
  typeof value === 'boolean' ? value : wrong(path, 'true or false'),
);

export const optionalNumber = /* @__PURE__ */ optional((value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : wrong(path, 'a number'),
);

/** A whole number of tokens, 1 or more. */
export const optionalCount = /* @__PURE__ */ optional((value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 1
    ? (value as number)
    : wrong(path, 'a whole number, 1 or more'),
);
