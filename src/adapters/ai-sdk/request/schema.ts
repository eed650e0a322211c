import { changeItems, changeMembers } from '../../../members/change-members.js';

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
  if (Array.isArray(schema)) return changeItems(schema, (part) => closeObjects(part, level + 1));
  const given = schema as Record<string, unknown>;
  const closed = changeMembers(given, (name, value) => {
    if (PARTS.test(name)) return closeObjects(value, level + 1);
    return MAPS.test(name) && typeof value === 'object' && value !== null
      ? changeMembers(value as Record<string, unknown>, (_, part) => closeObjects(part, level + 1))
      : value;
  });
  const isObject = [given['type']].flat().includes('object') || given['properties'] !== undefined;
  return isObject && given['additionalProperties'] !== false
    ? { ...closed, additionalProperties: false }
    : closed;
}
