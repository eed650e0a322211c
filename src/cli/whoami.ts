import { ambientCredentials } from '../credentials/ambient.js';
import { getCallerIdentity } from '../credentials/caller-identity.js';
import { resolveCredentials } from '../credentials/resolve.js';
import {
  apiKeyExpiration,
  BedrockError,
  type CredentialSource,
  type Credentials,
  credentialSource,
} from '../index.js';
import {
  chainStep,
  endpointsInUse,
  profileName,
  regionInUse,
  type SetEndpoint,
  variablesOf,
} from './ambient.js';
import { FLAG, HELP_FLAG, readOptions, regionOf, TEXT } from './arguments.js';
import { inWords } from './duration.js';
import { whileTurning } from './spinner.js';
import { dim, type Terminal } from './terminal.js';

const HELP = `Usage: bedrock-anywhere whoami [options]

Shows which credentials a call would use, whose they are, and where region and endpoint come from. Secrets are not
shown. Ends with 1 where the credentials are missing, over, or refused.

Options
  --region <region>   as a call would be given it
  --json              print JSON instead of text
  --help              show this
`;

/** What is known; null is unknown. The keys are those of --json. */
interface Report extends CredentialSource {
  /** Variables that the credentials were read from. */
  variables: string[];
  /** Variables that are set and not used. */
  unused: string[];
  profile: string | null;
  /** The step of the AWS default chain. */
  step: string | null;
  /** The end of the access key's id. */
  keyIdEnd: string | null;
  /** When the credentials end, ISO 8601. */
  expiration: string | null;
  account: string | null;
  arn: string | null;
  region: string;
  regionFrom: string;
  endpoints: SetEndpoint[];
  /** Why the account is not known. */
  note: string | null;
}

/** Runs `bedrock-anywhere whoami`. */
export async function runWhoami(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('whoami', args, { region: TEXT, json: FLAG, help: HELP_FLAG });
  if (options.help === true) {
    terminal.out(HELP);
    return;
  }
  const { region, from } = await regionInUse(regionOf(options.region));
  const { source, effective } = credentialSource();
  const { used, unused } = variablesOf(effective);
  const report: Report = {
    source,
    effective,
    variables: used,
    unused,
    profile: effective === 'profile' ? profileName() : null,
    step: null,
    keyIdEnd: null,
    expiration: null,
    account: null,
    arn: null,
    region,
    regionFrom: from,
    endpoints: endpointsInUse(),
    note: null,
  };
  const quiet = { ...terminal, animated: options.json !== true && terminal.animated };
  let failure: unknown;
  try {
    await whileTurning(quiet, 'Asking AWS whose credentials these are …', fill(report));
  } catch (error) {
    failure = error;
  }
  // Where they were looked for helps most when they fail.
  terminal.out(options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : text(report, terminal));
  if (failure !== undefined) throw failure;
}

/** Adds what only the credentials, and AWS, can tell. */
async function fill(report: Report): Promise<void> {
  const given = ambientCredentials();
  const credentials = await resolveCredentials(given, Date.now());
  const end = endOf(credentials);
  report.expiration = end?.toISOString() ?? null;
  if ('token' in credentials) {
    report.note = 'AWS offers no call that tells whose an API key is.';
    if (end !== undefined && end.getTime() <= Date.now()) throw ended(end);
    return;
  }
  report.step = chainStep(credentials) ?? null;
  report.keyIdEnd = credentials.accessKeyId.slice(-4);
  const { account, arn } = await getCallerIdentity({ region: report.region, credentials: given });
  report.account = account;
  report.arn = arn;
}

function endOf(credentials: Credentials): Date | undefined {
  const end =
    credentials.expiration ?? ('token' in credentials ? apiKeyExpiration(credentials.token) : undefined);
  return end === undefined || Number.isNaN(end.getTime()) ? undefined : end;
}

function ended(end: Date): BedrockError {
  return new BedrockError({
    code: 'ERR_CREDENTIALS',
    name: 'CredentialsError',
    message:
      `The Bedrock API key ended ${inWords(Date.now() - end.getTime())} ago. Make a new one, with createApiKey() or in ` +
      'the AWS console, and put it into AWS_BEARER_TOKEN_BEDROCK.',
  });
}

const LABELS = {
  'bearer-token': 'Bedrock API key',
  'access-keys': 'access keys of the environment',
  profile: 'AWS profile',
  'default-chain': 'AWS default chain',
  none: 'none',
} as const;

type Line = [label: string, value: string, remark?: string];

function text(report: Report, terminal: Terminal): string {
  const { source, effective, variables, unused, profile, step, keyIdEnd, expiration } = report;
  const name = profile === null ? '' : ` "${profile}"`;
  const lines: Line[] = [
    ['Credentials', `${LABELS[effective]}${name}`, [...variables, step ?? []].flat().join(', ')],
  ];
  if (source !== effective) lines.push(['', `The source is ${source}, but the profile beats them.`]);
  if (unused.length > 0) lines.push(['Not used', unused.join(', '), 'set, but not looked at']);
  if (keyIdEnd !== null) lines.push(['Key id', `…${keyIdEnd}`]);
  if (expiration !== null) lines.push(['Expires', expiration, untilWords(expiration)]);
  lines.push(['Account', report.account ?? '—', report.note ?? '']);
  if (report.arn !== null) lines.push(['ARN', report.arn]);
  lines.push(['Region', report.region, report.regionFrom]);
  for (const { url, variable, services } of report.endpoints) {
    lines.push(['Endpoint', url, `${variable}, for ${services.join(', ')}`]);
  }
  return lines.map((line) => `${shown(line, terminal)}\n`).join('');
}

const LABEL_WIDTH = 13;

/** A remark stands behind its value where there is room, else below it. */
function shown([label, value, remark = '']: Line, terminal: Terminal): string {
  const line = label.padEnd(LABEL_WIDTH) + value;
  if (remark === '') return line;
  const behind = `(${remark})`;
  const fits = line.length + 2 + behind.length <= (terminal.columns ?? Number.POSITIVE_INFINITY);
  return line + (fits ? '  ' : `\n${' '.repeat(LABEL_WIDTH)}`) + dim(behind, terminal);
}

function untilWords(expiration: string): string {
  const left = Date.parse(expiration) - Date.now();
  return left > 0 ? `in ${inWords(left)}` : `${inWords(-left)} ago`;
}
