import { isObject } from '../input/read.js';
import { changeItems, changeMembers } from '../members/change-members.js';
import type { Conversation, Note } from './conversation.js';
import { type Body, changeAt, valueAt } from './omit.js';

/** What Claude's output formats do not support. */
const REJECTED = /^(?:exclusiveM(?:ax|in)imum|maximum|minimum|multipleOf|m(?:ax|in)Length|maxItems)$/;
/** Members that contain schemas, as lists or as maps with arbitrary names. */
const PARTS = /^(?:items|prefixItems|anyOf|allOf|oneOf|additionalProperties)$/;
const MAPS = /^(?:properties|\$defs|definitions)$/;

/** Where a schema may be. */
const OF_CLAUDE = 'additionalModelRequestFields.output_config.format.schema';
const OF_CONVERSE = 'outputConfig.textFormat.structure.jsonSchema.schema';

/** Schemas deeper than the service reads are sent as they are. */
const MOST_LEVELS = 100;

/**
 * Repairs the schema of Claude's output format, in either place. Limits that Claude rejects are moved to the description, so that
 * the model still sees them; nothing enforces them anymore. Objects that do not mention other members get
 * `additionalProperties: false`, without which Claude rejects them.
 */
export function repairOutputFormat<R extends Conversation>(request: R, note: Note): R {
  try {
    const paths: string[] = [];
    let repaired: Body = { ...request };
    for (const path of [OF_CLAUDE, OF_CONVERSE]) {
      const value = valueAt(request as Body, path);
      const given = path === OF_CLAUDE ? value : parse(value);
      const schema = repairSchema(given, 0);
      if (schema === given) continue;
      paths.push(path);
      const written = path === OF_CLAUDE ? schema : JSON.stringify(schema);
      repaired = changeAt(repaired, path, written)?.body ?? repaired;
    }
    if (paths.length === 0) return request;
    for (const path of paths) note('output-format', path);
    return repaired as R;
  } catch {
    // If a getter throws, the code that writes the body reports it with its path.
    return request;
  }
}

/** The schema itself if there is nothing to repair. */
function repairSchema(schema: unknown, level: number): unknown {
  if (level > MOST_LEVELS || typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return changeItems(schema, (part) => repairSchema(part, level + 1));
  const all = schema as Record<string, unknown>;
  const limits = Object.entries(all).filter(
    ([name, value]) => REJECTED.test(name) || (name === 'minItems' && Number(value) > 1),
  );
  // A type may be a list of types.
  const isOpen = /object/.test(String(all['type'])) && all['additionalProperties'] === undefined;
  const rest = isOpen ? { ...all, additionalProperties: false } : limits.length > 0 ? { ...all } : all;
  for (const [name] of limits) delete rest[name];
  if (limits.length > 0) {
    const words = limits.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    rest['description'] = [all['description'], `{${words}}`].filter(Boolean).join(' ');
  }
  return changeMembers(rest, (name, part) => {
    if (PARTS.test(name)) return repairSchema(part, level + 1);
    return MAPS.test(name) && isObject(part)
      ? changeMembers(part, (_, one) => repairSchema(one, level + 2))
      : part;
  });
}

/** If it is not JSON, the service will refuse it. */
function parse(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
