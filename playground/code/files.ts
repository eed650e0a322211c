/** Replaces every file in a value, by what a function makes of its name. */
export function replaceBytes(value: unknown, replace: (name: string) => unknown): unknown {
  let count = 0;
  function walk(part: unknown, around: Record<string, unknown>): unknown {
    if (part instanceof Uint8Array) {
      count += 1;
      const format = typeof around['format'] === 'string' ? around['format'] : 'bin';
      return replace(`file-${count}.${format}`);
    }
    if (Array.isArray(part)) return part.map((one) => walk(one, around));
    if (typeof part !== 'object' || part === null) return part;
    const members = part as Record<string, unknown>;
    // The format stands beside the source that has the bytes.
    const next = 'format' in members ? members : around;
    return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, walk(member, next)]));
  }
  return walk(value, {});
}
