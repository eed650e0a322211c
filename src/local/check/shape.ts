import { ServiceException } from '../exception.js';

/** A JSON object. */
export type Json = Record<string, unknown>;

/**
 * The members of a request that the service checks one by one: first their types (SerializationException), then their
 * limits (ValidationException, all of them in one message). Members that are not listed pass, as they do at the service.
 */
export type Shape =
  | Text
  | { kind: 'number'; integer?: boolean; min?: number; max?: number }
  | { kind: 'boolean' }
  | { kind: 'any' }
  | { kind: 'object' }
  | { kind: 'list'; of: Shape; min?: number | undefined; max?: number | undefined }
  | { kind: 'map'; of: Shape; keys?: Text; max?: number }
  | { kind: 'struct'; members: Readonly<Record<string, Shape>>; required: readonly string[] };

interface Text {
  kind: 'string';
  pattern?: RegExp;
  min?: number;
  max?: number;
  values?: readonly string[];
}

/** The type of a value that `readShape` has read. */
export type ValueOf<S> = S extends { kind: 'string' }
  ? string
  : S extends { kind: 'number' }
    ? number
    : S extends { kind: 'boolean' }
      ? boolean
      : S extends { kind: 'object' }
        ? Json
        : S extends { kind: 'list'; of: infer Of }
          ? ValueOf<Of>[]
          : S extends { kind: 'map'; of: infer Of }
            ? Record<string, ValueOf<Of>>
            : S extends { kind: 'struct'; members: infer Members; required: infer Required }
              ? StructOf<Members, Required extends readonly (infer Name)[] ? Name : never>
              : unknown;

type StructOf<Members, Required> = { [Name in Exclude<keyof Members, Required>]?: ValueOf<Members[Name]> } & {
  [Name in keyof Members & Required]: ValueOf<Members[Name]>;
};

/** How many violations a message lists. */
const MOST_SHOWN = 100;

/**
 * Reads a value by its shape: returns a copy that has the listed members alone. What is not listed may be anything, so that
 * nothing may get to read it. Members that are null count as absent. The copy is a `ValueOf` the shape.
 *
 * @throws ServiceException in the words of the service
 */
export function readShape(value: unknown, shape: Shape): unknown {
  const violations: Violations = { count: 0, shown: [] };
  const read = readAt(value, shape, '', violations);
  const { count, shown } = violations;
  if (count === 0) return read;
  const errors = count === 1 ? '1 validation error' : `${count} validation errors`;
  throw new ServiceException('ValidationException', `${errors} detected: ${shown.join('; ')}`);
}

interface Violations {
  count: number;
  shown: string[];
}

