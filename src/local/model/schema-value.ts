import type { Json } from '../check/shape.js';
import type { PromptWords } from './prompt-words.js';

/** How many schemas are looked at before a value is given up. No tool that a person wrote comes close. */
const MOST_SCHEMAS = 2000;

/** The longest text that is made, whatever `minLength` says. */
const MOST_CHARACTERS = 100_000;

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT1M',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
};

/**
 * Makes the smallest value that satisfies a JSON schema: required members, the shortest texts, empty lists. Constants,
 * defaults, examples and enums come from the schema. With `words` the rest comes from a prompt, with a few members more than
 * required. Keywords such as `pattern`, `uniqueItems`, `not`, `if` and `contains` are ignored: a script can answer those.
 */
export function valueFor(schema: unknown, words?: PromptWords): unknown {
  const shared = { root: schema, words, numbers: [...(words?.numbers ?? [])], left: MOST_SCHEMAS };
  return make(schema, { shared, refs: [], name: '' }) ?? null;
}

/** Makes an input that a tool with this schema accepts: always an object. */
export function toolInput(schema: unknown, words?: PromptWords): Json {
  const value = valueFor(isObject(schema) ? { type: 'object', ...schema } : {}, words);
  return isObject(value) ? value : {};
}

interface Making {
  shared: {
    root: unknown;
    words: PromptWords | undefined;
    /** Numbers in the prompt that have not been used yet. */
    numbers: number[];
    /** How many more schemas may be looked at. */
    left: number;
  };
  /** References that are being followed: one that comes up again leads nowhere. */
  refs: readonly string[];
  /** Name of the property that the value is for. */
  name: string;
}

/** A value; undefined if the schema leads back to itself, or too far. */
function make(schema: unknown, making: Making): unknown {
  const { shared, refs } = making;
  if (shared.left === 0) return undefined;
  shared.left -= 1;
  if (!isObject(schema)) return null;
  const { $ref: ref, ...rest } = schema;
  if (typeof ref === 'string') {
    if (refs.includes(ref)) return undefined;
    return make(merge(rest, resolve(ref, shared.root)), { ...making, refs: [...refs, ref] });
  }
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return choose(schema['enum'], shared.words);
  for (const key of ['anyOf', 'oneOf']) {
    const choices = schema[key];
    if (Array.isArray(choices)) return makeEither({ ...schema, [key]: undefined }, choices, making);
  }
  if (Array.isArray(schema['allOf'])) {
    const parts = schema['allOf'].map((part) => resolve(part?.$ref, shared.root) ?? part);
    return make(parts.reduce(merge, { ...schema, allOf: undefined }), making);
  }
  if ('default' in schema) return schema['default'];
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, making);
    case 'array':
      return makeArray(schema, making);
    case 'number':
      return makeNumber(schema, undefined, making);
    case 'integer':
      return makeNumber(schema, 1, making);
    case 'boolean':
      return shared.words !== undefined;
    case 'null':
      return null;
    default:
      return makeText(schema, making);
  }
}

function typeOf(schema: Json): unknown {
  const types = [schema['type']].flat();
  return types.find((one) => one !== 'null') ?? (isObject(schema['properties']) ? 'object' : types[0]);
}

function choose(choices: readonly unknown[], words: PromptWords | undefined): unknown {
  return words?.choose(choices) ?? choices[0] ?? null;
}

/** The first choice that leads to a value, `null` last. */
function makeEither(schema: Json, choices: readonly unknown[], making: Making): unknown {
  const isNull = (choice: unknown): boolean => isObject(choice) && choice['type'] === 'null';
  const nullLast = [...choices].sort((a, b) => Number(isNull(a)) - Number(isNull(b)));
  for (const choice of nullLast) {
    const value = make(merge(schema, choice), making);
    if (value !== undefined) return value;
  }
  return undefined;
}

function makeObject(schema: Json, making: Making): Json | undefined {
  const { words } = making.shared;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const wanted = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : []);
  const least = Math.max(Number(schema['minProperties'] ?? 0), words === undefined ? 0 : 1);
  for (const name of Object.keys(properties)) if (wanted.size < least) wanted.add(name);
  const object: Json = {};
  for (const name of wanted) {
    const value = make(properties[name] ?? { type: 'string' }, { ...making, name });
    if (value === undefined) return undefined;
    object[name] = value;
  }
  for (const [name, property] of Object.entries(properties)) {
    if (name in object || !isObject(property) || !Array.isArray(property['enum'])) continue;
    // An optional choice that the prompt names is included too: "in celsius".
    const named = words?.choose(property['enum']);
    if (named !== undefined) object[name] = named;
  }
  return object;
}

function makeArray(schema: Json, making: Making): unknown[] | undefined {
  const least = Number(schema['minItems'] ?? 0);
  const wanted = making.shared.words === undefined ? least : Math.max(1, least);
  const count = Math.min(wanted, Number(schema['maxItems'] ?? wanted));
  const first = [schema['prefixItems'], schema['items']].find(Array.isArray) as unknown[] | undefined;
  const rest = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
  const list: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const value = make(first?.[i] ?? rest ?? { type: 'string' }, making);
    if (value === undefined) return i < least ? undefined : list;
    list.push(value);
  }
  return list;
}

function makeText(schema: Json, { shared: { words }, name }: Making): string {
  const least = Math.min(Number(schema['minLength'] ?? 0), MOST_CHARACTERS);
  const most = Number(schema['maxLength'] ?? Number.POSITIVE_INFINITY);
  const examples = Array.isArray(schema['examples']) ? schema['examples'] : [];
  const found = [examples[0], FORMATS[String(schema['format'])]].find((text): text is string => {
    const length = typeof text === 'string' ? [...text].length : -1;
    return length >= least && length <= most;
  });
  if (found !== undefined) return found;
  const letters = [...(words?.text(`${name} ${String(schema['description'] ?? '')}`) ?? '')];
  return letters.slice(0, most).join('') + 'x'.repeat(Math.max(0, least - letters.length));
}

function makeNumber(schema: Json, whole: 1 | undefined, { shared: { words, numbers } }: Making): number {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  const step = typeof multipleOf === 'number' ? multipleOf : whole;
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
  // Not -0, which JSON cannot distinguish from 0.
  return ([start, start + unit, start - unit].find(fits) ?? start) + 0;
}

/** Finds what a reference points to. */
function resolve(ref: unknown, root: unknown): unknown {
  if (typeof ref !== 'string') return undefined;
  let at = root;
  for (const key of ref.replace(/^#\/?/, '').split('/')) {
    if (key === '') continue;
    at = isObject(at) ? at[key.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined;
  }
  return at;
}

/** Combines two schemas that both apply. */
function merge(schema: Json, other: unknown): Json {
  if (!isObject(other)) return schema;
  const properties = { ...Object(schema['properties']), ...Object(other['properties']) };
  const required = [schema['required'], other['required']].flat().filter((name) => typeof name === 'string');
  return {
    ...schema,
    ...other,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
