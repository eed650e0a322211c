import type { PlainRequest } from '../input/request.js';
import type { Repair } from '../types.js';

/** The members of a request that are repaired. */
export type Conversation = Pick<PlainRequest, 'messages' | 'system' | 'toolConfig'>;

/** Lists a repair. */
export type Note = (kind: Repair['kind'], path: string, before?: string, after?: string) => void;

/** Original names by the names that are sent. Unchanged names are not listed. */
export type Renames = ReadonlyMap<string, string>;

/** Sent where the service requires text and there is none. */
export const PLACEHOLDER = '(empty)';

/** The list with each item mapped; undefined leaves an item out. The list itself where every item stays as it is. */
export function mapped<T>(list: readonly T[], map: (item: T, index: number) => T | undefined): T[] {
  let copy: T[] | undefined;
  list.forEach((item, i) => {
    const next = map(item, i);
    if (next !== item) copy ??= list.slice(0, i);
    if (next !== undefined) copy?.push(next);
  });
  return copy ?? (list as T[]);
}
