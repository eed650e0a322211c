/** Methods of lists that look at every item. */
const WHOLE = [
  'concat',
  'every',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'flat',
  'flatMap',
  'forEach',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'map',
  'reduce',
  'reverse',
  'shift',
  'slice',
  'some',
  'sort',
  'splice',
  'unshift',
] as const;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Counts what code does with lists, maps and sets: an item that a method or a loop looks at, a lookup, an addition. Nothing
 * here looks at a clock, so the count is the same on every machine. `run` must not wait.
 */
function countSteps(run: () => unknown): number {
  let steps = 0;
  const restores: (() => void)[] = [];
  const replace = (owner: object, name: string | symbol, wrap: (original: Method) => Method): void => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
    Object.defineProperty(owner, name, { ...descriptor, value: wrap(descriptor.value as Method) });
    restores.push(() => Object.defineProperty(owner, name, descriptor));
  };
  const count = (owner: object, name: string, cost: (self: unknown, args: unknown[]) => number): void =>
    replace(owner, name, (original) => {
      return function (this: unknown, ...args) {
        steps += cost(this, args);
        return original.apply(this, args);
      };
    });
  for (const name of WHOLE) count(Array.prototype, name, (self) => (self as unknown[]).length);
  count(Array.prototype, 'push', (_self, args) => args.length);
  for (const name of ['get', 'has', 'set', 'delete']) count(Map.prototype, name, () => 1);
  for (const name of ['has', 'add', 'delete']) count(Set.prototype, name, () => 1);
  const iterator = Object.getPrototypeOf([][Symbol.iterator]()) as object;
  count(iterator, 'next', () => 1);
  try {
    run();
  } finally {
    // In the order in which they were replaced, so that nothing counts while it is undone.
    for (let at = restores.length - 1; at >= 0; at--) restores[at]?.();
  }
  return steps;
}

/** How much more is done for twice as much. About 2 if the work is linear, about 4 if it is quadratic. */
export function growthOf(size: number, run: (size: number) => () => unknown): number {
  return countSteps(run(2 * size)) / countSteps(run(size));
}
