import type { Json } from '../check/shape.js';
import type { PromptWords } from './prompt-words.js';

/**
 * How many steps are taken before a value is given up: a step looks at a schema, at one of its members or choices, or at four
 * letters of what is made. No tool that a person wrote comes close, and the work stays the same however large the schema is.
 */
const MOST_STEPS = 20_000;

const LETTERS_PER_STEP = 4;

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
  const shared = { root: schema, words, numbers: [...(words?.numbers ?? [])], left: MOST_STEPS };
  try {
    return make(schema, { shared, refs: new Set(), name: '' }) ?? null;
  } catch (error) {
    if (error instanceof OutOfSteps) return null;
    throw error;
  }
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
    /** How many more steps may be taken. */
    left: number;
  };
  /** References that are being followed: one that comes up again leads nowhere. */
  refs: ReadonlySet<string>;
  /** Name of the property that the value is for. */
  name: string;
}

class OutOfSteps extends Error {}

/** @throws OutOfSteps if there are not as many left */
function spend({ shared }: Making, steps: number): void {
  shared.left -= steps;
  if (shared.left < 0) throw new OutOfSteps();
}

function spendLetters(making: Making, text: string): void {
  spend(making, text.length / LETTERS_PER_STEP);
}

/** A value; undefined if the schema leads back to itself. */
function make(schema: unknown, making: Making): unknown {
  const { shared, refs } = making;
  spend(making, 1);
  if (!isObject(schema)) return null;
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    if (refs.has(ref)) return undefined;
    spend(making, refs.size);
    const whole = merge(schema, '$ref', [resolve(ref, making)], making);
    return make(whole, { ...making, refs: new Set([...refs, ref]) });
  }
  if ('const' in schema) return take(schema['const'], making);
  if (Array.isArray(schema['enum'])) return take(choose(schema['enum'], making) ?? null, making);
  for (const key of ['anyOf', 'oneOf']) {
    const choices = schema[key];
    if (Array.isArray(choices)) return makeEither(schema, key, choices, making);
  }
  if (Array.isArray(schema['allOf'])) {
    const all: readonly unknown[] = schema['allOf'];
    spend(making, all.length + refs.size);
    const followed = all.flatMap((part) => (Object(part) as Json)['$ref'] ?? []).filter(isText);
    if (followed.some((one) => refs.has(one))) return undefined;
    const parts = all.map((part) => resolve((Object(part) as Json)['$ref'], making) ?? part);
    return make(merge(schema, 'allOf', parts, making), { ...making, refs: new Set([...refs, ...followed]) });
  }
  if ('default' in schema) return take(schema['default'], making);
  switch (typeOf(schema, making)) {
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

/** A value that the schema itself holds: it may be long, and may be wanted many times. */
function take(value: unknown, making: Making): unknown {
  if (typeof value === 'string') spendLetters(making, value);
  if (typeof value === 'object' && value !== null) {
    for (const name in value) {
      spend(making, 1);
      spendLetters(making, name);
      take((value as Json)[name], making);
    }
  }
  return value;
}

function typeOf(schema: Json, making: Making): unknown {
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  spend(making, types.length);
  return types.find((one) => one !== 'null') ?? (isObject(schema['properties']) ? 'object' : types[0]);
}

/** The choice that the prompt names, else the first. */
function choose(choices: readonly unknown[], making: Making): unknown {
  return named(choices, making) ?? choices[0];
}

function named(choices: readonly unknown[], making: Making): unknown {
  const { words } = making.shared;
  if (words === undefined) return undefined;
  spend(making, choices.length);
  return words.choose(choices);
}

/** The first choice that leads to a value, `null` last. */
function makeEither(schema: Json, key: string, choices: readonly unknown[], making: Making): unknown {
  spend(making, choices.length);
  const isNull = (choice: unknown): boolean => isObject(choice) && choice['type'] === 'null';
  const nullLast = [...choices].sort((a, b) => Number(isNull(a)) - Number(isNull(b)));
  for (const choice of nullLast) {
    const value = make(merge(schema, key, [choice], making), making);
    if (value !== undefined) return value;
  }
  return undefined;
}

function makeObject(schema: Json, making: Making): Json | undefined {
  const properties = new Map(membersOf(schema['properties'], making));
  const wanted = new Set(namesIn(schema['required'], making));
  const least = Math.max(numberIn(schema['minProperties'], 0), making.shared.words === undefined ? 0 : 1);
  for (const name of properties.keys()) if (wanted.size < least) wanted.add(name);
  const made = new Map<string, unknown>();
  for (const name of wanted) {
    spendLetters(making, name);
    const value = make(properties.get(name) ?? { type: 'string' }, { ...making, name });
    if (value === undefined) return undefined;
    made.set(name, value);
  }
  for (const [name, property] of properties) {
    if (made.has(name) || !isObject(property) || !Array.isArray(property['enum'])) continue;
    // An optional choice that the prompt names is included too: "in celsius".
    const choice = named(property['enum'], making);
    if (choice !== undefined) made.set(name, take(choice, making));
  }
  return Object.fromEntries(made);
}

function makeArray(schema: Json, making: Making): unknown[] | undefined {
  const least = numberIn(schema['minItems'], 0);
  const wanted = making.shared.words === undefined ? least : Math.max(1, least);
  const count = Math.min(wanted, numberIn(schema['maxItems'], wanted));
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

function makeText(schema: Json, making: Making): string {
  const { words } = making.shared;
  const least = numberIn(schema['minLength'], 0);
  const most = numberIn(schema['maxLength'], Number.POSITIVE_INFINITY);
  const examples = Array.isArray(schema['examples']) ? schema['examples'] : [];
  const { format, description } = schema;
  const inFormat = typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  for (const text of [examples[0], inFormat]) {
    if (typeof text !== 'string') continue;
    spendLetters(making, text);
    const { length } = [...text];
    if (length >= least && length <= most) return text;
  }
  const hint = typeof description === 'string' ? description.slice(0, 1000) : '';
  const letters = [...(words?.text(`${making.name} ${hint}`) ?? '')];
  const missing = Math.max(0, least - letters.length);
  spend(making, (letters.length + missing) / LETTERS_PER_STEP);
  return letters.slice(0, most).join('') + 'x'.repeat(missing);
}

function makeNumber(schema: Json, whole: 1 | undefined, making: Making): number {
  const { words, numbers } = making.shared;
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  const step = isNumber(multipleOf) && multipleOf > 0 ? multipleOf : whole;
  const low = Math.max(...[minimum, above].filter(isNumber), Number.NEGATIVE_INFINITY);
  const high = Math.min(...[maximum, below].filter(isNumber), Number.POSITIVE_INFINITY);
  const isOpen = (n: number): boolean =>
    n === above || n === below || (above === true && n === low) || (below === true && n === high);
  const fits = (n: number): boolean =>
    n >= low && n <= high && !isOpen(n) && (step === undefined || Number.isInteger(n / step));
  spend(making, numbers.length);
  const at = numbers.findIndex(fits);
  if (at >= 0) return numbers.splice(at, 1)[0] ?? 0;
  const nearest = Math.min(Math.max(words === undefined ? 0 : 1, low), high);
  const unit = step ?? (Number.isFinite(high - low) && high > low ? (high - low) / 2 : 1);
  const start = step === undefined ? nearest : Math.ceil(nearest / step) * step;
  // Not -0, which JSON cannot distinguish from 0.
  return ([start, start + unit, start - unit].find(fits) ?? start) + 0;
}

/** Finds what a reference points to. */
function resolve(ref: unknown, making: Making): unknown {
  if (typeof ref !== 'string') return undefined;
  spendLetters(making, ref);
  let at = making.shared.root;
  for (const part of ref.replace(/^#\/?/, '').split('/')) {
    if (part === '') continue;
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

/** Combines schemas that all apply; of the first, one member is left out. */
function merge(schema: Json, without: string, others: readonly unknown[], making: Making): Json {
  const members = membersOf(schema, making).filter(([name]) => name !== without);
  const properties = membersOf(schema['properties'], making);
  const required = namesIn(schema['required'], making);
  for (const other of others) {
    spend(making, 1);
    if (!isObject(other)) continue;
    for (const member of membersOf(other, making)) members.push(member);
    for (const property of membersOf(other['properties'], making)) properties.push(property);
    for (const name of namesIn(other['required'], making)) required.push(name);
  }
  if (properties.length > 0) members.push(['properties', Object.fromEntries(properties)]);
  if (required.length > 0) members.push(['required', required]);
  return Object.fromEntries(members);
}

function membersOf(value: unknown, making: Making): [name: string, member: unknown][] {
  const members: [string, unknown][] = [];
  if (!isObject(value)) return members;
  for (const name in value) {
    spend(making, 1);
    members.push([name, value[name]]);
  }
  return members;
}

function namesIn(value: unknown, making: Making): string[] {
  if (!Array.isArray(value)) return [];
  spend(making, value.length);
  return value.filter((name) => typeof name === 'string');
}

function numberIn(value: unknown, otherwise: number): number {
  return isNumber(value) ? value : otherwise;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
