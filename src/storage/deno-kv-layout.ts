/** A key of Deno KV, as far as this storage uses them. */
export type DenoKvKey = readonly (string | number)[];

/**
 * The value at a key: the text, or where to find the parts of a long one. Parts are never changed in place: a new value has a
 * version of its own, so readers never see a mixture of two.
 */
export type Item = { text: string } | { version: string; parts: number };

/** Announces parts that no item points to yet, so that they can be found and removed if their writer never finishes. */
export interface Draft {
  version: string;
  parts: number;
  sinceMs: number;
}

/** Creates the keys under which a storage with this prefix stores an entry. */
export function createLayout(prefix: string) {
  return {
    item: (id: string): DenoKvKey => [prefix, 'item', id],
    /** The prefix of all parts of a version. Deno KV lists them in order. */
    parts: (id: string, version: string): DenoKvKey => [prefix, 'part', id, version],
    part: (id: string, version: string, index: number): DenoKvKey => [prefix, 'part', id, version, index],
    drafts: (id: string): DenoKvKey => [prefix, 'draft', id],
    draft: (id: string, version: string): DenoKvKey => [prefix, 'draft', id, version],
  };
}

/** Reads the value at a key; undefined if this storage did not write it. */
export function toItem(value: unknown): Item | undefined {
  const { text, version, parts } = (value ?? {}) as Record<string, unknown>;
  if (typeof text === 'string') return { text };
  return typeof version === 'string' && typeof parts === 'number' ? { version, parts } : undefined;
}

/** Reads a draft; undefined if this storage did not write it. */
export function toDraft(value: unknown): Draft | undefined {
  const { version, parts, sinceMs } = (value ?? {}) as Record<string, unknown>;
  if (typeof version !== 'string' || typeof parts !== 'number' || typeof sinceMs !== 'number')
    return undefined;
  return { version, parts, sinceMs };
}

/** Splits a text into parts of `length` UTF-16 units; at least one part, even of an empty text. */
export function splitText(text: string, length: number): string[] {
  const count = Math.max(1, Math.ceil(text.length / length));
  return Array.from({ length: count }, (_, index) => text.slice(index * length, (index + 1) * length));
}
