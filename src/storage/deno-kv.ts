import { readOptions } from '../input/options.js';
import { type Read, text } from '../input/read.js';
import { createTextItems, type DenoKv } from './deno-kv-items.js';
import type { TextStorage } from './text.js';
import { fitKey } from './text.js';

/** Options of `denoKvStorage()`. */
export interface DenoKvStorageOptions {
  /** The first part of every key, to keep entries apart from others in the same database. Default: `bedrock-anywhere`. */
  prefix?: string | undefined;
}

/** Deno KV accepts keys of 2,048 bytes, but the 200 keys of a long value's parts have to fit into one commit. */
const MAX_KEY_BYTES = 256;

/**
 * Creates a storage in Deno KV. Values over Deno's limit of 64 KiB are stored in parts, up to 6,400,000 UTF-16 units in all.
 *
 * A reader always sees a complete value, the old one or the new one: up to 320,000 units are written in one atomic commit; a
 * longer value is written beside the old one, and one commit then switches to it. If a writer crashes in between, the first
 * write of that key after an hour removes what it left. A key that is empty, `.`, `..`, or over 256 bytes in UTF-8 is
 * replaced by its SHA-256.
 *
 * It throws only for wrong options. `setItem` rejects with a `RangeError` if the value is too long. Calls reject with an `Error` if
 * other writers of the key were faster a hundred times, otherwise with Deno's own error.
 *
 * @example
 * ```ts
 * import { type DenoKv, denoKvStorage } from 'bedrock-anywhere';
 *
 * declare const Deno: { openKv(): Promise<DenoKv> }; // omit this line in Deno
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
  const items = createTextItems(kv, prefix);
  return {
    getItem: async (key) => items.read(await fitKey(MAX_KEY_BYTES, key)),
    async setItem(key, value) {
      if (value.length > items.maxLength) {
        throw new RangeError(
          `A value of ${value.length} UTF-16 units is too long for denoKvStorage(). Store at most ${items.maxLength}.`,
        );
      }
      const id = await fitKey(MAX_KEY_BYTES, key);
      await items.sweep(id);
      await items.write(id, value);
    },
    async removeItem(key) {
      const id = await fitKey(MAX_KEY_BYTES, key);
      await items.sweep(id);
      await items.remove(id);
    },
  };
}
