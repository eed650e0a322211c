import fc, { type Arbitrary } from '../../property.js';

/** Nothing, but for one time in so many. */
export function rarely<T>(arbitrary: Arbitrary<T>, times: number): Arbitrary<T | null> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** Stands for JSON that is nested thousands of levels deep, which no failure should print. */
export const DEEP = 'DEEP-JSON';

/** Stands for JSON that is nested as deep as is accepted, or nearly. */
export const NESTED = 'NESTED-JSON';

/** What stands in the place of a member. */
const odd: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    null,
    true,
    0,
    -1,
    1.5,
    1e9,
    1e308,
    '',
    ' ',
    'text',
    'constructor',
    '__proto__',
    '\u0000\u001b[31m',
    '🎈',
    [],
    [null],
    [[]],
    {},
    { toString: 1, valueOf: 1 },
    { constructor: null, length: -1 },
    { $ref: '#' },
    { $ref: '#/properties/city/$defs' },
    { type: ['null', null, 'array'], minItems: 1e9 },
    { type: 'string', minLength: 1e9 },
    { anyOf: [{ $ref: '#' }, { $ref: '#' }, null] },
    { allOf: [null, { $ref: '#' }] },
    { enum: [] },
    { toolUse: null, toolResult: null, audio: null, guardContent: null },
    { toolResult: { content: 'text' } },
    { text: 'a', json: {} },
    JSON.parse('{"__proto__":{"text":"a"}}'),
  ),
  fc.constantFrom(raw('1e999'), raw('"\\ud800"'), raw(DEEP), DEEP, raw(NESTED)),
  fc.constantFrom(
    'x'.repeat(400),
    ' '.repeat(400),
    '?'.repeat(400),
    Array.from({ length: 30 }, () => ({ text: 'a' })),
  ),
);

/** JSON that `JSON.stringify` cannot write. */
function raw(json: string): object {
  return { raw: json };
}

export function writeJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('raw' in value && typeof value.raw === 'string' && Object.keys(value).length === 1) return value.raw;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(',')}}`;
}

/** Puts something else in the place of a member or item at any depth, or adds one. */
function change(whole: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(whole);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (object: Record<string, unknown>): void => {
    for (const [name, member] of Object.entries(object)) {
      places.push([object, name]);
      if (typeof member === 'object' && member !== null) walk(member as Record<string, unknown>);
    }
    places.push([object, Array.isArray(object) ? String(object.length) : 'other']);
  };
  if (typeof copy !== 'object' || copy === null) return value;
  walk(copy as Record<string, unknown>);
  const [object, name] = places[at % places.length] ?? [];
  if (object === undefined || name === undefined) return value;
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  return copy;
}

/** JSON with up to three changes, mostly. */
export function changed(base: Arbitrary<unknown>): Arbitrary<unknown> {
  const changes = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 6 }) },
  );
  return fc.oneof(
    {
      weight: 30,
      arbitrary: fc
        .tuple(base, changes)
        .map(([whole, list]) => list.reduce((so, [at, value]) => change(so, at, value), whole)),
    },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

/** The bytes of a text, now and then truncated, or with bytes that are not UTF-8. */
export function bytesOf(text: Arbitrary<string>): Arbitrary<string> {
  return fc
    .tuple(text, rarely(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255), fc.boolean()), 15))
    .map(([whole, damage]) => {
      const bytes = Buffer.from(whole, 'utf8').toString('latin1');
      if (damage === null) return bytes;
      const [place, byte, isCut] = damage;
      const at = Math.floor(place * bytes.length);
      return bytes.slice(0, at) + (isCut ? '' : String.fromCharCode(byte) + bytes.slice(at + 1));
    });
}
