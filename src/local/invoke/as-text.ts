/** Converts a value of a request to text. `String()` would throw if an object has a `toString` that is not a function. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
