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
