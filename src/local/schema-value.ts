import type { Json } from './body.js';

/** How deep a schema is followed; one that refers to itself ends here. */
const MAX_DEPTH = 8;

/**
 * A value that satisfies a JSON schema: constants, defaults, examples and enums as the schema gives them, and where it
 * leaves room, words and numbers of the prompt.
 */
export function valueFor(schema: unknown, prompt: string): unknown {
  return make(schema, { root: schema, prompt, name: '', depth: 0, numbers: numbersOf(prompt) });
}

interface Making {
  root: unknown;
  prompt: string;
  /** Name of the property that the value is for. */
  name: string;
  depth: number;
  /** Numbers of the prompt that are not used yet. */
  numbers: number[];
}

function make(schema: unknown, making: Making): unknown {
  if (!isObject(schema) || making.depth > MAX_DEPTH) return null;
  const deeper = { ...making, depth: making.depth + 1 };
  if (typeof schema['$ref'] === 'string') return make(resolve(schema['$ref'], making.root), deeper);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return fromEnum(schema['enum'], making.prompt);
  for (const key of ['anyOf', 'oneOf']) {
    const choices = schema[key];
    if (!Array.isArray(choices)) continue;
    const chosen: unknown = choices.find((one) => isObject(one) && one['type'] !== 'null') ?? choices[0];
    return make({ ...schema, [key]: undefined, ...Object(chosen) }, deeper);
  }
  if (Array.isArray(schema['allOf'])) return make(merged(schema, schema['allOf'], making.root), deeper);
  if ('default' in schema) return schema['default'];
  const types = [schema['type']].flat();
  const type = types.find((one) => one !== 'null') ?? (isObject(schema['properties']) ? 'object' : types[0]);
  switch (type) {
    case 'object':
      return makeObject(schema, deeper);
    case 'array':
      return makeArray(schema, deeper);
    case 'number':
    case 'integer':
      return makeNumber(schema, type === 'integer', making);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return makeText(schema, making);
  }
}

function makeObject(schema: Json, making: Making): Json {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const wanted = required.length > 0 ? required : names.slice(0, 1);
  const object: Json = {};
  for (const name of wanted) object[name] = make(properties[name] ?? { type: 'string' }, { ...making, name });
  // An optional choice that the prompt names is taken as well: "in celsius".
  for (const name of names) {
    const choices = isObject(properties[name]) ? properties[name]['enum'] : undefined;
    if (name in object || !Array.isArray(choices)) continue;
    const named = choices.find((choice) => typeof choice === 'string' && mentions(making.prompt, choice));
    if (named !== undefined) object[name] = named;
  }
  return object;
}

function makeArray(schema: Json, making: Making): unknown[] {
  const count = Math.max(1, Number(schema['minItems'] ?? 1));
  const limit = Math.min(count, Number(schema['maxItems'] ?? count));
  const items = schema['items'] ?? { type: 'string' };
  const list = Array.from({ length: limit }, () => make(items, making));
  if (schema['uniqueItems'] !== true) return list;
  return list.map((item, i) => (typeof item === 'string' && i > 0 ? `${item} ${i + 1}` : item));
}

function makeNumber(schema: Json, integer: boolean, making: Making): number {
  const low =
    bound(schema['minimum'], schema['exclusiveMinimum'], integer ? 1 : 0.5) ?? Number.NEGATIVE_INFINITY;
  const high =
    bound(schema['maximum'], schema['exclusiveMaximum'], integer ? -1 : -0.5) ?? Number.POSITIVE_INFINITY;
  const step = typeof schema['multipleOf'] === 'number' ? schema['multipleOf'] : integer ? 1 : undefined;
  const fits = (n: number): boolean =>
    n >= low && n <= high && (step === undefined || Number.isInteger(n / step));
  const at = making.numbers.findIndex(fits);
  if (at >= 0) return making.numbers.splice(at, 1)[0] ?? 0;
  const nearest = Math.min(Math.max(1, low), high);
  return step === undefined ? nearest : Math.ceil(nearest / step) * step;
}

function bound(inclusive: unknown, exclusive: unknown, margin: number): number | undefined {
  if (typeof inclusive === 'number') return inclusive;
  return typeof exclusive === 'number' ? exclusive + margin : undefined;
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
};

function makeText(schema: Json, { prompt, name }: Making): string {
  const examples = schema['examples'];
  if (Array.isArray(examples) && typeof examples[0] === 'string') return examples[0];
  const format = FORMATS[String(schema['format'])];
  if (format !== undefined) return format;
  const hint = `${name} ${String(schema['description'] ?? '')}`;
  let text = wordsFor(hint, prompt);
  const low = Number(schema['minLength'] ?? 0);
  while (text.length < low) text += text === '' ? 'x' : ` ${text}`;
  return text.slice(0, Math.max(low, Number(schema['maxLength'] ?? text.length)));
}

/** The words of a prompt that a parameter of this name most likely wants. */
function wordsFor(hint: string, prompt: string): string {
  const quoted = /["“«]([^"”»]+)["”»]/.exec(prompt)?.[1];
  if (quoted !== undefined) return quoted;
  if (/query|question|prompt|text|message|topic|search/i.test(hint))
    return prompt.trim().slice(0, 200) || 'text';
  const place = /\b(?:in|at|for|near|to|from|of)\s+((?:\p{Lu}[\p{L}'’-]*)(?:,?\s+\p{Lu}[\p{L}'’-]*)*)/u.exec(
    prompt,
  )?.[1];
  if (place !== undefined) return place;
  const names = [...prompt.matchAll(/\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)*/gu)];
  const inside = names.find((match) => match.index > 0)?.[0];
  return (
    inside ??
    (prompt
      .trim()
      .split(/\s+/)
      .at(-1)
      ?.replace(/[?!.,;:]+$/, '') ||
      'text')
  );
}

function fromEnum(choices: readonly unknown[], prompt: string): unknown {
  return choices.find((choice) => typeof choice === 'string' && mentions(prompt, choice)) ?? choices[0];
}

/** Whether a prompt holds this word; case does not matter. */
export function mentions(prompt: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(prompt);
}

function numbersOf(prompt: string): number[] {
  return [...prompt.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g)].map((match) => Number(match[0]));
}

function resolve(ref: string, root: unknown): unknown {
  let at = root;
  for (const key of ref.replace(/^#\/?/, '').split('/')) {
    if (key === '') continue;
    at = isObject(at) ? at[key.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined;
  }
  return at;
}

function merged(schema: Json, parts: readonly unknown[], root: unknown): Json {
  const whole: Json = { ...schema, allOf: undefined };
  for (const one of parts) {
    const part = isObject(one) && typeof one['$ref'] === 'string' ? resolve(one['$ref'], root) : one;
    if (!isObject(part)) continue;
    const properties = { ...Object(whole['properties']), ...Object(part['properties']) };
    const required = [whole['required'], part['required']].flat().filter((name) => typeof name === 'string');
    Object.assign(whole, part, { properties, required });
  }
  return whole;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
