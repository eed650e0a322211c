import { isJsonObject } from '../../input/read.js';
import type { ModelQuirks } from '../../types/model-quirks.js';

type Json = Readonly<Record<string, unknown>>;

/** A schema with a root that the model accepts. */
export interface Root {
  schema: Json;
  /** Members that are not at the root any more. */
  removed: string[];
  /** What the new root cannot say, as a schema; undefined if it says everything. */
  rule?: Json;
}

const UNIONS = ['allOf', 'anyOf', 'oneOf'] as const;
const DEFINITIONS = ['definitions', '$defs'] as const;

/** How many schemas are looked at, and how deep: references can make a small schema endless. */
const MOST_SCHEMAS = 5000;
const MOST_LEVELS = 20;

/**
 * Gives a tool's schema a root that the model accepts: one object with the members of all alternatives, those required that
 * every alternative requires. The tool's input keeps its shape that way, which a wrapper around the union would change. Which
 * members go together is left to `rule`, for the tool's description. A root without `type` gets `object`, which the service
 * requires, and loses members that are not valid JSON Schema.
 */
export function repairSchemaRoot(given: Json, kind: ModelQuirks['schemaRoot']): Root {
  const wrong = ['properties', 'required', '$id'].filter((name) => isWrong(name, given[name]));
  const schema =
    wrong.length > 0
      ? Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.includes(name)))
      : given;
  const resolver = createResolver(schema);
  const isBare = kind === 'bare' && DEFINITIONS.some((name) => isJsonObject(schema[name]));
  const unions = kind === undefined ? [] : UNIONS.filter((name) => Array.isArray(schema[name]));
  const removed = [...wrong, ...unions, ...(isBare ? DEFINITIONS.filter((name) => name in schema) : [])];
  if (removed.length === 0 && schema['type'] !== undefined) return { schema: given, removed };
  const inline = isBare ? resolver.inline : (part: unknown) => part;
  const merged = unions.length > 0 ? mergeUnions(schema, resolver, 0) : schema;
  const { definitions, $defs, ...rest } = merged;
  const kept = isBare ? rest : merged;
  const choices = unions.filter((name) => name !== 'allOf');
  return {
    schema: inline({ ...kept, type: 'object' }) as Json,
    removed,
    ...(choices.length > 0 && {
      rule: inline(Object.fromEntries(choices.map((name) => [name, schema[name]]))) as Json,
    }),
  };
}

/**
 * Whether a member is not valid JSON Schema, which the service checks at the root. Languages without a distinct empty object write
 * one as a list or as null, and some programs write a title into `$id`.
 */
function isWrong(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (name === '$id') return /[^!#-;=?-Z[\]_a-z~]/.test(String(value));
  return name === 'required' ? !Array.isArray(value) : !isJsonObject(value);
}

/** One object of a schema and the members of its unions. */
function mergeUnions(schema: Json, resolver: Resolver, level: number): Json {
  const { allOf, anyOf, oneOf, ...own } = schema;
  const properties = new Map<string, unknown>(Object.entries(objectIn(own['properties'])));
  const required = new Set(listIn(own['required']));
  for (const [union, isChoice] of [
    [allOf, false],
    [anyOf, true],
    [oneOf, true],
  ] as const) {
    if (!Array.isArray(union) || level > MOST_LEVELS) continue;
    const parts = union
      .map((part) => resolver.resolve(part))
      .filter(mayBeObject)
      .map((part) => mergeUnions(part, resolver, level + 1));
    for (const [name, found] of collectProperties(parts)) {
      // A member of the root is the more general one.
      if (!properties.has(name))
        properties.set(name, found.length === 1 ? found[0] : { [isChoice ? 'anyOf' : 'allOf']: found });
    }
    const lists = parts.map((part) => listIn(part['required']));
    for (const name of lists.flat()) {
      if (!isChoice || lists.every((list) => list.includes(name))) required.add(name);
    }
  }
  return {
    ...own,
    ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.size > 0 && { required: [...required] }),
  };
}

/** The schemas of each property, every one once. */
function collectProperties(parts: readonly Json[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const part of parts) {
    for (const [name, schema] of Object.entries(objectIn(part['properties']))) {
      const list = found.get(name) ?? [];
      if (!list.some((other) => JSON.stringify(other) === JSON.stringify(schema))) list.push(schema);
      found.set(name, list);
    }
  }
  return found;
}

interface Resolver {
  /** The schema that a reference names, or the schema itself if it is not a reference. */
  resolve(part: unknown): unknown;
  /** A schema without references. One that contains itself ends in a schema that accepts anything. */
  inline(part: unknown): unknown;
}

function createResolver(root: Json): Resolver {
  let left = MOST_SCHEMAS;
  function resolve(part: unknown): unknown {
    let at = part;
    for (let i = 0; i < MOST_LEVELS && isJsonObject(at) && typeof at['$ref'] === 'string'; i++) {
      const { $ref, ...beside } = at;
      const named = lookUp(root, $ref as string);
      at = isJsonObject(named) ? { ...named, ...beside } : beside;
    }
    return at;
  }
  function inline(part: unknown, level = 0): unknown {
    left -= 1;
    if (left < 0 || level > MOST_LEVELS) return {};
    if (Array.isArray(part)) return part.map((item) => inline(item, level + 1));
    if (!isJsonObject(part)) return part;
    const whole = resolve(part) as Json;
    return Object.fromEntries(Object.entries(whole).map(([name, item]) => [name, inline(item, level + 1)]));
  }
  return { resolve, inline };
}

/** What a reference such as `#/$defs/Place` points to. */
function lookUp(root: Json, ref: string): unknown {
  let at: unknown = root;
  for (const part of ref.replace(/^#\/?/, '').split('/')) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    if (name !== '') at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

/** A tool's input is an object, so an alternative of another type can never be chosen. */
function mayBeObject(part: unknown): part is Json {
  return isJsonObject(part) && (part['type'] === undefined || [part['type']].flat().includes('object'));
}

function objectIn(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}

function listIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Tells the model in words what the schema cannot. */
export function describeRule(description: string | undefined, rule: object): string {
  const words = `The input must also match this JSON schema: ${JSON.stringify(rule)}`;
  return description === undefined ? words : `${description}\n\n${words}`;
}
