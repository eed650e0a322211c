import type { StorageLike } from '../types.js';

/** A storage of this library: text by key. `null` stands for a key that holds nothing. */
export interface TextStorage extends StorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  /** Removing a key that holds nothing is no error. */
  removeItem(key: string): Promise<void>;
}
