import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from '../local-files.js';

/** A lock is kept for milliseconds. One that is older belongs to a process that was killed. */
const ABANDONED_MS = 10_000;

/** The longest pause before the next attempt to lock. Each is random, so that waiting processes do not meet again. */
const PAUSE_MS = 20;

/**
 * Changes a file that only its owner may read. Processes that change it at the same time wait for each other; readers never see
 * a part of a change.
 *
 * @param change Returns the new text; it gets undefined for a missing file.
 */
export async function updateFile(path: string, change: (text: string | undefined) => string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A link stays a link.
  const file = await realpath(path).catch(() => path);
  const lock = `${file}.lock`;
  for (let isDone = false; !isDone; ) {
    const token = await take(lock);
    const isMine = async () => (await readIfThere(lock)) === token;
    try {
      isDone = await replace(file, change(await readIfThere(file)), isMine);
    } finally {
      if (await isMine()) await rm(lock, { force: true });
    }
  }
}

/** Reads a file; undefined if it is missing. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`The file ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Waits for a lock and returns what is in it. */
async function take(lock: string): Promise<string> {
  const token = randomUUID();
  for (;;) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.writeFile(token);
      await handle.close();
      return token;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (await isAbandoned(lock)) await remove(lock);
    else await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** Removes an abandoned lock, unless another process has done so and taken its own meanwhile. */
async function remove(lock: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  await rename(lock, aside).catch(() => undefined);
  if (!(await isAbandoned(aside))) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Writes a file as a whole, unless another process has taken over the lock: then it returns false. */
async function replace(file: string, text: string, isMine: () => Promise<boolean>): Promise<boolean> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      // Otherwise a power failure after the rename could leave an empty file.
      await handle.sync();
    } finally {
      await handle.close();
    }
    const isAllowed = await isMine();
    if (isAllowed) await rename(unfinished, file);
    return isAllowed;
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
