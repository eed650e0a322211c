import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../errors.js';
import { checkOwnFolder, readOwnFile } from './own-file.js';
import type { TextStorage } from './text.js';

/** A file that a writer leaves behind if it is killed before it can rename it. */
const UNFINISHED = /^[0-9a-f]{64}\.json\.[0-9a-f-]{36}\.tmp$/;

/** Age at which such a file is abandoned: no writer takes this long from its last byte to the rename. */
const UNFINISHED_FOR_MS = 600_000;

/**
 * Creates a storage in a folder, for Node. Each key has its own JSON file, named by the SHA-256 of the key. A write replaces
 * one file by renaming another, so writers of other keys, in this process or another one, need no lock.
 *
 * A reader always sees a complete value, even if a writer is killed or several write at once; the last one wins. New files
 * have mode 0600, new folders 0700. A file that this storage did not write counts as a missing key, and so does one that
 * others own or may write, a symbolic link, or a named pipe. Files that killed writers left behind are removed by the first
 * write ten minutes later.
 *
 * Owners and modes are not checked on Windows, where a folder has the permissions of the one that it is in: choose one in the
 * user's profile. Deno tells the owner only with `--allow-sys=uid`.
 *
 * @param path The folder, created by the first write. A relative path is resolved now, from the current working directory.
 * @throws BedrockError `ERR_INPUT` if the path is empty; calls reject with it if the folder belongs to another user than this
 * one and root, or if others may write to it. Otherwise they reject with Node's own error (`EACCES`, `ENOSPC`, …).
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
      await checkOwnFolder(folder);
      const text = await readOwnFile(fileOf(key));
      return text === undefined ? null : readValue(text, key);
    },
    async setItem(key, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await checkOwnFolder(folder);
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

/** Reads the value in a file. The key in it is checked too, so that a file copied under another name is not used. */
function readValue(text: string, key: string): string | null {
  try {
    const entry = JSON.parse(text) as { key?: unknown; value?: unknown } | null;
    return entry?.key === key && typeof entry.value === 'string' ? entry.value : null;
  } catch {
    return null;
  }
}

/**
 * Replaces a file as a whole. Returns when it was written, by the clock of the file system: on a network drive that is not
 * the clock of this machine.
 */
async function replace(file: string, text: string): Promise<number> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    let mtimeMs: number;
    try {
      await handle.writeFile(text);
      // Without it, a power failure after the rename could leave an empty file under the new name.
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

/** Removes what killed writers left. The value has been written by now, so no failure here may reject the write. */
async function sweep(folder: string, beforeMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!UNFINISHED.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < beforeMs) await rm(file, { force: true }).catch(() => {});
  }
}
