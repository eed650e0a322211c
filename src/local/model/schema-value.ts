import type { Json } from './body.js';
import type { PromptWords } from './prompt-words.js';
import { makeText } from './schema-text.js';

/** How deep schemas are followed: the first depth that yields a value is used, so that a recursive schema stays small. */
const DEPTHS = [6, 12, 24, 48];

/**
 * A value that satisfies a JSON schema and contains no more than necessary: required members, the shortest texts, empty
 * lists. Constants, defaults, examples and enums come from the schema. With `words` the rest comes from a prompt, with a few
 * members more than required. `not`, `if`, `contains` and `dependentSchemas` are not followed.
 */
export function valueFor(schema: unknown, words?: PromptWords): unknown {
  for (const depth of DEPTHS) {
    const numbers = [...(words?.numbers ?? [])];
    const value = make(schema, { root: schema, words, numbers, name: '', depth, item: 0 });
    if (value !== undefined) return value;
  }
  return null;
}

/** An input that a tool with this schema accepts: always an object. */
export function toolInput(schema: unknown, words?: PromptWords): Json {
  const value = valueFor(isObject(schema) ? { type: 'object', ...schema } : {}, words);
  return isObject(value) ? value : {};
}

interface Making {
  root: unknown;
  words: PromptWords | undefined;
  /** Numbers in the prompt that have not been used yet. */
  numbers: number[];
  /** Name of the property that the value is for. */
  name: string;
  /** How much deeper the schema may be followed. */
  depth: number;
  /** Number of the variant, from 0, if the items of a list must differ. */
  item: number;
}

/** A value; undefined if the schema is too deep. */
function make(schema: unknown, making: Making): unknown {
  if (making.depth === 0) return undefined;
  if (!isObject(schema)) return null;
  const deeper = { ...making, depth: making.depth - 1 };
  if (typeof schema['$ref'] === 'string') return make(resolve(schema['$ref'], making.root), deeper);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return chooseOne(schema['enum'], making);
  for (const key of ['anyOf', 'oneOf']) {
    const choices = schema[key];
    if (Array.isArray(choices)) return makeEither({ ...schema, [key]: undefined }, choices, deeper);
  }
  if (Array.isArray(schema['allOf'])) {
    return make(merge({ ...schema, allOf: undefined }, schema['allOf'], making.root), deeper);
  }
  if ('default' in schema && making.item === 0) return schema['default'];
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, deeper);
    case 'array':
      return makeArray(schema, deeper);
    case 'number':
      return makeNumber(schema, false, making);
    case 'integer':
      return makeNumber(schema, true, making);
    case 'boolean':
      return (making.words !== undefined) === (making.item === 0);
    case 'null':
      return null;
    default:
      return makeText(schema, {
        spoken: making.words?.text(`${making.name} ${String(schema['description'] ?? '')}`),
        item: making.item,
      });
  }
}

function typeOf(schema: Json): unknown {
  const types = [schema['type']].flat();
  return types.find((one) => one !== 'null') ?? (isObject(schema['properties']) ? 'object' : types[0]);
}

function chooseOne(choices: readonly unknown[], { words, item }: Making): unknown {
  const named = Math.max(0, choices.indexOf(words?.choose(choices)));
  return choices[(named + item) % choices.length] ?? null;
}

/** The first choice that leads to a value, `null` last. */
function makeEither(schema: Json, choices: readonly unknown[], making: Making): unknown {
  const isNull = (choice: unknown): boolean => isObject(choice) && choice['type'] === 'null';
  const inOrder = [
    ...choices.filter((choice) => !isNull(choice)),
    ...choices.filter((choice) => isNull(choice)),
  ];
  for (const choice of inOrder) {
    const value = make(merge(schema, [choice], making.root), making);
    if (value !== undefined) return value;
  }
  return undefined;
}

