import { invalid } from '../../exception.js';
import type { Json } from '../shape.js';

/** The types of members at the root of a schema, as far as their rejections have been recorded. */
const TYPES: readonly (readonly [name: string, wanted: string])[] = [
  ['properties', 'object'],
  ['required', 'array'],
];

/** Every character that a URI reference may have. Source: RFC 3986. */
const URI = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/;

/** Checks a tool's schema against JSON Schema, whatever the model. */
export function checkToolSchema(schema: Json, index: number): void {
  const errors = TYPES.filter(
    ([name, wanted]) => Object.hasOwn(schema, name) && typeOf(schema[name]) !== wanted,
  ).map(([name, wanted]) => `$.${name}: ${typeOf(schema[name])} found, ${wanted} expected`);
  const { $id } = schema;
  if (typeof $id === 'string' && !URI.test($id))
    errors.push('$.$id: does not match the uri-reference pattern');
  if (errors.length === 0) return;
  throw invalid(
    `The json schema definition at toolConfig.tools.${index}.toolSpec.inputSchema is invalid. Fix the following errors and try again: ${errors.join('\n')}`,
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
