import {
  BedrockError,
  type ExplainedFailure,
  type Explanation,
  explain,
  getCallerIdentity,
  isBedrockError,
} from '../index.js';
import { AWS_OPTIONS, FLAG, readOptions } from './arguments.js';
import { CREDENTIAL_LABELS, endpointsSet, regionFrom, type SetEndpoint } from './origins.js';
import { inWords } from './print/duration.js';
import { writeHelp } from './print/help-text.js';
import { whileTurning } from './print/spinner.js';
import { dim, type Terminal } from './print/terminal.js';
import { applyDefaults, type Defaults } from './settings/defaults.js';

const HELP = `Usage: bedrock-anywhere whoami [options]

Shows which credentials a call would use, whose they are, and where region and endpoint come from. Secrets are not
shown. Exits with 1 if the credentials are missing, expired or rejected.

Options
  --profile <name>    AWS profile, instead of the credentials in the environment
  --region <region>   region of the call
  --json              print JSON instead of text
  --help              show this
`;

/** What is known; null means unknown. The keys are those of --json. */
interface Report {
  source: string;
  effective: string;
  /** Variables that the credentials were read from. */
  variables: string[];
  /** Variables that are set but not used. */
  unused: string[];
  profile: string | null;
  /** The step of the AWS default chain. */
  step: string | null;
  /** The end of the access key's id. */
  keyIdEnd: string | null;
  /** When the credentials expire, ISO 8601. */
  expiration: string | null;
  account: string | null;
  arn: string | null;
  region: string | null;
  regionFrom: string | null;
  endpoints: SetEndpoint[];
  /** Settings that may not do what the user meant. */
  warnings: string[];
  /** Why the account is not known. */
  note: string | null;
}

/** Runs `bedrock-anywhere whoami`. */
export async function runWhoami(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('whoami', args, { ...AWS_OPTIONS, json: FLAG });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const quiet = { ...terminal, animate: options.json === true ? undefined : terminal.animate };
  const asking = ask(await applyDefaults(options));
  const { report, failure } = await whileTurning(quiet, 'Asking AWS whose credentials these are …', asking);
  // Where they come from helps most when they fail.
  if (options.json === true) terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
  else {
    terminal.out(text(report, terminal));
    for (const warning of report.warnings) terminal.err(`bedrock-anywhere: ${warning}\n`);
  }
  if (failure !== undefined) throw new BedrockError(failure);
}

async function ask(defaults: Defaults): Promise<{ report: Report; failure?: ExplainedFailure }> {
  const explanation = await explain({ region: defaults.region, resolve: true });
  const report = reportOf(explanation, defaults);
  const { credentials, discovery, identity } = explanation;
  const failure = [explanation, discovery, credentials, identity].find((part) => part?.failure)?.failure;
  if (failure !== undefined) return { report, failure };
  if (credentials.kind === 'api-key') {
    return { report: { ...report, note: 'AWS has no call that shows who owns an API key.' } };
  }
  try {
    const { account, arn } = await getCallerIdentity({ region: explanation.region });
    return { report: { ...report, account, arn } };
  } catch (error) {
    if (!isBedrockError(error)) throw error;
    const { code, name, message } = error;
    return { report, failure: { code, name, message } };
  }
}

function reportOf(explanation: Explanation, defaults: Defaults): Report {
  const { credentials, region, profile, warnings } = explanation;
  const { source, effective, variables, notUsed, step, keyId, expiration, accountId } = credentials;
  return {
    source,
    effective,
    variables,
    unused: notUsed,
    profile: effective === 'profile' ? (profile ?? null) : null,
    step: step ?? null,
    keyIdEnd: keyId?.replace('…', '') ?? null,
    expiration: expiration?.toISOString() ?? null,
    account: accountId ?? null,
    arn: null,
    region: region ?? null,
    regionFrom: region === undefined ? null : regionFrom(explanation, defaults),
    endpoints: endpointsSet(explanation),
    warnings,
    note: null,
  };
}

type Line = [label: string, value: string, remark?: string];

function text(report: Report, terminal: Terminal): string {
  const { effective, variables, unused, profile, step, keyIdEnd, expiration } = report;
  const name = profile === null ? '' : ` "${profile}"`;
  const lines: Line[] = [
    ['Credentials', `${CREDENTIAL_LABELS[effective]}${name}`, [...variables, step ?? []].flat().join(', ')],
  ];
  if (unused.length > 0) lines.push(['Not used', unused.join(', '), 'set, but overridden']);
  if (keyIdEnd !== null) lines.push(['Key id', `…${keyIdEnd}`]);
  if (expiration !== null) lines.push(['Expires', expiration, untilWords(expiration)]);
  lines.push(['Account', report.account ?? '—', report.note ?? '']);
  if (report.arn !== null) lines.push(['ARN', report.arn]);
  lines.push(['Region', report.region ?? '—', report.regionFrom ?? '']);
  for (const { url, variable, services } of report.endpoints) {
    lines.push(['Endpoint', url, `${variable}, for ${services.join(', ')}`]);
  }
  return lines.map((line) => `${shown(line, terminal)}\n`).join('');
}

const LABEL_WIDTH = 13;

/** A remark follows its value if there is room, otherwise it is on the next line. */
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
