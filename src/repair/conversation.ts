import type { PlainRequest } from '../input/request.js';
import type { Repair } from '../types.js';

/** The members of a request that may need repair, and what decides how. */
export type Conversation = Pick<PlainRequest, 'messages' | 'system' | 'toolConfig'> & {
  additionalModelRequestFields?: unknown;
  outputConfig?: PlainRequest['outputConfig'];
};

/** How much may be changed: `all` also omits what the service rejects. */
export type RepairLevel = 'lossless' | 'all';

/** Adds a repair to the list that the caller of `stream()` gets. */
export type Note = (kind: Repair['kind'], path: string, before?: string, after?: string) => void;

/** Names or ids that are replaced, each by its replacement. Unchanged ones are not in it. */
export type Renames = ReadonlyMap<string, string>;

/** Sent where the service requires text and there is none. */
export const PLACEHOLDER = '(empty)';

/** Blocks that a repair may put into a message of the user. One object each, to tell them apart from the user's own words. */
export const ADDED = { empty: { text: PLACEHOLDER }, goOn: { text: 'Continue.' } };

/**
 * Replaces the items of a list; undefined removes an item. Returns the very same list if every item stays the same object,
 * which is how callers notice that nothing was wrong: a request without repairs is then sent as it was passed.
 */
export function replaceItems<T>(list: readonly T[], replace: (item: T, index: number) => T | undefined): T[] {
  let copy: T[] | undefined;
  list.forEach((item, i) => {
    const next = replace(item, i);
    if (next !== item) copy ??= list.slice(0, i);
    if (next !== undefined) copy?.push(next);
  });
  return copy ?? (list as T[]);
}
