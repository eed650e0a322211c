import { BedrockError, type BedrockErrorCode, type BedrockErrorInit } from '../errors.js';
import { cleanText } from '../foreign-text.js';

interface Meaning {
  code: BedrockErrorCode;
  retryable: boolean;
}

type Row = readonly [code: BedrockErrorCode, retryable: boolean, names: string];

/**
 * What AWS's exceptions mean, and the statuses for where the name is unknown or hidden, as it is across origins in a browser.
 * Source: the service models of Bedrock and Bedrock Runtime.
 */
const MEANINGS: readonly Row[] = [
  ['ERR_INPUT', false, 'ValidationException'],
  [
    'ERR_CREDENTIALS',
    false,
    '401 ExpiredToken ExpiredTokenException IncompleteSignatureException InvalidClientTokenId ' +
      'InvalidSignatureException MissingAuthenticationTokenException SignatureDoesNotMatch UnrecognizedClientException',
  ],
  ['ERR_ACCESS_DENIED', false, '403 AccessDeniedException'],
  ['ERR_NOT_FOUND', false, '404 ResourceNotFoundException'],
  ['ERR_MODEL', false, '424 ModelErrorException'],
  ['ERR_MODEL', true, '408 ModelNotReadyException ModelStreamErrorException ModelTimeoutException'],
  ['ERR_THROTTLED', true, '429 Throttling ThrottlingException TooManyRequestsException'],
  ['ERR_QUOTA', false, 'ServiceQuotaExceededException'],
  [
    'ERR_SERVICE',
    true,
    '500 502 503 504 InternalFailure InternalServerException ServiceUnavailableException',
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
/** Refused credentials, where AWS names the error after a missing permission, or a browser hides its name. */
const REFUSED =
  /security token included in the request is|token has expired|API key is valid|signature (expired|not yet current|we calculated)/i;
const PER_DAY = /\bper day\b|\bdaily\b/i;
/** The account lacks the model, whatever the identity may do: AWS says it under several names and statuses. */
const NO_MODEL = /have access to the model|model access is denied|use case details have not been/i;
/** The id is wrong, or another one is needed to invoke the model. */
const NO_SUCH_MODEL = /model identifier is invalid|with on-demand throughput isn/i;
/** A permission is missing; the one that AWS names may be another than the operation's own. */
const NOT_ALLOWED = /not authorized to perform: (\S+)(?: on resource: (\S+))?/i;
const EXPIRED = /token (?:has|included in the request is) expired/i;

type Facts = Partial<BedrockErrorInit>;

/** The error for an exception of the service, in a frame or in a response; the name may be hidden in a browser. */
export function errorOfException(
  name: string | undefined,
  message: unknown,
  facts: Facts,
  needed?: string,
): BedrockError {
  const text = typeof message === 'string' ? cleanText(message) : '';
  const said = text.startsWith(`${name}: `) ? text.slice(`${name}: `.length).trim() : text;
  let { code, retryable } = meaningOf(name, facts.status);
  const [isNotAllowed, action, resource = '*'] = NOT_ALLOWED.exec(said) ?? [];
  const lacksModel = NO_MODEL.test(said);
  if (isNotAllowed || lacksModel) [code, retryable] = ['ERR_ACCESS_DENIED', false];
  else if (code !== 'ERR_ACCESS_DENIED' && THROTTLED.test(said)) [code, retryable] = ['ERR_THROTTLED', true];
  else if (code === 'ERR_ACCESS_DENIED' && REFUSED.test(said)) code = 'ERR_CREDENTIALS';
  if (code === 'ERR_THROTTLED' && PER_DAY.test(said)) [code, retryable] = ['ERR_QUOTA', false];
  // The name is not repeated: whatever prints an error puts its name before the message.
  const what =
    said === '' ? `Bedrock gave no reason${name === undefined ? ` (status ${facts.status})` : ''}.` : said;
  let advice = (code === 'ERR_ACCESS_DENIED' ? needed : undefined) ?? ADVICE[code];
  if (isNotAllowed) advice = `Allow the IAM action ${action} on ${resource} to this identity.`;
  if (lacksModel)
    advice = 'Request access to the model for this account in the Bedrock console, under Model access.';
  if (NO_SUCH_MODEL.test(said))
    advice = 'discover() lists the ids that this account can invoke in this region.';
  if (EXPIRED.test(said)) advice = 'These credentials have expired: get new ones.';
  return new BedrockError({
    ...facts,
    code,
    name,
    retryable,
    message: advice === undefined ? what : `${/[.!?]$/.test(what) ? what : `${what}.`} ${advice}`,
  });
}

/**
 * The error for an unsuccessful response: its status, AWS's headers if they can be read, and its body.
 *
 * @param needed The permission that the request needs, in words.
 */
export function errorOfResponse(
  status: number,
  headers: Headers,
  body: string,
  facts: Facts,
  needed?: string,
): BedrockError {
  const json = jsonObject(body);
  const all: Facts = {
    ...facts,
    status,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), headers.get('date')),
  };
  const name = readName(headers.get('x-amzn-errortype') ?? json?.['__type'] ?? json?.['code']);
  const message = json?.['message'] ?? json?.['Message'];
  if (json === undefined && name === undefined) {
    return new BedrockError({
      ...all,
      ...meaningOf(undefined, status),
      message: foreignBody(status, headers, body),
    });
  }
  return errorOfException(name, message, all, needed);
}

