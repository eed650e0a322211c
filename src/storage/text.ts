import { encodeText, toHex } from '../encoding.js';
import type { StorageLike } from '../types.js';

/** A storage of this library: text by key. A missing key is `null`. */
export interface TextStorage extends StorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  /** Removing a missing key is not an error. */
  removeItem(key: string): Promise<void>;
}

/**
 * Returns a key that a service accepts: the key itself if possible, otherwise its SHA-256. Services reject keys that are too
 * long in UTF-8, are empty, or mean a folder (`.` and `..`).
 */
export async function fitKey(maxBytes: number, key: string): Promise<string> {
  const bytes = encodeText(key);
  if (bytes.length <= maxBytes && !/^\.{0,2}$/.test(key)) return key;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256-${toHex(digest)}`;
}
