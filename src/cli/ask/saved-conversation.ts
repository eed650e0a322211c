import type { MessageInput } from '../../index.js';
import { fileStorage } from '../../storage/file.js';
import { stateFolder } from '../settings/folders.js';

/** A conversation, as it is kept for `ask -c`. */
export interface SavedConversation {
  modelId: string;
  system: string | undefined;
  messages: MessageInput[];
  /** Whether a local Bedrock made its answers up. */
  isLocal: boolean;
}

const KEY = 'last conversation';

/** Reads the last conversation; undefined if there is none. */
export async function readLastConversation(): Promise<SavedConversation | undefined> {
  const folder = stateFolder();
  const text = folder === undefined ? null : await fileStorage(folder).getItem(KEY);
  if (text === null) return undefined;
  const saved = JSON.parse(text) as Partial<SavedConversation> | null;
  return Array.isArray(saved?.messages) && typeof saved.modelId === 'string'
    ? (saved as SavedConversation)
    : undefined;
}

/** Keeps a conversation, in a file that only this user can read. */
export async function saveConversation(conversation: SavedConversation): Promise<void> {
  const folder = stateFolder();
  if (folder !== undefined) await fileStorage(folder).setItem(KEY, writeJson(conversation));
}

/** JSON with bytes as base64, which requests accept again. */
export function writeJson(value: unknown, space?: number): string {
  return JSON.stringify(
    value,
    (_name, part: unknown) => (part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part),
    space,
  );
}
