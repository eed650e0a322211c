import { findClosest } from '../settings/closest.js';

/** Checks a value of a configuration; throws {@link FormError}. */
export type Check = (value: unknown, path: string) => void;

/** What is wrong with a configuration: the rest of a sentence that begins with the file. */
export class FormError extends Error {}

function wrong(path: string, value: unknown, wanted: string): never {
  if (path === '') throw new FormError(`is not a JSON object. ${wanted}.`);
  throw new FormError(`has a wrong value for ${path}, ${describe(value)}. ${wanted}.`);
}

/** An object with these members, all of which may be missing. */
export function membersOf(form: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    for (const [name, member] of entriesOf(value, path)) {
      const check = Object.hasOwn(form, name) ? form[name] : undefined;
      if (check === undefined) throw unknownMember(name, path, Object.keys(form));
      check(member, path === '' ? name : `${path}.${name}`);
    }
  };
}

/** The same, one of which must not be missing. */
export function membersWith(name: string, form: Readonly<Record<string, Check>>): Check {
  const check = membersOf(form);
  return (value, path) => {
    check(value, path);
    // The check of the member says what to write.
    form[name]?.((value as Record<string, unknown>)[name], `${path}.${name}`);
  };
}

/** An object with any names, whose values pass one check. */
export function recordOf(check: Check): Check {
  return (value, path) => {
    for (const [name, member] of entriesOf(value, path)) check(member, `${path}[${JSON.stringify(name)}]`);
  };
}

/** @param least How many items a list has at least. */
export function listOf(check: Check, least = 0): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, value, 'Write a list in brackets');
    if (value.length < least) wrong(path, value, `Write at least ${least} item`);
    for (const [i, item] of value.entries()) check(item, `${path}[${i}]`);
  };
}

/** @param wanted Such as `a port`. */
export function numberFor(wanted: string, isValid: (value: number) => boolean): Check {
  return (value, path) => {
    if (typeof value !== 'number' || !isValid(value)) wrong(path, value, `Write ${wanted}`);
  };
}

export const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') wrong(path, value, 'Write true or false');
};

/** `false`, or what another check accepts. */
export function falseOr(check: Check): Check {
  return (value, path) => {
    if (value !== false) check(value, path);
  };
}

/** @param example Shown in errors. */
export function textLike(example: string, isValid: (text: string) => boolean = () => true): Check {
  return (value, path) => {
    if (typeof value !== 'string' || value.trim() === '' || !isValid(value))
      wrong(path, value, `Write a string such as ${JSON.stringify(example)}`);
  };
}

function entriesOf(value: unknown, path: string): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(path, value, 'Write an object in braces');
  return Object.entries(value);
}

function unknownMember(name: string, path: string, known: readonly string[]): FormError {
  const closest = findClosest(name, known);
  const whole = (member: string): string => (path === '' ? member : `${path}.${member}`);
  const meant = closest === undefined ? '' : ` Did you mean ${whole(closest)}?`;
  const place = path === '' ? 'It' : path;
  return new FormError(
    `has an unknown member ${whole(name)}.${meant} ${place} may have ${known.join(', ')}.`,
  );
}

/** What a value is. A string is not shown, because it may be a secret in the wrong place. */
function describe(value: unknown): string {
  if (value === undefined) return 'which is missing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `which is ${value}`;
  return Array.isArray(value)
    ? `which is ${value.length === 0 ? 'an empty' : 'a'} list`
    : `which is ${typeof value === 'object' ? 'an object' : 'a string'}`;
}
