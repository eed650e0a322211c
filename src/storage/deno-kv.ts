import { readOptions } from '../input/options.js';
import { type Read, text } from '../input/read.js';
import { type DenoKv, textItems } from './deno-kv-items.js';
import type { TextStorage } from './text.js';
import { keyWithin } from './text.js';

/** Options of `denoKvStorage()`. */
export interface DenoKvStorageOptions {
  /** The first part of every key, to keep entries apart from others in the same database. Default: `bedrock-anywhere`. */
  prefix?: string | undefined;
}

/** Deno KV takes 2,048 bytes of key; up to 200 of them have to fit in one commit. */
const MAX_KEY_BYTES = 256;

/**
 * A storage in Deno KV. Values over Deno's limit of 64 KiB are kept in parts, up to 6,400,000 UTF-16 units in all.
 *
 * A reader sees the old value or the new one, whole: up to 320,000 units are one atomic commit; what is longer is written
 * beside the old value first, and one commit puts it in its place. What a writer leaves that is ended in between goes
 * away with the first write of that key after an hour. A key over 256 bytes in UTF-8, an empty one, `.` and `..` are kept
 * under their SHA-256.
 *
 * Nothing is thrown here. `setItem` rejects with a `RangeError` when the value is too long. Calls reject with an `Error`
 * when other writers of the key were faster a hundred times, and else with Deno's own error.
 *
 * @example
 * ```ts
 * import { type DenoKv, denoKvStorage } from 'bedrock-anywhere';
 *
 * declare const Deno: { openKv(): Promise<DenoKv> }; // in Deno this line is left out
 *
 * const storage = denoKvStorage(await Deno.openKv(), { prefix: 'models' });
 * await storage.setItem('region', 'eu-central-1');
 * console.log(await storage.getItem('region'));
 * ```
 */
export function denoKvStorage(kv: DenoKv, options: DenoKvStorageOptions = {}): TextStorage {
  const known = { prefix: text } satisfies Record<keyof DenoKvStorageOptions, Read>;
  const { prefix = 'bedrock-anywhere' } = readOptions<DenoKvStorageOptions>(
    options,
    known,
    'denoKvStorage()',
  );
  const items = textItems(kv, prefix);
  return {
    getItem: async (key) => items.read(await keyWithin(MAX_KEY_BYTES, key)),
    async setItem(key, value) {
      if (value.length > items.maxLength) {
        throw new RangeError(
          `A value of ${value.length} UTF-16 units is too long for denoKvStorage(), which takes ${items.maxLength}.`,
        );
      }
      const id = await keyWithin(MAX_KEY_BYTES, key);
      await items.sweep(id);
      await items.write(id, value);
    },
    async removeItem(key) {
      const id = await keyWithin(MAX_KEY_BYTES, key);
      await items.sweep(id);
      await items.remove(id);
    },
  };
}
