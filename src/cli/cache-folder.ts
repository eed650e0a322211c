import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../index.js';
import { variable } from './environment.js';

/**
 * The folder for what can be had again, of this user and this program: in `XDG_CACHE_HOME`, else where the system keeps
 * such things. Source: XDG Base Directory Specification, which leaves out paths that are not absolute.
 *
 * @returns undefined where the user has no home
 */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  env?: Environment,
): string | undefined {
  const own = variable('XDG_CACHE_HOME', env);
  if (own !== undefined && isAbsolute(own)) return join(own, 'bedrock-anywhere');
  const home = homeOf(env);
  switch (platform) {
    case 'win32': {
      const local = variable('LOCALAPPDATA', env) ?? (home && join(home, 'AppData', 'Local'));
      return local && join(local, 'bedrock-anywhere');
    }
    case 'darwin':
      return home && join(home, 'Library', 'Caches', 'bedrock-anywhere');
    default:
      return home && join(home, '.cache', 'bedrock-anywhere');
  }
}

function homeOf(env: Environment | undefined): string | undefined {
  if (env !== undefined) return variable('HOME', env) ?? variable('USERPROFILE', env);
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
