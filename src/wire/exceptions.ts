import { BedrockError, type BedrockErrorCode, type BedrockErrorInit } from '../errors.js';
import { cleanText } from '../foreign-text/foreign-text.js';
import { findRefusal } from './refusals.js';

interface Meaning {
  code: BedrockErrorCode;
  retryable: boolean;
}

type Row = readonly [code: BedrockErrorCode, retryable: boolean, names: string];

/**
 * What AWS's exceptions mean, and the statuses for where the name is unknown or hidden, as it is across origins in a browser.
 * Source: the service models of Bedrock and Bedrock Runtime; Bedrock user guide, "Troubleshooting Amazon Bedrock API Error
 * Codes", 2026-11-28.
 */
export const MEANINGS: readonly Row[] = [
  ['ERR_INPUT', false, 'ValidationException'],
  [
    'ERR_CREDENTIALS',
    false,
    '401 ExpiredToken ExpiredTokenException IncompleteSignature IncompleteSignatureException ' +
      'InvalidClientTokenId InvalidSignatureException MissingAuthenticationTokenException RequestExpired ' +
      'SignatureDoesNotMatch UnrecognizedClientException',
  ],
  ['ERR_ACCESS_DENIED', false, '403 AccessDeniedException NotAuthorized'],
  ['ERR_NOT_FOUND', false, '404 ResourceNotFoundException'],
  ['ERR_MODEL', false, '424 ModelErrorException'],
  ['ERR_MODEL', true, '408 ModelNotReadyException ModelStreamErrorException ModelTimeoutException'],
  ['ERR_THROTTLED', true, '429 Throttling ThrottlingException TooManyRequestsException'],
  ['ERR_QUOTA', false, 'ServiceQuotaExceededException'],
  [
    'ERR_SERVICE',
    true,
    '500 502 503 504 529 InternalFailure InternalServerException ServiceUnavailableException overloaded_error',
  ],
];

const ADVICE: Partial<Record<BedrockErrorCode, string>> = {
  ERR_CREDENTIALS: "Check the credentials and when they expire, the region, and this machine's clock.",
  ERR_ACCESS_DENIED: 'Check the permissions of the identity.',
  ERR_NOT_FOUND: 'Check the id and that it exists in this region.',
  ERR_THROTTLED: 'Wait and try again, or request a higher quota.',
  ERR_QUOTA: 'Request a higher quota, or use another model, region or inference profile.',
};

/** AWS reports these as throttling or as quota errors. They pass quickly unless the quota is per day. */
const THROTTLED = /too many (tokens|requests)|rate exceeded/i;
const PER_DAY = /\bper day\b|\bdaily\b/i;
/** What a failed model or service says if it was not the request's fault, whatever its name: ModelErrorException says both. */
const TRY_AGAIN = /\btry (?:your request )?again\b|\bretry your request\b/i;

/** What is known of an error besides its name and words. */
export type ErrorFacts = Partial<BedrockErrorInit>;

/**
 * The error for an exception of the service, in a frame or in a response; the name may be hidden in a browser.
 *
 * @param needed The permission that the request needs, in words.
 * @param fallback Advice for words that are not AWS's own.
 */
export function errorOfException(
  name: string | undefined,
  message: unknown,
  facts: ErrorFacts,
  needed?: string,
  fallback?: string,
): BedrockError {
  const text = typeof message === 'string' ? cleanText(message) : '';
  const said = text.startsWith(`${name}: `) ? text.slice(`${name}: `.length).trim() : text;
  let { code, retryable } = meaningOf(name, facts.status);
  const refusal = findRefusal(said || String(name));
  if (refusal?.code !== undefined) [code, retryable] = [refusal.code, false];
  else if (code !== 'ERR_ACCESS_DENIED' && THROTTLED.test(said)) [code, retryable] = ['ERR_THROTTLED', true];
  if (code === 'ERR_THROTTLED' && PER_DAY.test(said)) [code, retryable] = ['ERR_QUOTA', false];
  if ((code === 'ERR_MODEL' || code === 'ERR_SERVICE') && TRY_AGAIN.test(said)) retryable = true;
  // The name is not repeated: whatever prints an error puts its name before the message.
  const what =
    said === '' ? `Bedrock gave no reason${name === undefined ? ` (status ${facts.status})` : ''}.` : said;
  const advice =
    refusal?.advice ?? fallback ?? (code === 'ERR_ACCESS_DENIED' ? needed : undefined) ?? ADVICE[code];
  return new BedrockError({
    ...facts,
    code,
    name,
    retryable,
    message: advice === undefined ? what : `${/[.!?]$/.test(what) ? what : `${what}.`} ${advice}`,
  });
}

/** The name of an exception, without namespace and address; undefined for what does not look like one. */
export function readName(type: unknown): string | undefined {
  if (typeof type !== 'string') return undefined;
  return /^(?:[^:,]*#)?\s*([a-z_][\w.-]{0,99})\s*(?:[:,]|$)/i.exec(type)?.[1];
}

/** The name of an exception in a frame, where it begins in lower case: throttlingException. */
export function capitalizeName(name = 'UnknownException'): string {
  // Anything else could be a secret, which would not be recognized with a changed first letter.
  return name.endsWith('Exception') ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}

/** What an exception means by its name, else by its status. */
export function meaningOf(name: string | undefined, status?: number): Meaning {
  const row = rowOf(name) ?? rowOf(status);
  if (row !== undefined) return { code: row[0], retryable: row[1] };
  return { code: status === undefined || status >= 500 ? 'ERR_SERVICE' : 'ERR_INPUT', retryable: false };
}

function rowOf(name: string | number | undefined): Row | undefined {
  return MEANINGS.find(([, , names]) => names.split(' ').includes(String(name)));
}
