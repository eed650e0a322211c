import { Session } from 'node:inspector/promises';

/** Methods that walk through the list or text that they are called on, without calling anything that would be counted. */
const ARRAY_WALKS = [
  'concat',
  'flat',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'slice',
  Symbol.iterator,
] as const;
const STRING_WALKS = ['includes', 'replace', 'split', 'toLowerCase', 'toUpperCase'] as const;

/** Counts what the sources of the local Bedrock do: blocks of code that run, and what built-in methods walk through. */
export interface StepCounter {
  count(run: () => Promise<unknown>): Promise<number>;
  stop(): Promise<void>;
}

/** Starts to count. What is to be counted must be imported after this, or its blocks are unknown. */
export async function startCounting(): Promise<StepCounter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

  async function takeBlocks(): Promise<number> {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const functions = result.filter(({ url }) => url.includes('/src/')).flatMap((one) => one.functions);
    return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
  }

  return {
    async count(run) {
      await takeBlocks();
      const walked = await countWalks(run);
      return walked + (await takeBlocks());
    },
    async stop() {
      await session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

/** Runs something with built-in methods that add up the lengths of what they walk through. */
async function countWalks(run: () => Promise<unknown>): Promise<number> {
  let walked = 0;
  const undo: (() => void)[] = [];
  function watch(owner: object, name: PropertyKey, lengthOf: (self: never, result: unknown) => number): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
    const original = descriptor.value as (...args: unknown[]) => unknown;
    undo.push(() => Object.defineProperty(owner, name, descriptor));
    Object.defineProperty(owner, name, {
      ...descriptor,
      value(this: never, ...args: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, args);
        walked += lengthOf(this, result);
        return result;
      },
    });
  }
  const ownLength = (self: { length: number }): number => self.length;
  for (const name of ARRAY_WALKS) watch(Array.prototype, name, ownLength);
  for (const name of STRING_WALKS) watch(String.prototype, name, ownLength);
  watch(JSON, 'stringify', (_self, text) => (typeof text === 'string' ? text.length : 0));
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
  }
  return walked;
}
