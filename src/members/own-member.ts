/** A member of a table by a name that somebody else chose: `__proto__` and `constructor` are in every object, and in no table. */
export function ownMember<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
