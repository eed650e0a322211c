import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { credentialSource } from '../../index.js';
import { variable } from '../environment.js';

/** Settings that get credentials from where the files do not show it: of any account, at any time. */
const ELSEWHERE = /^[ \t]*credential_(?:process|source)[ \t]*=/m;

/**
 * Names the credentials of the profile in AWS_PROFILE without loading them, so that their list is found at once: by all that
 * the files of profiles say, since the same name may stand for another account tomorrow. Undefined if there is no such
 * profile, or if only the credentials themselves show whose they are.
 */
export async function findProfileScope(): Promise<string | undefined> {
  if (credentialSource().effective !== 'profile') return undefined;
  const folder = join(homedir(), '.aws');
  const files = [
    variable('AWS_CONFIG_FILE') ?? join(folder, 'config'),
    variable('AWS_SHARED_CREDENTIALS_FILE') ?? join(folder, 'credentials'),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  if (texts.some((text) => ELSEWHERE.test(text))) return undefined;
  const said = JSON.stringify([variable('AWS_PROFILE'), ...files, ...texts]);
  return `profile ${createHash('sha256').update(said).digest('hex')}`;
}
