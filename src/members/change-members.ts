/** A list with changed items; the list itself if none of them changes. */
export function changeItems(
  list: readonly unknown[],
  change: (item: unknown) => unknown,
): readonly unknown[] {
  const next = list.map(change);
  return next.some((item, i) => item !== list[i]) ? next : list;
}

/** An object with changed members; the object itself if none of them changes. */
export function changeMembers(
  object: Record<string, unknown>,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(object);
  const next = entries.map(([name, value]) => [name, change(name, value)] as const);
  return next.some(([, value], i) => value !== entries[i]?.[1]) ? Object.fromEntries(next) : object;
}
