import { dirname, join, resolve } from 'node:path';
import type { ServeConfiguration } from '../../gateway/index.js';
import { filled } from '../arguments.js';
import { UsageError } from '../print/terminal.js';
import { configFolder } from '../settings/folders.js';
import { readConfiguration } from './configuration.js';

/** Options that say where the files of `serve` are. */
export interface PlaceOptions {
  config?: string | undefined;
  keys?: string | undefined;
}

/** Where the files of `serve` are, as absolute paths. */
export interface Places {
  /** Undefined if nobody named a file and the user has no home. */
  keys: string | undefined;
  usage: string | undefined;
  /** Whether somebody named the keys: then the file is used even with a local Bedrock. */
  isNamed: boolean;
  configuration: ServeConfiguration;
}

/**
 * Finds the files of `serve`: by `--keys`, by the configuration file, otherwise in the configuration folder of the user.
 *
 * @throws UsageError for a configuration file that is wrong
 */
export async function findPlaces(options: PlaceOptions): Promise<Places> {
  const config = filled('--config', options.config);
  const named = filled('--keys', options.keys);
  const configuration = config === undefined ? {} : await readConfiguration(config);
  const folder = configFolder();
  const keys =
    (named && resolve(named)) ?? configuration.keys ?? (folder && join(folder, 'gateway-keys.json'));
  const usage = configuration.usage ?? (keys && join(dirname(keys), 'gateway-usage.json'));
  const isNamed = named !== undefined || configuration.keys !== undefined;
  return { keys, usage, isNamed, configuration };
}

/**
 * Returns a path that a command needs.
 *
 * @throws UsageError if there is none
 */
export function requirePath(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new UsageError('This user has no home folder for the files of the gateway. Pass --keys with a file.');
}
