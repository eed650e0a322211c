import { filled, regionOf } from '../arguments.js';
import { variable } from '../environment.js';
import { type Config, readConfig } from './config-file.js';

/** Who and where, after options, environment and configuration file were combined. */
export interface Defaults {
  /** The region to pass to calls; undefined if they find it themselves. */
  region: string | undefined;
  /** What named {@link region}, in words. */
  regionFrom: string;
  config: Config;
}

const KEYS = ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'];

/**
 * Combines `--profile` and `--region`, the environment and the configuration file, in this order. The profile is set as
 * AWS_PROFILE of this process, which decides for every call, and an API key that would come before it is removed.
 *
 * @throws UsageError for a wrong option or configuration file
 */
export async function applyDefaults(options: {
  profile?: string | undefined;
  region?: string | undefined;
}): Promise<Defaults> {
  const given = regionOf(options.region);
  const profile = filled('--profile', options.profile);
  const config = await readConfig();
  const isSet = (name: string): boolean => variable(name) !== undefined;
  if (profile !== undefined) {
    process.env['AWS_PROFILE'] = profile;
    delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
  } else if (config.profile !== undefined && !KEYS.some(isSet)) {
    process.env['AWS_PROFILE'] = config.profile;
  }
  if (given !== undefined) return { region: given, regionFrom: '--region', config };
  const isInEnvironment = isSet('AWS_REGION') || isSet('AWS_DEFAULT_REGION');
  return {
    region: isInEnvironment ? undefined : config.region,
    regionFrom: 'the configuration file',
    config,
  };
}
