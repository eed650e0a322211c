import { type Explanation, getCallerIdentity } from '../../index.js';
import { isWithoutCredentials } from '../ask/connection.js';
import { CREDENTIAL_LABELS } from '../origins.js';
import { inWords } from '../print/duration.js';
import { codeOf, describeError } from '../print/error.js';
import { type Check, fail, ok, skip, warn } from './check.js';
import { listProfiles } from './profiles.js';

/** Credentials that expire sooner may not last for what the user is about to do. */
const SOON_MS = 10 * 60_000;

/** Checks whether there are credentials that can be used. */
export async function checkCredentials(explanation: Explanation): Promise<Check> {
  const { effective, variables, step, keyId, notUsed, failure } = explanation.credentials;
  if (failure !== undefined) {
    const isWithout = isWithoutCredentials(explanation);
    const text = isWithout ? 'none found' : failure.message;
    const advice = await adviseOnCredentials(isWithout);
    return { ...fail('Credentials', text, ...advice), code: failure.code };
  }
  const profile = effective === 'profile' ? ` "${explanation.profile}"` : '';
  const origin = [...variables, ...(step === undefined ? [] : [step])].join(', ');
  const text = [
    `${CREDENTIAL_LABELS[effective] ?? effective}${profile}${origin === '' ? '' : ` (${origin})`}`,
    ...(keyId === undefined ? [] : [`key id ${keyId}`]),
  ].join(', ');
  return notUsed.length === 0
    ? ok('Credentials', text)
    : warn('Credentials', text, `Set, but not used: ${notUsed.join(', ')}.`);
}

async function adviseOnCredentials(isWithout: boolean): Promise<string[]> {
  const profiles = await listProfiles();
  const [profile] = profiles;
  return [
    ...(profile === undefined
      ? []
      : [`This machine has the AWS profiles ${profiles.join(', ')}. Pass one, as in --profile ${profile}.`]),
    ...(isWithout
      ? [
          'Quickest: create an API key in the AWS console, under Amazon Bedrock, API keys, and set it: export AWS_BEARER_TOKEN_BEDROCK=<the key>',
          'With the AWS CLI: aws configure sso, or aws configure for access keys.',
        ]
      : []),
  ];
}

/** Checks when the credentials expire. */
export function checkExpiration({ credentials }: Explanation, nowMs: number): Check {
  const { expiration, failure, kind } = credentials;
  if (expiration === undefined) {
    if (failure !== undefined) return skip('Expiry', 'no credentials');
    return ok('Expiry', kind === 'api-key' ? 'unknown: the key does not contain it' : 'never');
  }
  const left = expiration.getTime() - nowMs;
  const at = expiration.toISOString();
  if (left <= 0) return fail('Expiry', `${at}, ${inWords(-left)} ago`, 'Log in again, or create a new key.');
  const text = `${at}, in ${inWords(left)}`;
  return left < SOON_MS
    ? warn('Expiry', text, 'Log in again before you start something long.')
    : ok('Expiry', text);
}

/** Checks whose credentials they are, which needs no permission. Returns the account and the ARN too. */
export async function checkIdentity(
  { credentials, region }: Explanation,
  fetch: typeof globalThis.fetch,
  timeoutMs: number,
): Promise<{ check: Check; account?: string; arn?: string }> {
  const name = 'Identity';
  if (credentials.failure !== undefined) return { check: skip(name, 'no credentials') };
  if (credentials.kind === 'api-key')
    return { check: skip(name, 'unknown: AWS has no call that shows who owns an API key') };
  try {
    const { account, arn } = await getCallerIdentity({ region, fetch, timeoutMs });
    return { check: ok(name, arn), account, arn };
  } catch (error) {
    return { check: { ...fail(name, describeError(error)), code: codeOf(error) } };
  }
}