function makeObject(schema: Json, making: Making): Json | undefined {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const wanted = new Set(required);
  const least = Math.max(Number(schema['minProperties'] ?? 0), making.words === undefined ? 0 : 1);
  for (const name of names) if (wanted.size < least) wanted.add(name);
  const object: Json = {};
  for (const name of wanted) {
    const value = make(properties[name] ?? { type: 'string' }, { ...making, name });
    if (value === undefined) return undefined;
    object[name] = value;
  }
  for (const name of names) {
    const choices = isObject(properties[name]) ? properties[name]['enum'] : undefined;
    if (name in object || !Array.isArray(choices)) continue;
    // An optional choice that the prompt names is included too: "in celsius".
    const named = making.words?.choose(choices);
    if (named !== undefined) object[name] = named;
  }
  return object;
}

function makeArray(schema: Json, making: Making): unknown[] | undefined {
  const least = Number(schema['minItems'] ?? 0);
  const wanted = making.words === undefined ? least : Math.max(1, least);
  const count = Math.min(wanted, Number(schema['maxItems'] ?? wanted));
  const first = [schema['prefixItems'], schema['items']].find(Array.isArray) as unknown[] | undefined;
  const rest = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
  const list: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const itemSchema = first?.[i] ?? rest ?? { type: 'string' };
    const value =
      schema['uniqueItems'] === true
        ? makeDifferent(itemSchema, making, list)
        : make(itemSchema, { ...making, item: 0 });
    if (value === undefined) return i < least ? undefined : list;
    list.push(value);
  }
  return list;
}

/** A value different from all of these, if the schema allows another. */
function makeDifferent(schema: unknown, making: Making, others: readonly unknown[]): unknown {
  const known = new Set(others.map((other) => JSON.stringify(other)));
  let value: unknown;
  for (let item = 0; item <= 2 * others.length; item++) {
    value = make(schema, { ...making, item });
    if (!known.has(JSON.stringify(value))) break;
  }
  return value;
}

function makeNumber(schema: Json, integer: boolean, { words, numbers, item }: Making): number {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  const step = typeof multipleOf === 'number' ? multipleOf : integer ? 1 : undefined;
  const low = Math.max(...[minimum, above].filter(isNumber), Number.NEGATIVE_INFINITY);
  const high = Math.min(...[maximum, below].filter(isNumber), Number.POSITIVE_INFINITY);
  const isOpen = (n: number): boolean =>
    n === above || n === below || (above === true && n === low) || (below === true && n === high);
  const fits = (n: number): boolean =>
    n >= low && n <= high && !isOpen(n) && (step === undefined || Number.isInteger(n / step));
  const at = numbers.findIndex(fits);
  if (at >= 0) return numbers.splice(at, 1)[0] ?? 0;
  const nearest = Math.min(Math.max(words === undefined ? 0 : 1, low), high);
  const unit = step ?? (Number.isFinite(high - low) && high > low ? (high - low) / 2 : 1);
  const start = step === undefined ? nearest : Math.ceil(nearest / step) * step;
  const near = [start, start + unit, start - unit].find(fits) ?? start;
  const further = near + item * unit;
  // Not -0, which JSON cannot distinguish from 0.
  return (fits(further) ? further : near - item * unit) + 0;
}

function resolve(ref: string, root: unknown): unknown {
  let at = root;
  for (const key of ref.replace(/^#\/?/, '').split('/')) {
    if (key === '') continue;
    at = isObject(at) ? at[key.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined;
  }
  return at;
}

/** One schema that combines all of these. */
function merge(schema: Json, parts: readonly unknown[], root: unknown): Json {
  const whole: Json = { ...schema };
  for (const one of parts) {
    const part = isObject(one) && typeof one['$ref'] === 'string' ? resolve(one['$ref'], root) : one;
    if (!isObject(part)) continue;
    const properties = { ...Object(whole['properties']), ...Object(part['properties']) };
    const required = [whole['required'], part['required']].flat().filter((name) => typeof name === 'string');
    Object.assign(whole, part);
    if (Object.keys(properties).length > 0) whole['properties'] = properties;
    if (required.length > 0) whole['required'] = required;
  }
  return whole;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
