import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../../index.js';
import { variable } from '../environment.js';

/** Where each system keeps what programs store for a user, below the home. */
interface Places {
  xdg: 'XDG_CACHE_HOME' | 'XDG_STATE_HOME' | 'XDG_CONFIG_HOME';
  unix: string[];
  mac: string[];
  windows: 'LOCALAPPDATA' | 'APPDATA';
}

/**
 * The folder for what can be fetched again, of this user and this program: in `XDG_CACHE_HOME`, otherwise where the system
 * keeps such files. Source: XDG Base Directory Specification, which ignores paths that are not absolute.
 *
 * @returns undefined if the user has no home
 */
export function cacheFolder(platform?: NodeJS.Platform, env?: Environment): string | undefined {
  const mac = ['Library', 'Caches'];
  return folderOf({ xdg: 'XDG_CACHE_HOME', unix: ['.cache'], mac, windows: 'LOCALAPPDATA' }, platform, env);
}

/** The folder for the last conversation: in `XDG_STATE_HOME`, otherwise where the system keeps such files. */
export function stateFolder(platform?: NodeJS.Platform, env?: Environment): string | undefined {
  const unix = ['.local', 'state'];
  return folderOf({ xdg: 'XDG_STATE_HOME', unix, mac: unix, windows: 'LOCALAPPDATA' }, platform, env);
}

/** The folder of the configuration file: in `XDG_CONFIG_HOME`, otherwise `~/.config`, on Windows `%APPDATA%`. */
export function configFolder(platform?: NodeJS.Platform, env?: Environment): string | undefined {
  const unix = ['.config'];
  return folderOf({ xdg: 'XDG_CONFIG_HOME', unix, mac: unix, windows: 'APPDATA' }, platform, env);
}

function folderOf(
  { xdg, unix, mac, windows }: Places,
  platform = process.platform,
  env?: Environment,
): string | undefined {
  const own = variable(xdg, env);
  if (own !== undefined && isAbsolute(own)) return join(own, 'bedrock-anywhere');
  const home = homeOf(env);
  if (platform === 'win32') {
    const below = ['AppData', windows === 'APPDATA' ? 'Roaming' : 'Local'];
    const folder = variable(windows, env) ?? (home && join(home, ...below));
    return folder && join(folder, 'bedrock-anywhere');
  }
  return home && join(home, ...(platform === 'darwin' ? mac : unix), 'bedrock-anywhere');
}

function homeOf(env: Environment | undefined): string | undefined {
  if (env !== undefined) return variable('HOME', env) ?? variable('USERPROFILE', env);
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
