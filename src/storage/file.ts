import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../errors.js';
import type { TextStorage } from './text.js';

/** What a writer leaves that was ended before it could rename. */
const UNFINISHED = /^[0-9a-f]{64}\.json\.[0-9a-f-]{36}\.tmp$/;

/** No writer takes this long from its last byte to the rename. */
const UNFINISHED_FOR_MS = 600_000;

/**
 * A storage in a folder, for Node. Each key has a JSON file of its own, named by the SHA-256 of the key: so a write
 * replaces one file by a rename, and writers of other keys, in this process or another, need no lock.
 *
 * A reader sees the old value or the new one, whole, also when a writer is killed or several write at once; of those the
 * last stays. Files have mode 0600, and folders that had to be made 0700. A file that was not written by this storage
 * counts as a missing key. What killed writers left goes away with the first write after ten minutes.
 *
 * @param path The folder, made at the first write. A relative path is taken from the working directory of now.
 * @throws BedrockError `ERR_INPUT` when the path is empty. Calls reject with Node's own error (`EACCES`, `ENOSPC`, …).
 * @example
 * ```ts
 * import { fileStorage } from 'bedrock-anywhere/storage/file';
 *
 * const storage = fileStorage('.cache/bedrock');
 * await storage.setItem('region', 'eu-central-1');
 * console.log(await storage.getItem('region'));
 * ```
 */
export function fileStorage(path: string | URL): TextStorage {
  if (path === '') throw inputError('fileStorage() got an empty path. Pass the folder that it may write to.');
  const folder = resolve(path instanceof URL ? fileURLToPath(path) : path);
  const fileOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  let swept = false;
  return {
    async getItem(key) {
      const text = await readIfThere(fileOf(key));
      return text === undefined ? null : valueIn(text, key);
    },
    async setItem(key, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const writtenAtMs = await replace(fileOf(key), JSON.stringify({ key, value }));
      if (swept) return;
      swept = true;
      await sweep(folder, writtenAtMs - UNFINISHED_FOR_MS);
    },
    async removeItem(key) {
      await rm(fileOf(key), { force: true });
    },
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The key is looked at too, so that a file that was put there under another's name is not believed. */
function valueIn(text: string, key: string): string | null {
  try {
    const entry = JSON.parse(text) as { key?: unknown; value?: unknown } | null;
    return entry?.key === key && typeof entry.value === 'string' ? entry.value : null;
  } catch {
    return null;
  }
}

/** Puts a file in the place of another, whole, and says when it was written by the clock of the file system. */
async function replace(file: string, text: string): Promise<number> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    let mtimeMs: number;
    try {
      await handle.writeFile(text);
      // Without it a loss of power after the rename could leave the new name with nothing in it.
      await handle.sync();
      ({ mtimeMs } = await handle.stat());
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    return mtimeMs;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}

/** Removes what writers left that did not come to their end. The value is safe by now: nothing here may fail its write. */
async function sweep(folder: string, beforeMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!UNFINISHED.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < beforeMs) await rm(file, { force: true }).catch(() => {});
  }
}
