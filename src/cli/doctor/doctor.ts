import { explain } from '../../index.js';
import { AWS_OPTIONS, FLAG, filled, readOptions } from '../arguments.js';
import { defaultModel } from '../ask/default-model.js';
import { pointToHelp } from '../print/error.js';
import { writeHelp } from '../print/help-text.js';
import { whileTurning } from '../print/spinner.js';
import { bold, dim, type Terminal, wrapped } from '../print/terminal.js';
import { applyDefaults, type Defaults } from '../settings/defaults.js';
import { version } from '../version.js';
import { type Check, skip } from './check.js';
import { watchClock } from './clock.js';
import { checkEndpoint, checkRegion } from './destination-checks.js';
import { checkCredentials, checkExpiration, checkIdentity } from './identity-checks.js';
import { checkList, checkModel, type Trial } from './model-checks.js';
import { checkProxy } from './proxy.js';

const HELP = `Usage: bedrock-anywhere doctor [options]

Checks what a call to a model needs: credentials and their expiry, region, endpoint, proxy, permissions, access to a
model by a call of one token, and the clock. Says for each what to do if it is wrong. Secrets are not shown.

Options
  -m, --model <id>        model to call; default Amazon Nova Lite
      --profile <name>    AWS profile, instead of the credentials in the environment
      --region <region>   AWS region
      --json              print JSON instead of text
  -h, --help              show this

Exit codes: 0 everything works, 1 something does not, 2 wrong command line.
`;

const TIMEOUT_MS = 30_000;

/** Runs `bedrock-anywhere doctor`. */
export async function runDoctor(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('doctor', args, {
    ...AWS_OPTIONS,
    model: { type: 'string', short: 'm' },
    json: FLAG,
  });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const defaults = await applyDefaults(options);
  const model = filled('--model', options.model) ?? defaults.config.model;
  const isJson = options.json === true;
  const checks: Check[] = [];
  if (!isJson) terminal.out(`${wrapped(describeProgram(), terminal).join('\n')}\n\n`);
  const quiet = isJson ? { ...terminal, animate: undefined } : terminal;
  const pending = examine(defaults, model);
  for (;;) {
    const next = await whileTurning(quiet, 'Checking …', pending.next());
    if (next.done === true) break;
    checks.push(next.value);
    if (!isJson) terminal.out(describeCheck(next.value, terminal));
  }
  if (isJson)
    terminal.out(`${JSON.stringify({ version: version(), node: process.version, checks }, undefined, 2)}\n`);
  else printPolicies(checks, terminal);
  const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (failed.length > 0)
    throw new Error(`Failed: ${failed.join(', ')}. Fix what is listed above, then run doctor again.`);
}

/** Makes the checks one by one. Those that need the ones before are skipped if they failed. */
async function* examine(defaults: Defaults, model: string | undefined): AsyncGenerator<Check, void> {
  const { region } = defaults;
  const modelOption = model === undefined ? {} : { modelId: model };
  const explanation = await explain({ region, ...modelOption, resolve: true });
  const credentials = await checkCredentials(explanation);
  yield credentials;
  yield checkExpiration(explanation, Date.now());
  yield checkRegion(explanation, defaults);
  const endpoint = checkEndpoint(explanation);
  yield endpoint;
  yield checkProxy();
  const clock = watchClock();
  if (credentials.status === 'failed' || endpoint.status === 'failed' || explanation.region === undefined) {
    for (const name of ['Identity', 'Model list', 'Model', 'Clock'])
      yield skip(name, 'needs what failed above');
    return;
  }
  const { check, account, arn } = await checkIdentity(explanation, clock.fetch, TIMEOUT_MS);
  yield check;
  const trial: Trial = {
    modelId: model ?? defaultModel(explanation.region),
    region: explanation.region,
    fetch: clock.fetch,
    timeoutMs: TIMEOUT_MS,
    account,
    arn,
    isApiKey: explanation.credentials.kind === 'api-key',
  };
  yield await checkList(trial);
  yield await checkModel(trial);
  yield clock.check();
}

function describeProgram(): string {
  return `bedrock-anywhere ${version()}, Node ${process.version}, ${process.platform}`;
}

const MARKS = { ok: '✓', warning: '!', failed: '✗', skipped: '-' } as const;
const INDENT = 15;

function describeCheck({ name, status, text, advice, code }: Check, terminal: Terminal): string {
  const { columns } = terminal;
  const room = { columns: columns === undefined ? undefined : Math.max(20, columns - INDENT) };
  const mark = status === 'failed' ? bold(MARKS.failed, terminal) : MARKS[status];
  const [first = '', ...more] = wrapped(text, room);
  const below = [...more, ...advice.flatMap((one) => wrapped(`→ ${one}`, room))];
  const pointers = code === undefined || columns === undefined ? [] : wrapped(pointToHelp(code), room);
  const lines = [
    `${mark} ${name.padEnd(INDENT - 2)}${first}`,
    ...below.map((line) => ' '.repeat(INDENT) + line),
    ...pointers.map((line) => ' '.repeat(INDENT) + dim(line, terminal)),
  ];
  return lines.map((line) => `${status === 'skipped' ? dim(line, terminal) : line}\n`).join('');
}

/** Policies stand at the end and unindented, so that they can be copied. */
function printPolicies(checks: readonly Check[], terminal: Terminal): void {
  for (const { name, policy } of checks) {
    if (policy === undefined) continue;
    terminal.out(`\n${name}: a policy that allows it\n\n${JSON.stringify(policy, undefined, 2)}\n`);
  }
}
