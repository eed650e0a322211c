/** What a key of Deno KV is made of here. */
export type DenoKvKey = readonly (string | number)[];

/** What is kept at the key itself: the text, or where the parts of a long one are. Parts are never changed in place. */
export type Item = { text: string } | { version: string; parts: number };

/** Announces parts that no item points to yet, so that they are found when their writer does not come to its end. */
export interface Draft {
  version: string;
  parts: number;
  sinceMs: number;
}

/** Where a storage with this prefix keeps what belongs to an entry. */
export function layout(prefix: string) {
  return {
    item: (id: string): DenoKvKey => [prefix, 'item', id],
    /** All parts of one version, in their order. */
    parts: (id: string, version: string): DenoKvKey => [prefix, 'part', id, version],
    part: (id: string, version: string, index: number): DenoKvKey => [prefix, 'part', id, version, index],
    drafts: (id: string): DenoKvKey => [prefix, 'draft', id],
    draft: (id: string, version: string): DenoKvKey => [prefix, 'draft', id, version],
  };
}

/** Undefined for what this storage did not write. */
export function toItem(value: unknown): Item | undefined {
  const { text, version, parts } = (value ?? {}) as Record<string, unknown>;
  if (typeof text === 'string') return { text };
  return typeof version === 'string' && typeof parts === 'number' ? { version, parts } : undefined;
}

/** Undefined for what this storage did not write. */
export function toDraft(value: unknown): Draft | undefined {
  const { version, parts, sinceMs } = (value ?? {}) as Record<string, unknown>;
  if (typeof version !== 'string' || typeof parts !== 'number' || typeof sinceMs !== 'number')
    return undefined;
  return { version, parts, sinceMs };
}

/** The text in parts of that many UTF-16 units; one part at least. */
export function split(text: string, length: number): string[] {
  const count = Math.max(1, Math.ceil(text.length / length));
  return Array.from({ length: count }, (_, index) => text.slice(index * length, (index + 1) * length));
}
