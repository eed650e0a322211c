import { BedrockError, explain } from '../index.js';
import { FLAG, filled, HELP_FLAG, listed, readOptions, regionOf, TEXT, TEXTS } from './arguments.js';
import { regionFrom } from './origins.js';
import { policyDocument, type Wanted } from './policy-document.js';
import { type Terminal, UsageError } from './print/terminal.js';

const HELP = `Usage: bedrock-anywhere policy [options]

Prints the minimal IAM policy for the calls that you name; without any, for --stream and --discover. Sends no request to
AWS. Region and account are printed to standard error, so that you can redirect the policy to a file.

Calls
  --stream              stream()
  --converse            converse()
  --count-tokens        countTokens()
  --discover            discover()
  --check-access        discover({ checkAccess: true })

Narrower
  --model <id|arn>      a model or inference profile; may be repeated. Default: all
  --region <region>     region of the calls; default as for every call: AWS_REGION, AWS_DEFAULT_REGION, the profile,
                        us-east-1. Profiles may route on from there, which the policy allows
  --account <n>         account of profiles and guardrails, 12 digits; default *, any

More
  --guardrail <id|arn>  a guardrail that the calls apply; may be repeated. One with cross-Region inference
                        also needs bedrock:ApplyGuardrail on its guardrail-profile
  --api-key             the calls use a Bedrock API key
  --help                show this
`;

/** Runs `bedrock-anywhere policy`. */
export async function runPolicy(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('policy', args, {
    stream: FLAG,
    converse: FLAG,
    'count-tokens': FLAG,
    discover: FLAG,
    'check-access': FLAG,
    guardrail: TEXTS,
    model: TEXTS,
    region: TEXT,
    account: TEXT,
    'api-key': FLAG,
    help: HELP_FLAG,
  });
  if (options.help === true) {
    terminal.out(HELP);
    return;
  }
  const given = regionOf(options.region);
  const models = listed('--model', options.model) ?? [];
  const guardrails = listed('--guardrail', options.guardrail) ?? [];
  const account = accountOf(options.account);
  const named = [options.stream, options.converse, options['count-tokens']];
  const checks = options['check-access'] === true;
  const none = ![...named, options.discover, checks].includes(true);
  const invokes = none || options.stream === true || options.converse === true;
  if (!invokes && options['count-tokens'] !== true) refuse('--model', models);
  if (!invokes) refuse('--guardrail', guardrails);

  const operations: Wanted['operations'] = [
    ...(options.converse === true ? (['Converse'] as const) : []),
    ...(none || options.stream === true ? (['ConverseStream'] as const) : []),
    ...(options['count-tokens'] === true ? (['CountTokens'] as const) : []),
    ...(none || options.discover === true || checks
      ? (['ListFoundationModels', 'ListInferenceProfiles'] as const)
      : []),
    ...(checks ? (['GetFoundationModelAvailability'] as const) : []),
    ...(guardrails.length > 0 ? (['ApplyGuardrail'] as const) : []),
    ...(options['api-key'] === true ? (['CallWithBearerToken'] as const) : []),
  ];
  const explanation = await explain({ region: given });
  const { region = '', failure } = explanation;
  if (failure !== undefined) throw new BedrockError(failure);
  const policy = policyDocument({ operations, models, guardrails, region, account: account ?? '*' });
  terminal.out(`${JSON.stringify(policy, undefined, 2)}\n`);
  const whose = account ?? 'any (narrow it with --account)';
  terminal.err(`Region: ${region}, from ${regionFrom(explanation)}. Account: ${whose}.\n`);
}

function accountOf(value: string | undefined): string | undefined {
  const account = filled('--account', value);
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new UsageError(`--account ${account} is not an account id. Pass its 12 digits.`);
  }
  return account;
}

/** An option that would change nothing is a mistake. */
function refuse(option: string, values: readonly string[]): void {
  if (values.length === 0) return;
  throw new UsageError(
    `${option} only applies to calls to models. Add --stream or --converse, or omit ${option}.`,
  );
}
