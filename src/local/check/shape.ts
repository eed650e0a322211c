import { ServiceException } from '../exception.js';

/** A JSON object. */
export type Json = Record<string, unknown>;

/**
 * The members of a request that the service checks one by one: first their types (SerializationException), then their
 * limits (ValidationException, all of them in one message). Members that are not listed pass, as they do at the service.
 */
export type Shape =
  | { kind: 'string'; pattern?: RegExp; min?: number; max?: number; values?: readonly string[] }
  | { kind: 'number'; integer?: boolean; min?: number; max?: number }
  | { kind: 'boolean' }
  | { kind: 'any' }
  | { kind: 'object' }
  | { kind: 'list'; of: Shape; min?: number | undefined; max?: number | undefined }
  | { kind: 'map'; of: Shape; max?: number }
  | { kind: 'struct'; members: Readonly<Record<string, Shape>>; required: readonly string[] };

/** The type of a value that has passed `checkShape`. */
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

/**
 * Checks a value against its shape, and removes members that are null, which count as absent.
 *
 * @throws ServiceException in the words of the service
 */
export function checkShape(value: unknown, shape: Shape): void {
  const violations: string[] = [];
  walk(value, shape, '', violations);
  if (violations.length === 0) return;
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
  throw new ServiceException('ValidationException', `${count} detected: ${violations.join('; ')}`);
}

function walk(value: unknown, shape: Shape, path: string, violations: string[]): void {
  const constraints = findViolations(value, shape);
  for (const constraint of constraints) {
    const shown = typeof value === 'object' ? (Array.isArray(value) ? '[…]' : '{…}') : String(value);
    violations.push(
      `Value '${shown.slice(0, 100)}' at '${path}' failed to satisfy constraint: Member must ${constraint}`,
    );
  }
  switch (shape.kind) {
    case 'list':
      for (const [i, item] of (value as unknown[]).entries()) {
        walk(item, shape.of, `${path}.${i + 1}.member`, violations);
      }
      return;
    case 'map':
      for (const [key, item] of Object.entries(value as Json)) {
        walk(item, shape.of, `${path}.${key}`, violations);
      }
      return;
    case 'struct':
      walkMembers(value as Json, shape, path === '' ? '' : `${path}.`, violations);
  }
}

function walkMembers(
  value: Json,
  { members, required }: Extract<Shape, { kind: 'struct' }>,
  prefix: string,
  violations: string[],
): void {
  for (const name of required) {
    if ((value[name] ?? null) !== null) continue;
    violations.push(`Value null at '${prefix}${name}' failed to satisfy constraint: Member must not be null`);
  }
  for (const [name, member] of Object.entries(members)) {
    const item = value[name];
    if (item === null) delete value[name];
    else if (item !== undefined) walk(item, member, prefix + name, violations);
  }
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
      const form =
        pattern?.test(value) === false
          ? [`satisfy regular expression pattern: ${pattern.source.replace(/^\^|\$$/g, '')}`]
          : NONE;
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
