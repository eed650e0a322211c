import { apiKeyExpiration, createApiKey, explain } from '../index.js';
import { AWS_OPTIONS, FLAG, filled, readOptions, TEXT } from './arguments.js';
import { inWords } from './print/duration.js';
import { writeHelp } from './print/help-text.js';
import { type Terminal, UsageError } from './print/terminal.js';
import { applyDefaults } from './settings/defaults.js';

const HELP = `Usage: bedrock-anywhere key [options]

Creates a short-term Bedrock API key from your AWS access keys, without a request. Anyone who has it can use Bedrock as
you can, in one region, until it expires. The key alone is printed to standard output:

  export AWS_BEARER_TOKEN_BEDROCK=$(npx bedrock-anywhere key)

Options
  --expires <time>    lifetime, such as 15m or 2h, at most 12h; default 1h. It ends earlier if your credentials do
  --json              print JSON with the key, its region and its expiry
  --profile <name>    AWS profile, instead of the credentials in the environment
  --region <region>   region in which the key is valid
  --help              show this
`;

const MAX_SECONDS = 12 * 60 * 60;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Runs `bedrock-anywhere key`. */
export async function runKey(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('key', args, { ...AWS_OPTIONS, expires: TEXT, json: FLAG });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const expiresInSeconds = readLifetime(filled('--expires', options.expires) ?? '1h');
  const defaults = await applyDefaults(options);
  const { region, failure } = await explain({ region: defaults.region });
  if (region === undefined) throw new Error(failure?.message ?? 'The region is unknown. Pass --region.');
  // A key cannot be made from another key, so the chain is asked even if the environment has one. It loads the AWS SDK.
  const { fromSdkChain } = await import('../aws/index.js');
  const key = await createApiKey(fromSdkChain(profileOption()), { region, expiresInSeconds });
  const expiration = apiKeyExpiration(key);
  if (options.json === true) {
    terminal.out(
      `${JSON.stringify({ key, region, expiration: expiration?.toISOString() ?? null }, undefined, 2)}\n`,
    );
    return;
  }
  terminal.out(`${key}\n`);
  const left = expiration === undefined ? '' : `, expires in ${inWords(expiration.getTime() - Date.now())}`;
  terminal.err(`Valid in ${region}${left}. Keep it secret: it can do with Bedrock whatever you can.\n`);
}

function profileOption(): { profile?: string } {
  const profile = process.env['AWS_PROFILE'];
  return profile === undefined ? {} : { profile };
}

function readLifetime(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? 0);
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(`--expires ${text} is not a lifetime. Pass one such as 15m or 2h, at most 12h.`);
}