function note(violations: Violations, value: string, path: string, constraint: string): void {
  violations.count += 1;
  if (violations.shown.length === MOST_SHOWN) return;
  violations.shown.push(`Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
}

function readAt(value: unknown, shape: Shape, path: string, violations: Violations): unknown {
  const constraints = findViolations(value, shape);
  for (const constraint of constraints) {
    const shown = typeof value === 'object' ? (Array.isArray(value) ? '[…]' : '{…}') : String(value);
    note(violations, `'${shown.slice(0, 100)}'`, path, `Member must ${constraint}`);
  }
  switch (shape.kind) {
    case 'list':
      return (value as unknown[]).map((item, i) =>
        readAt(item, shape.of, `${path}.${i + 1}.member`, violations),
      );
    case 'map':
      checkTexts(value as Json, shape, path, violations);
      if (shape.of.kind === 'string') return { ...(value as Json) };
      return Object.fromEntries(
        Object.entries(value as Json).map(([key, item]) => [
          key,
          readAt(item, shape.of, `${path}.${key}`, violations),
        ]),
      );
    case 'struct':
      return readMembers(value as Json, shape, path === '' ? '' : `${path}.`, violations);
    default:
      return value;
  }
}

/** The service does not say which string in a map is wrong: its message has all limits of the keys, or of the values. */
function checkTexts(
  value: Json,
  { keys, of }: Extract<Shape, { kind: 'map' }>,
  path: string,
  violations: Violations,
): void {
  const check = (what: string, texts: readonly unknown[], shape: Shape | undefined): void => {
    if (shape?.kind !== 'string' || texts.every((text) => findViolations(text, shape).length === 0)) return;
    const { min = 0, max = 0, pattern } = shape;
    const limits = [
      `have length less than or equal to ${max}`,
      `have length greater than or equal to ${min}`,
      ...(pattern === undefined ? NONE : [matches(pattern)]),
    ];
    const constraint = limits.map((limit) => `Member must ${limit}`).join(', ');
    note(violations, "'{…}'", path, `Map ${what} must satisfy constraint: [${constraint}]`);
  };
  check('keys', Object.keys(value), keys);
  check('value', Object.values(value), of);
}

function readMembers(
  value: Json,
  { members, required }: Extract<Shape, { kind: 'struct' }>,
  prefix: string,
  violations: Violations,
): Json {
  const read: Json = {};
  for (const name of required) {
    if ((value[name] ?? null) === null) note(violations, 'null', prefix + name, 'Member must not be null');
  }
  for (const name in members) {
    const item = value[name] ?? undefined;
    if (item !== undefined) read[name] = readAt(item, members[name] as Shape, prefix + name, violations);
  }
  return read;
}

const NONE: readonly string[] = [];

/** Checks the type of a value, and returns the limits that it violates. */
function findViolations(value: unknown, shape: Shape): readonly string[] {
  switch (shape.kind) {
    case 'string': {
      if (typeof value !== 'string') throw unexpected(value, 'String');
      const { values, pattern, min, max } = shape;
      const found = lengthLimits(value.length, min, max);
      const choice =
        values?.includes(value) === false ? [`satisfy enum value set: [${values.join(', ')}]`] : NONE;
      const form = pattern?.test(value) === false ? [matches(pattern)] : NONE;
      return choice === NONE && form === NONE ? found : [...choice, ...found, ...form];
    }
    case 'number':
      if (typeof value !== 'number' || (shape.integer === true && !Number.isInteger(value))) {
        throw unexpected(value, shape.integer === true ? 'Integer' : 'Float');
      }
      if (value < (shape.min ?? value)) return [`have value greater than or equal to ${shape.min}`];
      return value > (shape.max ?? value) ? [`have value less than or equal to ${shape.max}`] : NONE;
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected(value, 'Boolean');
      return NONE;
    case 'any':
      return NONE;
    case 'list':
      if (!Array.isArray(value)) throw unexpected(value, 'List');
      return lengthLimits(value.length, shape.min, shape.max);
    case 'map':
      if (!isObject(value)) throw unexpected(value, 'Map');
      return lengthLimits(Object.keys(value).length, undefined, shape.max);
    case 'object':
      if (!isObject(value)) throw unexpected(value, 'Map');
      return NONE;
    case 'struct':
      if (!isObject(value)) throw unexpected(value, 'Structure');
      return NONE;
  }
}

function matches({ source }: RegExp): string {
  return `satisfy regular expression pattern: ${source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/')}`;
}

function lengthLimits(length: number, min = 0, max = Number.POSITIVE_INFINITY): readonly string[] {
  if (length < min) return [`have length greater than or equal to ${min}`];
  return length > max ? [`have length less than or equal to ${max}`] : NONE;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpected(value: unknown, wanted: string): ServiceException {
  const kind = Array.isArray(value)
    ? 'START_ARRAY'
    : typeof value === 'object'
      ? 'START_OBJECT'
      : typeof value;
  const token = kind.startsWith('START') ? kind : `${kind.toUpperCase()}_VALUE`;
  return new ServiceException('SerializationException', `${token} can not be converted to a ${wanted}`);
}
