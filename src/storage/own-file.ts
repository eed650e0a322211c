import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { inputError } from '../errors.js';

/**
 * Opens no symbolic link, and does not wait for the writer of a named pipe: a reader would wait forever, in a thread that all
 * files share. Windows has neither flag, and no named pipes in folders.
 */
const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
const FLAGS = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;

/** What opening a missing file, a symbolic link and a socket fails with. */
const NOT_A_FILE = new Set(['ENOENT', 'ELOOP', 'ENXIO', 'EOPNOTSUPP']);

/** Writing, for the group or for all. */
const WRITABLE_BY_OTHERS = 0o022;

const ROOT = 0;

/** Reads a file that nobody but this user can have written; undefined if it is missing, or anything else. */
export async function readOwnFile(file: string): Promise<string | undefined> {
  const handle = await open(file, FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (NOT_A_FILE.has(error.code ?? '')) return undefined;
    throw error;
  });
  try {
    const found = await handle?.stat();
    if (!found?.isFile() || isOfAnother(found.uid) || isWritable(found.mode)) return undefined;
    return await handle?.readFile('utf8');
  } finally {
    await handle?.close();
  }
}

/**
 * Checks that nobody but this user can put files into a folder. A missing one passes.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export async function checkOwnFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (isOfAnother(found.uid)) {
    throw inputError(
      `fileStorage() does not use ${folder}: it belongs to another user, who could change what is in it. Pass a folder of your own.`,
    );
  }
  if (isWritable(found.mode)) {
    throw inputError(
      `fileStorage() does not use ${folder}: other users may write to it and could change what is in it. ` +
        'Run `chmod go-w` on it, or pass a folder inside it, which fileStorage() creates for this user alone.',
    );
  }
}

/** Whether neither this user nor root owns something. Where the user is not known, such as in Deno without `--allow-sys`, nobody is another. */
function isOfAnother(uid: number): boolean {
  let own: number | undefined;
  try {
    own = process.getuid?.();
  } catch {
    // Deno throws if it may not tell.
  }
  return own !== undefined && uid !== own && uid !== ROOT;
}

/** Windows has lists of permissions instead of modes, and Node makes one up: writable by all. */
function isWritable(mode: number): boolean {
  return process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0;
}
