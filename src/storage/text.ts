import type { StorageLike } from '../types.js';

/** A storage of this library: text by key. `null` stands for a key that holds nothing. */
export interface TextStorage extends StorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  /** Removing a key that holds nothing is no error. */
  removeItem(key: string): Promise<void>;
}

/**
 * The key as a service takes it: itself where it can be, else its SHA-256. Services refuse keys that are too long in
 * UTF-8, empty, or mean a folder (`.` and `..`).
 */
export async function keyWithin(maxBytes: number, key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key);
  if (bytes.length <= maxBytes && !/^\.{0,2}$/.test(key)) return key;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256-${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
