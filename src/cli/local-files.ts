import { readFile } from 'node:fs/promises';
import type { LocalModel, LocalProfile } from '../local/index.js';
import type { LocalServerOptions } from '../local/node.js';
import { parseFileText } from './json-text.js';

/** The models and profiles in a file. What is wrong with one of them is found by the local Bedrock. */
export function accountOf(json: unknown, file: string): Pick<LocalServerOptions, 'models' | 'profiles'> {
  const { models, profiles } = (Array.isArray(json) ? { models: json } : Object(json)) as {
    models?: unknown;
    profiles?: unknown;
  };
  const isModel = (one: unknown): boolean =>
    typeof one === 'string' || typeof (one as { modelId?: unknown } | null)?.modelId === 'string';
  if (
    !Array.isArray(models) ||
    !models.every(isModel) ||
    (profiles !== undefined && !Array.isArray(profiles))
  ) {
    throw new Error(
      `The list of models ${file} is not one. Pass a JSON file with a list of ids or models, such as ["acme.one-v1:0", { "modelId": "acme.two-v1:0" }].`,
    );
  }
  return {
    models: models as (string | LocalModel)[],
    ...(profiles !== undefined && { profiles: profiles as LocalProfile[] }),
  };
}

/**
 * Reads a JSON file.
 *
 * @param what What the file contains, for errors.
 * @param advice What to do about an error.
 */
export async function readJson(
  what: string,
  path: string,
  advice = 'Pass a JSON file with a list.',
): Promise<unknown> {
  const refuse = (reason: string): never => {
    throw new Error(`The ${what} ${path} cannot be read: ${reason}. ${advice}`);
  };
  const text = await readFile(path, 'utf8').catch((error: unknown) =>
    refuse(reasonOf(error, 'the file does not exist')),
  );
  return parseFileText(text, (reason) => refuse(`it ${reason}`));
}

/** Why the system refused, in words. */
export function reasonOf(error: unknown, absent = 'the address is not one of this machine'): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is in use';
    case 'EACCES':
      return 'it is not permitted';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOENT':
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL':
      return absent;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
