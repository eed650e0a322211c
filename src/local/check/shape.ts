import { ServiceException } from '../exception.js';

/**
 * The members of a request that the service checks one by one: their types first (SerializationException), then their
 * limits (ValidationException, all of them in one message). Members that are not listed pass, as they do there.
 */
export type Shape =
  | { kind: 'string'; pattern?: RegExp; min?: number; max?: number; values?: readonly string[] }
  | { kind: 'number'; integer?: boolean; min?: number; max?: number }
  | { kind: 'boolean' }
  | { kind: 'any' }
  | { kind: 'object' }
  | { kind: 'list'; of: Shape; min?: number; max?: number }
  | { kind: 'map'; of: Shape; max?: number }
  | { kind: 'struct'; members: Readonly<Record<string, Shape>>; required?: readonly string[] };

/** Checks a value against its shape. */
export function checkShape(value: unknown, shape: Shape): void {
  const violations: string[] = [];
  walk(value, shape, '', violations);
  if (violations.length === 0) return;
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
  throw new ServiceException('ValidationException', `${count} detected: ${violations.join('; ')}`);
}

function walk(value: unknown, shape: Shape, path: string, violations: string[]): void {
  function violated(constraint: string): void {
    const shown = typeof value === 'object' ? (Array.isArray(value) ? '[…]' : '{…}') : String(value);
    violations.push(
      `Value '${shown.slice(0, 100)}' at '${path}' failed to satisfy constraint: Member must ${constraint}`,
    );
  }
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw unexpected(value, 'String');
      if (shape.values?.includes(value) === false)
        violated(`satisfy enum value set: [${shape.values.join(', ')}]`);
      if (value.length < (shape.min ?? 0)) violated(`have length greater than or equal to ${shape.min}`);
      if (value.length > (shape.max ?? Number.POSITIVE_INFINITY)) {
        violated(`have length less than or equal to ${shape.max}`);
      }
      if (shape.pattern?.test(value) === false) {
        violated(`satisfy regular expression pattern: ${shape.pattern.source.replace(/^\^|\$$/g, '')}`);
      }
      return;
    case 'number':
      if (typeof value !== 'number') throw unexpected(value, shape.integer === true ? 'Integer' : 'Float');
      if (shape.integer === true && !Number.isInteger(value)) throw unexpected(value, 'Integer');
      if (value < (shape.min ?? Number.NEGATIVE_INFINITY)) {
        violated(`have value greater than or equal to ${shape.min}`);
      }
      if (value > (shape.max ?? Number.POSITIVE_INFINITY))
        violated(`have value less than or equal to ${shape.max}`);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected(value, 'Boolean');
      return;
    case 'any':
      return;
    case 'object':
      if (!isObject(value)) throw unexpected(value, 'Map');
      return;
    case 'list':
      if (!Array.isArray(value)) throw unexpected(value, 'List');
      if (value.length < (shape.min ?? 0)) violated(`have length greater than or equal to ${shape.min}`);
      if (value.length > (shape.max ?? Number.POSITIVE_INFINITY)) {
        violated(`have length less than or equal to ${shape.max}`);
      }
      for (const [i, item] of value.entries()) walk(item, shape.of, `${path}.${i + 1}.member`, violations);
      return;
    case 'map':
      if (!isObject(value)) throw unexpected(value, 'Map');
      if (Object.keys(value).length > (shape.max ?? Number.POSITIVE_INFINITY)) {
        violated(`have length less than or equal to ${shape.max}`);
      }
      for (const [key, item] of Object.entries(value)) walk(item, shape.of, `${path}.${key}`, violations);
      return;
    case 'struct': {
      if (!isObject(value)) throw unexpected(value, 'Structure');
      const at = path === '' ? '' : `${path}.`;
      for (const name of shape.required ?? []) {
        if ((value[name] ?? null) !== null) continue;
        violations.push(`Value null at '${at}${name}' failed to satisfy constraint: Member must not be null`);
      }
      for (const [name, member] of Object.entries(shape.members)) {
        const item = value[name];
        if (item === null) delete value[name];
        else if (item !== undefined) walk(item, member, `${at}${name}`, violations);
      }
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
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
