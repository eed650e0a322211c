import type { Random } from './random.js';

export type Json = Record<string, unknown>;

/** Copied as bytes, one of these would become what its length says, not what was sent. */
const ARRAY_LIKES: readonly (() => unknown)[] = [
  () => ({ length: 1_000_000 }),
  () => ({ length: -1 }),
  () => ({ length: 2, 0: 1 }),
];

/** Values of JSON that stand where others belong. */
const ODD: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 65_536,
  () => 1e300,
  () => '',
  () => 'text',
  () => '7',
  () => '!',
  () => 'AQID',
  () => '{"a":1',
  () => '__proto__',
  () => 'constructor',
  () => 'a\r\nevent: error\r\ndata: {}\r\n\r\n',
  () => '\u001b[31m\u0000',
  () => '\ud800',
  () => 'x'.repeat(5000),
  () => [],
  () => [null],
  () => [[[]]],
  () => ({}),
  ...ARRAY_LIKES,
  () => ({ text: 'a' }),
  () => ({ toolUse: null }),
  () => JSON.parse('{"__proto__": {"text": "x"}, "constructor": 5}'),
  () => nested(40),
];

const NAMES = ['type', 'text', 'toolUse', 'message', 'content', 'length', '__proto__', 'constructor', 'then'];

/** A value of JSON that nothing expects. */
export const odd = (random: Random): unknown => random.pick(ODD)();

export const arrayLike = (random: Random): unknown => random.pick(ARRAY_LIKES)();

/** A list in a list, so many levels deep. */
export function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

/** A copy of some JSON in which one value, at any depth, is another, is missing, or is where it does not belong. */
export function damage<T>(random: Random, json: T): T {
  const copy = JSON.parse(JSON.stringify(json)) as T;
  const places: [owner: Json, name: string][] = [];
  collect(copy, places);
  if (places.length === 0) return random.pick(ODD)() as T;
  const [owner, name] = random.pick(places);
  const kind = random.next();
  if (kind < 0.1) remove(owner, name);
  else if (kind < 0.2) put(owner, random.pick(NAMES), random.pick(ODD)());
  else if (kind < 0.3) {
    const [other, from] = random.pick(places);
    // A copy, as the place may lie inside the value.
    put(owner, name, JSON.parse(JSON.stringify(other[from] ?? null)));
  } else put(owner, name, random.pick(ODD)());
  return copy;
}

function collect(value: unknown, places: [Json, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) {
    places.push([value as Json, name]);
    collect((value as Json)[name], places);
  }
}

function remove(owner: Json, name: string): void {
  if (Array.isArray(owner)) owner.splice(Number(name), 1);
  else delete owner[name];
}

/** A list has no names. Plain assignment would take `__proto__` for more than a name. */
function put(owner: Json, name: string, value: unknown): void {
  if (Array.isArray(owner) && !/^\d+$/.test(name)) owner.push(value);
  else Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
}
