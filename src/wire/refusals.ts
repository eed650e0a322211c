import type { BedrockErrorCode } from '../errors.js';

/** What AWS's words mean: what helps, and the code if the name of the exception does not tell. */
interface Refusal {
  advice: string;
  code?: BedrockErrorCode | undefined;
}

type Row = readonly [words: RegExp, advice: string, code?: BedrockErrorCode];

const EXPIRED = 'These credentials have expired: get new ones.';

/**
 * What helps, by AWS's words; the first row that matches counts. AWS says one thing under several names and statuses, and a
 * browser hides the name. A row is only worth its bytes if its advice can help; each has its recorded sentence, with source and
 * date, in test/refusals/.
 */
const ROWS: readonly Row[] = [
  [
    /payment instrument/i,
    'Add a valid payment method to the AWS account and call again some minutes later.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /Marketplace subscription for (?:the|this) model is still/i,
    'Call again in 15 minutes.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /AWS Marketplace (?:actions|subscription)/i,
    'Invoke the model once as an identity with these permissions, which subscribes the whole account, and call again some minutes later.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /use case details have not been/i,
    'The form is in the Bedrock console, where the model catalog shows the model: once for the account.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /marked by provider as Legacy|reached the end of its life/i,
    'Use a newer model: discover() lists the active ones.',
    'ERR_NOT_FOUND',
  ],
  [
    /from unsupported countries/i,
    'Call from a country that the provider supports, or use a model of another provider.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /data retention mode/i,
    "Change the account's data retention mode for Bedrock in this region to one that the model allows, or use another model.",
    'ERR_ACCESS_DENIED',
  ],
  [
    /account is not authorized to|^Operation not allowed/i,
    'No permission of the identity changes this: check the region, then open a case with AWS Support for the account.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /have access to the model|model access is denied/i,
    'Check the region. The model catalog in the Bedrock console shows what this account still needs.',
    'ERR_ACCESS_DENIED',
  ],
  [
    /on-demand throughput/i,
    'Use the id of an inference profile of this model: discover() lists the ids that this account can invoke in this region.',
  ],
  [
    /support counting tokens/,
    'AWS counts tokens for Claude 3.5 to 4.6, and not in every region. For other models, read inputTokens in the usage of an answer, or estimate.',
  ],
  [
    /provided model identifier/i,
    'It is misspelled, or not available in this region: discover() lists the ids that this account can invoke here.',
  ],
  [
    /than 5 documents|too many images/,
    'Files of earlier turns count too: omit those that are no longer needed, or send what they say as text.',
  ],
  [
    /did not allow prompt caching/,
    'Remove the cache points: this model does not cache prompts, at least not in this region.',
    'ERR_INPUT',
  ],
  [/tool use in streaming mode|unsupported for streaming/, 'Use converse().'],
  [/support the document field|could not be parsed as the/, 'Send what the document says as text.'],
  [/maximum document size/, 'Send the document in parts, or what it says as text.'],
  [/image exceeds|image dimensions exceed/, 'Make the image smaller before sending it, also in the history.'],
  [/token (?:has|included in the request is) expired/i, EXPIRED, 'ERR_CREDENTIALS'],
  [
    /security token included in the request is invalid/i,
    'AWS does not know this access key: it was deleted, is for another partition of AWS, or is temporary and lacks its session token.',
    'ERR_CREDENTIALS',
  ],
  [/signature we calculated/i, 'Most often the secret access key is wrong or incomplete.', 'ERR_CREDENTIALS'],
  [
    /Signature (?:expired|not yet current)/i,
    "Check this machine's clock. If it is right, the request waited on the way: call again.",
    'ERR_CREDENTIALS',
  ],
  [
    /API key is valid/i,
    'Check that the key is complete, not deleted, and was made for this region.',
    'ERR_CREDENTIALS',
  ],
  [
    /scoped to a valid region/i,
    'The endpoint is in another region than the one that signs: set the option region to that of the endpoint.',
    'ERR_CREDENTIALS',
  ],
  [
    /Missing Authentication Token/i,
    'A proxy removed the header authorization, or this path does not exist at the endpoint.',
    'ERR_CREDENTIALS',
  ],
  [/UnknownOperation/, 'The endpoint does not serve this operation: check its host and path.'],
];

/** A permission is missing; the one that AWS names may be another than the operation's own. */
const NOT_ALLOWED = /not authorized to perform: (\S+)(?: on resource: (\S+))?/i;
/** Which policy decided. Source: IAM user guide, "Troubleshoot access denied error messages", 2026-11-28. */
const POLICY = /(explicit deny in an?|because no) ([\w -]{0,30}(?:policy|boundary))/i;

/** What AWS's words mean, if they are known. */
export function findRefusal(words: string): Refusal | undefined {
  const denial = NOT_ALLOWED.exec(words);
  if (denial !== null) return { advice: adviseOnPolicy(denial, words), code: 'ERR_ACCESS_DENIED' };
  const row = ROWS.find(([known]) => known.test(words));
  return row && { advice: row[1], code: row[2] };
}

/** An Allow for the identity helps only if its own policies lack one. */
function adviseOnPolicy([, action, resource = '*']: RegExpExecArray, words: string): string {
  const [, how = '', policy = 'identity-based policy'] = POLICY.exec(words) ?? [];
  const isOrganizations = /control policy/i.test(policy);
  const who = isOrganizations ? ", which your AWS organization's administrator manages" : '';
  const regions = isOrganizations
    ? ' It counts for each region of an inference profile: one of other regions may be allowed.'
    : '';
  if (how.startsWith('explicit'))
    return `No Allow overrides a Deny: remove it from the ${policy}${who}.${regions}`;
  const where = policy.startsWith('identity') ? 'to this identity' : `in its ${policy}${who}`;
  return `Allow the IAM action ${action} on ${resource} ${where}.${regions}`;
}
