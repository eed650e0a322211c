/** What a JSON value looks like: the names of its members and the types of its values; items of a list once each. */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join(' | ')}]`;
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).map(([name, member]) => `${name}: ${shapeOf(member)}`);
  return `{ ${members.sort().join(', ')} }`;
}

/** The members of a JSON object alone, without their types. */
export function namesOf(value: unknown): string {
  return Object.keys(Object(value)).sort().join(', ');
}
