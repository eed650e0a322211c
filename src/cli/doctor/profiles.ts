import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { variable } from '../environment.js';

/** The names of the AWS profiles on this machine. */
export async function listProfiles(): Promise<string[]> {
  const folder = join(homedir(), '.aws');
  const files = [
    variable('AWS_CONFIG_FILE') ?? join(folder, 'config'),
    variable('AWS_SHARED_CREDENTIALS_FILE') ?? join(folder, 'credentials'),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const sections = texts.flatMap((text) =>
    [...text.matchAll(/^\[([^\]]+)\]/gm)].map(([, name = '']) => name.trim()),
  );
  const names = sections
    .filter((name) => !/^(?:sso-session|services)\s/.test(name))
    .map((name) => name.replace(/^profile\s+/, ''));
  return [...new Set(names)];
}
