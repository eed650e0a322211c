import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { fileStorage } from '../storage/file.js';
import { stateFolder } from './settings/folders.js';

/** The keys of a local Bedrock. */
export interface LocalKeys {
  credentials: { accessKeyId: string; secretAccessKey: string };
  apiKey: string;
}

const KEY = 'keys of the local Bedrock';

/** Returns the keys that an earlier start has kept, and keeps new ones if there are none: in a file of this user alone. */
export async function keepKeys(): Promise<{ keys: LocalKeys; folder: string }> {
  const state = stateFolder();
  if (state === undefined) {
    throw new Error(
      'There is no home folder to keep the keys in. Set XDG_STATE_HOME to a folder of yours, ' +
        'or replace --keep-keys by --access-key-id, --secret-access-key and --api-key.',
    );
  }
  const folder = join(state, 'local-keys');
  const storage = fileStorage(folder);
  const kept = readKeys(await storage.getItem(KEY));
  if (kept !== undefined) return { keys: kept, folder };
  const keys = createKeys();
  await storage.setItem(KEY, JSON.stringify(keys));
  return { keys, folder };
}

/** Reads what was kept; undefined if there is nothing, or something that this program did not write. */
function readKeys(text: string | null): LocalKeys | undefined {
  const { credentials, apiKey } = Object(parse(text ?? 'null')) as Partial<LocalKeys>;
  const { accessKeyId, secretAccessKey } = Object(credentials) as Partial<LocalKeys['credentials']>;
  const isComplete = [accessKeyId, secretAccessKey, apiKey].every(
    (key) => typeof key === 'string' && key !== '',
  );
  return isComplete ? ({ credentials, apiKey } as LocalKeys) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** As long as AWS's. The prefix of the access key is that of temporary ones, which a page may use. */
function createKeys(): LocalKeys {
  const id = Array.from({ length: 16 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  const secretAccessKey = randomBytes(30).toString('base64');
  return {
    credentials: { accessKeyId: `ASIA${id}`, secretAccessKey },
    apiKey: `local-${randomBytes(30).toString('base64url')}`,
  };
}