/** The name of an exception, without namespace and address; undefined for what does not look like one. */
export function readName(type: unknown): string | undefined {
  if (typeof type !== 'string') return undefined;
  return /^(?:[^:,]*#)?\s*([\w.-]{1,100})\s*(?:[:,]|$)/.exec(type)?.[1];
}

/** Whether a response is a stream of frames. */
export function isEventStream(headers: Headers): boolean {
  return /^application\/vnd\.amazon\.eventstream *(?:;|$)/i.test(headers.get('content-type') ?? '');
}

/** What to say of a body that is not Bedrock's: most often the page of a proxy. */
export function foreignBody(status: number, headers: Headers, body: string): string {
  const type = cleanText(headers.get('content-type') ?? 'no content type', [], 100);
  const excerpt = excerptOf(body);
  return (
    `The endpoint answered with status ${status} and a body that is not Bedrock's (${type}` +
    `${excerpt === '' ? '' : `: "${excerpt}"`}). ` +
    'A proxy or gateway may have answered: check the endpoint and the network.'
  );
}

/** The beginning of a text, or the title of a page, which is near its beginning. */
function excerptOf(body: string): string {
  const title = /<title[^>]{0,100}>([^<]*)/i.exec(body.slice(0, 16_384))?.[1];
  return cleanText(title ?? (/^\s*</.test(body) ? '' : body), [], 200);
}

/** Retry-After of RFC 9110, seconds or a date, in milliseconds. A date is taken against the server's own Date. */
export function retryAfterMs(value: string | null, serverDate: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const until = /GMT\s*$/.test(value) ? Date.parse(value) : Number.NaN;
  const now = serverDate === null ? Number.NaN : Date.parse(serverDate);
  if (Number.isNaN(until) || Number.isNaN(now)) return undefined;
  return Math.max(0, until - now);
}

/** What an exception means by its name, else by its status. */
function meaningOf(name: string | undefined, status?: number): Meaning {
  const row = rowOf(name) ?? rowOf(status);
  if (row !== undefined) return { code: row[0], retryable: row[1] };
  return { code: status === undefined || status >= 500 ? 'ERR_SERVICE' : 'ERR_INPUT', retryable: false };
}

function rowOf(name: string | number | undefined): Row | undefined {
  return MEANINGS.find(([, , names]) => names.split(' ').includes(String(name)));
}

function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
