import { randomBytes } from 'node:crypto';
import { type Authorize, fromKeys, hashKey } from '../../gateway/index.js';
import { variable } from '../environment.js';
import { readKeys } from './keys/keys-file.js';
import { fromKeysFile } from './keys/reload.js';
import type { Places } from './places.js';

/** Who may use a gateway that `serve` starts. */
export interface Access {
  authorize: Authorize;
  /** The key besides those of the file, if there is one. */
  apiKey: string | undefined;
  /** Whether that key was made for this start. */
  isNew: boolean;
  /** Path of the file with keys, if it is used. */
  file: string | undefined;
}

/**
 * Decides which keys count: those of the file, if somebody named or created one, and that of `BEDROCK_GATEWAY_KEY`. If there are
 * neither, a new key is made. A local Bedrock costs nothing, so that only a named file counts there.
 *
 * @param tell Gets the reason if the file cannot be used at a later time.
 * @throws Error if the file cannot be used now
 */
export async function openAccess(
  places: Places,
  isLocal: boolean,
  tell: (reason: string) => void,
): Promise<Access> {
  const { keys, isNamed } = places;
  const isRead = keys !== undefined && (isNamed || !isLocal);
  const found = isRead ? await readKeys(keys) : undefined;
  const file = isNamed || found !== undefined ? keys : undefined;
  const given = variable('BEDROCK_GATEWAY_KEY');
  const isNew = given === undefined && file === undefined;
  const apiKey = isNew ? `bag-${randomBytes(24).toString('base64url')}` : given;
  const ways = [
    ...(file === undefined ? [] : [fromKeysFile(file, tell)]),
    ...(apiKey === undefined ? [] : [fromKeys([{ name: 'serve', hash: await hashKey(apiKey) }])]),
  ];
  const authorize: Authorize = async (request, details) => {
    for (const way of ways) {
      const caller = await way(request, details);
      if (caller) return caller;
    }
    return undefined;
  };
  return { authorize, apiKey, isNew, file };
}
