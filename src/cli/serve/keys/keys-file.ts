import { stat } from 'node:fs/promises';
import { type Authorize, type Budgets, fromKeys, type GatewayKey } from '../../../gateway/index.js';
import { parseFileText } from '../../json-text.js';
import { readIfThere, updateFile } from '../../settings/update-file.js';

/** A key as the file has it. */
export interface StoredKey extends GatewayKey {
  /** Tells keys of the same name apart. */
  id: string;
  /** When it was created, as ISO 8601. */
  createdAt: string;
  models?: readonly string[] | undefined;
  budgets?: Budgets | undefined;
}

/** The keys of a file, and the function that authorizes by them. */
export interface KeysFile {
  keys: readonly StoredKey[];
  authorize: Authorize;
}

/**
 * Reads a file of keys; undefined if it is missing.
 *
 * @throws Error if it is not a file of keys, or if others may write to it
 */
export async function readKeys(path: string): Promise<KeysFile | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  await checkMode(path);
  return parseKeys(text, path);
}

/**
 * Changes the keys of a file, which is created if it is missing.
 *
 * @throws Error if it is not a file of keys
 */
export async function updateKeys(
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  await updateFile(path, (text) => {
    const { keys } = text === undefined ? { keys: [] } : parseKeys(text, path);
    return `${JSON.stringify({ keys: change(keys) }, undefined, 2)}\n`;
  });
}

function parseKeys(text: string, path: string): KeysFile {
  const refuse = (reason: string): never => {
    throw new Error(`The file of keys ${path} cannot be used: ${reason}`);
  };
  const json = parseFileText(text, (reason) => refuse(`it ${reason}. Correct it, or restore a copy.`));
  const keys = Object(json).keys as unknown;
  if (!Array.isArray(keys) || !keys.every(isStored))
    return refuse(
      'it is not { "keys": [{ "id", "name", "hash", "createdAt" }] }. Create it with: npx bedrock-anywhere serve keys create',
    );
  try {
    return { keys, authorize: keys.length === 0 ? () => undefined : fromKeys(keys) };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function isStored(value: unknown): value is StoredKey {
  const { id, createdAt } = Object(value) as Partial<Record<keyof StoredKey, unknown>>;
  return typeof id === 'string' && typeof createdAt === 'string';
}

/** Writing, for the group or for all. */
const WRITABLE_BY_OTHERS = 0o022;

async function checkMode(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & WRITABLE_BY_OTHERS) !== 0)
    throw new Error(
      `The file of keys ${path} cannot be used: other users may write to it and could add keys. Run: chmod 600 ${path}`,
    );
}
