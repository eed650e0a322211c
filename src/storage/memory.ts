import { BoundedMap } from '../bounded-map.js';
import { inputError } from '../errors.js';
import { readOptions } from '../input/options.js';
import { any, type Read, show } from '../input/read.js';
import type { StorageLike } from '../types.js';

/** Options of `memoryStorage()`. */
export interface MemoryStorageOptions {
  /** How many entries are kept; the least recently used one is dropped for a new one. Default: 100. */
  maxEntries?: number | undefined;
}

/** The result of `memoryStorage()`. Its methods return values, not promises. */
export interface MemoryStorage extends StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Creates a storage in memory. It lasts as long as the process, page or isolate, and is not shared with others.
 *
 * @throws BedrockError `ERR_INPUT` if `maxEntries` is not a whole number of at least 1, or `Infinity`.
 * @example
 * ```ts
 * import { memoryStorage } from 'bedrock-anywhere';
 *
 * const storage = memoryStorage({ maxEntries: 10 });
 * storage.setItem('region', 'eu-central-1');
 * console.log(storage.getItem('region'));
 * ```
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const known = { maxEntries: any } satisfies Record<keyof MemoryStorageOptions, Read>;
  const { maxEntries = 100 } = readOptions<MemoryStorageOptions>(options, known, 'memoryStorage()');
  if (!(maxEntries === Number.POSITIVE_INFINITY || (Number.isInteger(maxEntries) && maxEntries >= 1))) {
    throw inputError(`maxEntries is ${show(maxEntries)}. Pass a whole number, 1 or more.`);
  }
  const items = new BoundedMap<string, string>(maxEntries);
  return {
    getItem(key) {
      const value = items.get(key);
      if (value === undefined) return null;
      // What was used counts as new.
      items.set(key, value);
      return value;
    },
    setItem(key, value) {
      items.set(key, value);
    },
    removeItem(key) {
      items.delete(key);
    },
  };
}
