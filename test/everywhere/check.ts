/** Assertions for where vitest cannot run. */

/** Fails unless both are the same by value; `undefined` members count as missing. */
export function equal(actual: unknown, expected: unknown, what = 'The value'): void {
  const [is, should] = [shown(actual), shown(expected)];
  if (is !== should) throw new Error(`${what} is ${is} and should be ${should}`);
}

/** Fails unless it holds. */
export function ensure(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Fails unless each member given is there and the same. */
export function matches(actual: unknown, expected: object, what = 'The object'): void {
  const picked: Record<string, unknown> = {};
  for (const name of Object.keys(expected)) picked[name] = (Object(actual) as Record<string, unknown>)[name];
  equal(picked, expected, what);
}

/** What a promise rejects with; fails where it resolves. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`It should have failed and gave ${shown(value)}`);
}

/** A machine that is given up on; no case is meant to take as long. */
const PATIENCE_MS = 100_000;

/** Waits until it holds. */
export async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(otherwise);
    await pause(10);
  }
}

/** Resolves after some milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** JSON with sorted names; bytes and undefined are told apart from what JSON makes of them. */
function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_name, part: unknown) => {
      if (part instanceof Uint8Array) return `bytes ${[...part].join(' ')}`;
      if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? 'undefined'
  );
}
