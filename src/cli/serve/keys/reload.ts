import { stat } from 'node:fs/promises';
import type { Authorize } from '../../../gateway/index.js';
import { readKeys } from './keys-file.js';

/**
 * Authorizes by a file of keys, which is read again whenever it has changed: a key that was created or revoked counts from the
 * next request on. A missing file has no keys. While a file cannot be used, the keys stay as they were, and `tell` gets the reason.
 */
export function fromKeysFile(path: string, tell: (reason: string) => void): Authorize {
  let authorize: Authorize = () => undefined;
  let stamp: string | undefined;
  /** Checks run at the same time, and a slow one must not bring back what a later one has replaced. */
  let begun = 0;
  let applied = 0;

  async function refresh(): Promise<void> {
    const mine = ++begun;
    const found = await stampOf(path);
    if (found === stamp || mine < applied) return;
    try {
      const file = await readKeys(path);
      if (mine < applied) return;
      authorize = file?.authorize ?? (() => undefined);
    } catch (error) {
      if (mine < applied) return;
      tell(error instanceof Error ? error.message : String(error));
    }
    applied = mine;
    stamp = found;
  }

  return async (request, details) => {
    await refresh();
    return authorize(request, details);
  };
}

/** Changes with the file: each change replaces it, so that at least its inode differs. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, mtimeMs, size, mode } = await stat(path);
    return [ino, mtimeMs, size, mode].join(' ');
  } catch {
    return 'missing';
  }
}
