import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { readVariable } from '../credentials/environment.js';
import type { ProfileSettings } from './profile.js';

/** Files without these words decide nothing but the region. */
const DECIDES = /endpoint_url|use_fips_endpoint|use_dualstack_endpoint|services/;

/**
 * Reads the profile that `AWS_PROFILE` names, or `default`, as AWS's clients do. The files are opened with AWS's own reader, and
 * only if they can decide something: it takes longer to load than a request takes to send.
 *
 * @param forRegion Whether the region is needed too.
 */
export async function ambientProfile(forRegion: boolean): Promise<ProfileSettings | undefined> {
  const configFile = pathOf('AWS_CONFIG_FILE', 'config');
  const credentialsFile = pathOf('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  if (!decides(configFile, forRegion) && !decides(credentialsFile, forRegion)) return undefined;
  const { loadSharedConfigFiles, CONFIG_PREFIX_SEPARATOR } = await import('@smithy/core/config');
  const { configFile: config, credentialsFile: credentials } = await loadSharedConfigFiles({
    filepath: credentialsFile,
    configFilepath: configFile,
  });
  const name = readVariable('AWS_PROFILE') ?? 'default';
  const [ofCredentials = {}, ofConfig = {}] = [credentials[name], config[name]];
  const profile = { ...ofCredentials, ...ofConfig };
  const { services } = profile;
  return {
    // For the region alone, AWS's clients prefer the file of credentials.
    region: ofCredentials['region'] ?? ofConfig['region'],
    useFips: profile['use_fips_endpoint'],
    useDualStack: profile['use_dualstack_endpoint'],
    ignoresEndpoints: profile['ignore_configured_endpoint_urls'],
    endpointOf(service) {
      if (services === undefined) return profile['endpoint_url'];
      // A section that is missing hides the endpoint of the profile too.
      const section = config[['services', services].join(CONFIG_PREFIX_SEPARATOR)];
      if (section === undefined) return undefined;
      return section[[service, 'endpoint_url'].join(CONFIG_PREFIX_SEPARATOR)] ?? profile['endpoint_url'];
    },
  };
}

/** Without a home directory, never falls back to the current folder: somebody else's project would decide where keys go. */
function pathOf(variable: string, file: string): string {
  const home = readVariable('HOME') ?? readVariable('USERPROFILE') ?? findHome();
  return readVariable(variable)?.replace(/^~(?=\/)/, home) ?? resolve('/', home, '.aws', file);
}

/** Deno needs a permission for this; without it there are no files of AWS either. */
function findHome(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

function decides(path: string, forRegion: boolean): boolean {
  try {
    // Each call asks, and an error for a file that is not there would take ten times as long.
    return existsSync(path) && (forRegion || DECIDES.test(readFileSync(path, 'utf8')));
  } catch {
    // It may not be read.
    return false;
  }
}
