/** A value of a request as a text. An object may have a `toString` that is not a function. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
