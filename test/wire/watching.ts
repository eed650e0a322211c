import { vi } from 'vitest';

/** What code does with memory, counted: nothing here looks at a clock or at the process. */
export interface MemoryUse {
  /** Sizes of the byte arrays that were made, in order. */
  allocated: number[];
  /** Bytes that typed arrays copied, by `set` and by `slice`. */
  copied: number;
  /** What was thrown, if anything. */
  error: unknown;
}

/** Runs a function, which must not wait, and counts. */
export function memoryUseOf(run: () => void): MemoryUse {
  const use: MemoryUse = { allocated: [], copied: 0, error: undefined };
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const { set, slice } = typedArray;
  const spies = [
    vi.spyOn(typedArray, 'set').mockImplementation(function (this: Uint8Array, source, offset) {
      use.copied += source.length;
      set.call(this, source, offset);
    }),
    vi.spyOn(typedArray, 'slice').mockImplementation(function (this: Uint8Array, start, end) {
      const part = slice.call(this, start, end) as Uint8Array<ArrayBuffer>;
      use.copied += part.length;
      return part;
    }),
  ];
  const Watched = new Proxy(Uint8Array, {
    construct(target, args: unknown[], newTarget) {
      const made = Reflect.construct(target, args, newTarget) as Uint8Array;
      if (!(args[0] instanceof ArrayBuffer)) use.allocated.push(made.length);
      return made;
    },
  });
  vi.stubGlobal('Uint8Array', Watched);
  try {
    run();
  } catch (error) {
    use.error = error;
  } finally {
    vi.unstubAllGlobals();
    for (const spy of spies) spy.mockRestore();
  }
  return use;
}
