import { inputError } from '../errors.js';
import { nearest } from './nearest.js';
import { isLossy, isObject, nameOf, type Path, type Read, refuse, shorten } from './read.js';

/** A check with the words that complete "Pass …". */
export type Shape = Read & { readonly wanted?: string };

type Members = Readonly<Record<string, Shape>>;

/** Rules of an object, apart from its members. */
interface Rules {
  /** Exactly one member is set. */
  isUnion?: boolean;
  /** A member for which null has a meaning. Elsewhere, the service reads null as a missing member. */
  nullable?: string;
  /** Used in messages instead of the member names. */
  wanted?: string;
  /** Advice for a name that is not among the members, if there is any. */
  meant?(name: string): string | undefined;
  /** Any other name is a mistake, even without a value: AWS cannot add members to our own objects. */
  isClosed?: boolean;
  /** Whether a name is a mistake even without a value. Inherited names are then checked too. */
  isMisplaced?(name: string): boolean;
}

/**
 * Checks an object. Unknown members are left alone: AWS may add them. The result is a copy if a member was replaced, or if the
 * object has members that JSON would not write.
 *
 * @param required Names separated by spaces; their checks reject undefined.
 */
export function struct(
  members: Members,
  required?: string,
  { isUnion, nullable, meant, isClosed, isMisplaced = isClosed ? always : undefined, ...rules }: Rules = {},
): Shape {
  const names = Object.keys(members);
  const { wanted = isUnion ? `{ ${names.join(' }, { ')} }` : `{ ${names.join(', ')} }` } = rules;
  const known = new Map(Object.entries(members));
  const needed = required?.split(' ') ?? [];

  const refuseMistake = (name: string, path: Path): void => {
    const advice = nearest(name, names, 0) ?? meant?.(name);
    if (
      advice === undefined &&
      !isClosed &&
      !(isUnion ? /^(?:type|function|image_url)$/ : /^tool_call/).test(name)
    )
      return;
    throw inputError(`${nameOf(path)} is not a known member. Pass ${advice ?? wanted}.`);
  };

  function read(value: unknown, path: Path): unknown {
    if (!isObject(value)) return refuse(path, value, wanted);
    const proto: unknown = Object.getPrototypeOf(value);
    const isPlain = proto === Object.prototype || proto === null;
    if (!isPlain && typeof value['toJSON'] === 'function') return read(value['toJSON'](), path);
    if (!isPlain && isLossy(value)) return refuse(path, value, wanted);
    let copy: Record<string, unknown> | undefined = isPlain ? undefined : Object.create(null);
    let count = 0;
    // A class has its getters on the prototype, where JSON does not look.
    for (const name of isPlain ? Object.keys(value) : [...new Set([...Object.keys(value), ...names])]) {
      path.push(name);
      const item = value[name];
      const readItem = known.get(name);
      if (readItem === undefined && isMisplaced?.(name)) refuseMistake(name, path);
      let next: unknown = item;
      if (item === null && (isUnion || name !== nullable)) next = undefined;
      else if (item !== undefined) {
        count += 1;
        if (readItem === undefined) refuseMistake(name, path);
        else next = readItem(item, path);
      }
      path.pop();
      if (next !== item) copy ??= { ...value };
      if (copy !== undefined) copy[name] = next;
    }
    if (isMisplaced !== undefined && !isPlain) {
      for (const name of inheritedNames(proto)) {
        if (known.has(name)) continue;
        // A getter without advice is the class's own business, and may cost something.
        if (isMisplaced(name) || (meant?.(name) !== undefined && value[name] != null))
          refuseMistake(name, [...path, name]);
      }
    }
    for (const name of needed) {
      if ((copy ?? value)[name] === undefined) known.get(name)?.(undefined, [...path, name]);
    }
    if (isUnion && count !== 1) {
      if (count === 0 && nullable !== undefined && value[nullable] === null) return { [nullable]: null };
      const set = Object.keys(value).filter((name) => value[name] !== undefined);
      throw inputError(
        `${nameOf(path)} has ${shorten(set.join(' and ')) || 'no member'}. Pass one of ${wanted}.`,
      );
    }
    return copy ?? value;
  }
  return Object.assign(read, { wanted });
}

function always(): boolean {
  return true;
}

/** What an object inherits besides methods: the getters of its class, and the members of an object that it extends. */
function inheritedNames(proto: unknown): string[] {
  if (proto === Object.prototype || proto === null) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(proto));
  const names = own.filter(([, { get, enumerable }]) => get ?? enumerable).map(([name]) => name);
  return [...names, ...inheritedNames(Object.getPrototypeOf(proto))];
}

/** Checks an object with exactly one member, like AWS's unions. */
export function union(members: Members, rules: Pick<Rules, 'wanted' | 'nullable'> = {}): Shape {
  return struct(members, undefined, { isUnion: true, ...rules });
}

/** Checks an object whose names the caller chooses. */
export function record(item: Shape): Shape {
  return (value, path) => {
    const names = isObject(value) ? Object.keys(value) : [];
    return struct(Object.fromEntries(names.map((name) => [name, item])), undefined, {
      wanted: '{ name: value }',
    })(value, path);
  };
}

/** Checks a list; the result is a copy if an item was replaced. */
export function list(readItem: Shape, wanted = `a list of ${readItem.wanted ?? 'strings'}`): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(path, value, wanted);
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      const item: unknown = value[i];
      const next = readItem(item, path);
      path.pop();
      if (next !== item) (copy ??= value.slice())[i] = next;
    }
    return copy ?? value;
  };
}

/** Limits the number of items of a list. */
export function atMost(limit: number, readList: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value) || value.length <= limit) return readList(value, path);
    throw inputError(
      `${nameOf(path)} has ${value.length} items. Pass ${limit} at most: no model reads more.`,
    );
  };
}

/** Checks a block, which may be written as a string. */
export function block(read: Shape): Shape {
  const orText: Read = (value, path) => read(typeof value === 'string' ? { text: value } : value, path);
  return Object.assign(orText, { wanted: `strings or ${read.wanted}` });
}

/** Checks a list of blocks. The list, or any block in it, may be written as a string. */
export function blocks(read: Shape): Shape {
  const items = list(block(read), `a string, or a list of strings or ${read.wanted}`);
  return (value, path) => items(typeof value === 'string' ? [value] : value, path);
}
