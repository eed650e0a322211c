import { type BedrockErrorCode, isBedrockError } from '../errors.js';
import { cleanId, cleanText } from '../foreign-text/foreign-text.js';
import { maskText } from './public-event.js';

/** What an end user may know about a failure: nothing that names the account, the identity, the region or a host. */
export interface PublicError {
  code: BedrockErrorCode;
  /** Depends only on the code. */
  message: string;
  /** AWS's id of the request, to find it in the server's log. */
  requestId: string | undefined;
  retryable: boolean;
  retryAfterMs: number | undefined;
}

type Meaning = readonly [status: number, message: string];

const MISCONFIGURED: Meaning = [500, 'The server is not set up correctly for this request.'];
const FAILED: Meaning = [502, 'The service failed.'];

/**
 * Status and message of each failure. The only 4xx is "too many requests": the end user's own request was fine, and a
 * 401 or 403 would send them to a login that cannot help.
 */
const MEANINGS: Readonly<Record<BedrockErrorCode, Meaning>> = {
  ERR_INPUT: MISCONFIGURED,
  ERR_CREDENTIALS: MISCONFIGURED,
  ERR_ACCESS_DENIED: MISCONFIGURED,
  ERR_NOT_FOUND: MISCONFIGURED,
  ERR_THROTTLED: [429, 'Too many requests. Try again in a moment.'],
  ERR_QUOTA: [429, 'The usage limit has been reached. Try again later.'],
  ERR_MODEL: FAILED,
  ERR_SERVICE: FAILED,
  ERR_NETWORK: FAILED,
  ERR_REDIRECT: FAILED,
  ERR_PROTOCOL: FAILED,
  ERR_TIMEOUT: [504, 'The answer took too long.'],
  ERR_CANCELLED: [503, 'The answer was stopped before it was complete.'],
  ERR_TRUNCATED: [502, 'The answer was cut off before it was complete.'],
};

/**
 * The public part of a failure.
 *
 * @param isAbort Whether it is the reason of the caller's abort: `ERR_CANCELLED`. Anything else that is not a
 *   BedrockError is a bug in the server's code, such as in a callback of its options: `ERR_SERVICE`.
 */
export function toPublicError(error: unknown, isAbort: boolean): PublicError {
  const known = !isAbort && isBedrockError(error) ? error : undefined;
  const code = isCode(known?.code) ? known.code : isAbort ? 'ERR_CANCELLED' : 'ERR_SERVICE';
  // Anything else could be part of a host name or an ARN, from a server that is not AWS.
  const id = cleanId(known?.requestId);
  return {
    code,
    message: MEANINGS[code][1],
    requestId: id !== undefined && maskText(id) === id ? id : undefined,
    retryable: known?.retryable === true,
    retryAfterMs: known?.retryAfterMs,
  };
}

/** The failure as a JSON response, for when no part of the answer has been sent. */
export function errorResponse(error: PublicError, init: HeadersInit | undefined): Response {
  const headers = new Headers(init);
  headers.set('content-type', 'application/json');
  headers.set('cache-control', 'no-store');
  const { code, retryAfterMs } = error;
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)));
  return new Response(JSON.stringify({ error: { type: 'error', ...error } }), {
    status: MEANINGS[code][0],
    headers,
  });
}

/** A public error as it was received, undefined for anything else. */
export function readPublicError(value: unknown): PublicError | undefined {
  const { code, message, requestId, retryable, retryAfterMs } = Object(value) as Record<string, unknown>;
  if (!isCode(code) || typeof message !== 'string') return undefined;
  return {
    code,
    message: cleanText(message),
    requestId: typeof requestId === 'string' ? cleanId(requestId) : undefined,
    retryable: retryable === true,
    retryAfterMs:
      Number.isFinite(retryAfterMs) && Number(retryAfterMs) >= 0 ? Number(retryAfterMs) : undefined,
  };
}

function isCode(code: unknown): code is BedrockErrorCode {
  return typeof code === 'string' && Object.hasOwn(MEANINGS, code);
}
