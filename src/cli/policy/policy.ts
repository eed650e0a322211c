import { BedrockError, explain } from '../../index.js';
import { AWS_OPTIONS, FLAG, filled, listed, readOptions, TEXT, TEXTS } from '../arguments.js';
import { regionFrom } from '../origins.js';
import { writeHelp } from '../print/help-text.js';
import { type Terminal, UsageError } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { policyDocument, type Wanted } from './document.js';

const HELP = `Usage: bedrock-anywhere policy [options]

Prints the minimal IAM policy for the calls that you name; without any, for --stream and --discover. Sends no request to
AWS. Region and account are printed to standard error, so that you can redirect the policy to a file.

Calls
  --stream              stream(), runTools()
  --converse            converse()
  --count-tokens        countTokens()
  --invoke              invokeModel()
  --invoke-stream       invokeModelStream()
  --embed               embed()
  --rerank              rerank()
  --apply-guardrail     applyGuardrail(), with the guardrails of --guardrail; default: all
  --check-content       checkContent()
  --discover            discover()
  --check-access        discover({ checkAccess: true })

Narrower
  --model <id|arn>      a model or inference profile; may be repeated. Default: all
  --region <region>     region of the calls; default as for every call: AWS_REGION, AWS_DEFAULT_REGION, the profile,
                        us-east-1. Profiles may route on from there, which the policy allows
  --profile <name>      AWS profile, for its region
  --account <n>         account of profiles and guardrails, 12 digits; default *, any

More
  --guardrail <id|arn>  a guardrail that the calls apply; may be repeated. One with cross-Region inference
                        also needs bedrock:ApplyGuardrail on its guardrail-profile
  --api-key             the calls use a Bedrock API key
  --help                show this
`;

/** What each call does, by AWS's names. */
const OF = {
  stream: ['ConverseStream'],
  converse: ['Converse'],
  'count-tokens': ['CountTokens'],
  invoke: ['InvokeModel'],
  'invoke-stream': ['InvokeModelWithResponseStream'],
  embed: ['InvokeModel'],
  // https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
  rerank: ['Rerank', 'InvokeModel'],
  'apply-guardrail': ['ApplyGuardrail'],
  'check-content': ['InvokeGuardrailChecks'],
  discover: ['ListFoundationModels', 'ListInferenceProfiles'],
  'check-access': ['ListFoundationModels', 'ListInferenceProfiles', 'GetFoundationModelAvailability'],
} as const satisfies Record<string, Wanted['operations']>;
const CALLS = Object.entries(OF) as [keyof typeof OF, Wanted['operations']][];

/** Runs `bedrock-anywhere policy`. */
export async function runPolicy(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('policy', args, {
    stream: FLAG,
    converse: FLAG,
    'count-tokens': FLAG,
    invoke: FLAG,
    'invoke-stream': FLAG,
    embed: FLAG,
    rerank: FLAG,
    'apply-guardrail': FLAG,
    'check-content': FLAG,
    discover: FLAG,
    'check-access': FLAG,
    guardrail: TEXTS,
    model: TEXTS,
    account: TEXT,
    'api-key': FLAG,
    ...AWS_OPTIONS,
  });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const models = listed('--model', options.model) ?? [];
  const guardrails = listed('--guardrail', options.guardrail) ?? [];
  const account = accountOf(options.account);
  const named = CALLS.filter(([flag]) => options[flag] === true).flatMap(([, needs]) => needs);
  const operations = named.length > 0 ? named : [...OF.stream, ...OF.discover];
  const invokes = operations.some((name) => /^(?:Converse|Invoke.*(?:Model|Stream)$)/.test(name));
  if (!invokes && !operations.includes('CountTokens')) refuse('--model', models);
  if (!invokes && options['apply-guardrail'] !== true) refuse('--guardrail', guardrails);
  if (guardrails.length > 0) operations.push('ApplyGuardrail');
  if (options.embed === true && models.some(isApplicationProfile)) operations.push('GetInferenceProfile');
  if (options['api-key'] === true) operations.push('CallWithBearerToken');
  const defaults = await applyDefaults(options);
  const explanation = await explain({ region: defaults.region });
  const { region = '', failure } = explanation;
  if (failure !== undefined) throw new BedrockError(failure);
  const policy = policyDocument({ operations, models, guardrails, region, account: account ?? '*' });
  terminal.out(`${JSON.stringify(policy, undefined, 2)}\n`);
  const whose = account ?? 'any (narrow it with --account)';
  terminal.err(`Region: ${region}, from ${regionFrom(explanation, defaults)}. Account: ${whose}.\n`);
}

function accountOf(value: string | undefined): string | undefined {
  const account = filled('--account', value);
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new UsageError(`--account ${account} is not an account id. Pass its 12 digits.`);
  }
  return account;
}

/** embed() looks up which model such a profile was made for. */
function isApplicationProfile(model: string): boolean {
  return model.includes(':application-inference-profile/');
}

/** An option that would change nothing is a mistake. */
function refuse(option: string, values: readonly string[]): void {
  if (values.length === 0) return;
  throw new UsageError(
    `${option} only applies to calls to models. Add one, such as --stream, or omit ${option}.`,
  );
}
