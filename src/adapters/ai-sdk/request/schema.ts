/** Members of a JSON Schema that contain schemas: as themselves or in a list, and by name. */
const PARTS = /^(?:items|prefixItems|anyOf|allOf|oneOf|not|if|then|else|contains|additionalProperties)$/;
const MAPS = /^(?:properties|patternProperties|\$defs|definitions)$/;

/** Schemas deeper than the service reads are left as they are. */
const MOST_LEVELS = 100;

/** Whether every object of a schema rejects members that it does not list. A strict tool needs that. */
export function isClosed(schema: unknown): boolean {
  return closeObjects(schema) === schema;
}

/** A copy of a schema whose objects reject members that they do not list; the schema itself if they all do. */
export function closeObjects(schema: unknown, level = 0): unknown {
  if (level > MOST_LEVELS || typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return mapped(schema, (part) => closeObjects(part, level + 1));
  const given = schema as Record<string, unknown>;
  const closed = mappedMembers(given, (name, value) => {
    if (PARTS.test(name)) return closeObjects(value, level + 1);
    return MAPS.test(name) && typeof value === 'object' && value !== null
      ? mappedMembers(value as Record<string, unknown>, (_, part) => closeObjects(part, level + 1))
      : value;
  });
  const isObject = [given['type']].flat().includes('object') || given['properties'] !== undefined;
  return isObject && given['additionalProperties'] !== false
    ? { ...closed, additionalProperties: false }
    : closed;
}

/** The list itself if every item stays the same. */
function mapped(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const next = list.map(change);
  return next.some((item, i) => item !== list[i]) ? next : list;
}

function mappedMembers(
  object: Record<string, unknown>,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(object);
  const next = entries.map(([name, value]) => [name, change(name, value)] as const);
  return next.some(([, value], i) => value !== entries[i]?.[1]) ? Object.fromEntries(next) : object;
}
