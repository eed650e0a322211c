import { neededPermission, type Operation } from '../catalog/permissions.js';
import { type BedrockError, inputError, isBedrockError, makeError, withFacts } from '../errors.js';
import { cleanId } from '../foreign-text/foreign-text.js';
import { connectionError } from '../transport/connection-error.js';
import { errorOfResponse, retryAfterMs, sayForeign } from '../wire/error-body.js';
import { capitalizeName, errorOfException, readName } from '../wire/exceptions.js';
import { findWords } from '../wire/foreign-json.js';
import { protocolError } from '../wire/frame.js';

/** How far a call of the AWS client has got. */
export interface Progress {
  operation: string;
  modelId: string | undefined;
  /** Where the last request went; undefined if none was sent. */
  endpoint: URL | undefined;
  /** The status of the last response; undefined if there was none. */
  status: number | undefined;
  requestId: string | undefined;
  /** Headers of the last response; undefined if there was none. */
  headers: Headers | undefined;
  /** What no error may repeat. */
  readonly secrets: readonly string[];
}

/** Members that errors of the AWS client may have. */
interface SdkFacts {
  name: string;
  message: string;
  code?: unknown;
  $fault?: unknown;
  $metadata?: { requestId?: string };
  $response?: { headers?: Record<string, string> };
}

/** Names of errors that do not come from the service, but from JavaScript and its runtimes. */
const NOT_OF_THE_SERVICE = /^(?:(?:Type|Syntax|Range|Reference)?Error|AbortError|TimeoutError)$/;
const CREDENTIALS = /Credential|Token|SSO|ProviderError|NoAuth/i;
/** The message of AWS's decoder for a stream that ends inside a frame. */
const TRUNCATED = 'Truncated event message received.';

/** Converts an error of the AWS client into one of this library. */
export function fromSdkError(cause: unknown, progress: Progress): BedrockError {
  const facts = (typeof cause === 'object' && cause !== null ? cause : {}) as Partial<SdkFacts>;
  const error = convertError(withoutResponse(cause), facts, progress);
  return withFacts(error, {
    // The client has already made its own retries.
    again: 'never',
    requestId: error.requestId ?? cleanId(facts.$metadata?.requestId, progress.secrets) ?? progress.requestId,
  });
}

/** A copy of an error without the response that the client hides in it: its socket leads to the head of the request. */
function withoutResponse(cause: unknown): unknown {
  if (!(cause instanceof Error) || isBedrockError(cause) || !('$response' in cause)) return cause;
  const {
    $response: _,
    $responseBodyText: __,
    ...kept
  } = Object.getOwnPropertyDescriptors(cause) as Record<string, PropertyDescriptor>;
  const copy = Object.setPrototypeOf(new Error(cause.message), Object.getPrototypeOf(cause)) as object;
  return Object.defineProperties(copy, {
    ...kept,
    stack: { value: cause.stack, configurable: true, writable: true },
  });
}

function convertError(cause: unknown, facts: Partial<SdkFacts>, progress: Progress): BedrockError {
  if (isBedrockError(cause)) return cause;
  const { endpoint, status } = progress;
  if (endpoint === undefined) return unsentError(cause, facts);
  if (facts.$fault === undefined && status !== undefined && status >= 300)
    return errorOfResponse(status, toHeaders(facts.$response?.headers), undefined, {
      phase: 'request',
      cause,
    });
  const { name = 'Error' } = facts;
  if (facts.$fault !== undefined || (status !== undefined && !NOT_OF_THE_SERVICE.test(name)))
    return serviceError(cause, facts, progress);
  if (name === 'TimeoutError') return timeoutError(cause, facts);
  if (status === undefined) return connectionError(cause, endpoint, 'request');
  return brokenStreamError(cause, facts, endpoint);
}

/** The error for a call that the client could not send. */
function unsentError(
  cause: unknown,
  { name = 'Error', message = String(cause) }: Partial<SdkFacts>,
): BedrockError {
  const said = `The AWS client sent nothing: ${message.replace(/\.$/, '')}.`;
  if (!CREDENTIALS.test(name) && !/\b(credentials?|token)\b/i.test(message)) {
    return inputError(`${said} Check the request and the options of the client.`, cause);
  }
  return makeError('ERR_CREDENTIALS', `${said} Check the credentials of the client.`, {
    cause,
  });
}

/** The error for an exception of the service, in a response or in the stream. */
function serviceError(cause: unknown, facts: Partial<SdkFacts>, progress: Progress): BedrockError {
  const { status = 0, operation, modelId } = progress;
  const headers = toHeaders(facts.$response?.headers);
  const isAnswer = status >= 300;
  // The client's placeholders for a response without a name or message. It copies the members of a body that is not AWS's.
  const isMute = facts.message === 'UnknownError' || facts.message === 'Unknown';
  const words = isMute ? findWords({ ...facts, message: undefined }) : undefined;
  return errorOfException(
    facts.name === 'Unknown' ? undefined : capitalizeName(readName(facts.name)),
    isMute ? words : readMessage(facts),
    {
      phase: isAnswer ? 'request' : 'stream',
      status: isAnswer ? status : undefined,
      retryAfterMs: retryAfterMs(headers.get('retry-after'), headers.get('date')),
      cause,
    },
    neededPermission(operation as Operation, modelId),
    // Bedrock's endpoints for other protocols use their form of errors.
    facts.$metadata?.requestId ? undefined : words && sayForeign(status),
  );
}

/** Reads the message. For an unknown exception the client puts its JSON there, and a hint behind it if it was the first frame. */
function readMessage({ message = '', $fault }: Partial<SdkFacts>): string {
  if ($fault !== undefined) return message;
  const text = message.split('\n  Deserialization error')[0] ?? '';
  try {
    const json = JSON.parse(text) as { message?: unknown; Message?: unknown } | null;
    return String(json?.message ?? json?.Message ?? '');
  } catch {
    return text;
  }
}

function timeoutError(cause: unknown, { message }: Partial<SdkFacts>): BedrockError {
  return makeError(
    'ERR_TIMEOUT',
    `The AWS client gave up waiting: ${message}. Its request handler sets the limit.`,
    { phase: 'request', cause },
  );
}

/** The error for a stream that failed without an exception: because of the connection, or of its bytes. */
function brokenStreamError(
  cause: unknown,
  { name, code, message = '' }: Partial<SdkFacts>,
  endpoint: URL,
): BedrockError {
  if (message.startsWith(TRUNCATED)) {
    return makeError(
      'ERR_TRUNCATED',
      'The stream ended inside a frame. The service or something in between closed the connection. ' +
        'Call again.',
      { retryable: true, phase: 'stream', cause },
    );
  }
  // Its message and its cause would quote the payload.
  if (name === 'SyntaxError') return protocolError('The AWS client cannot read the stream: it is not JSON');
  const isOfConnection = typeof code === 'string' || name === 'TypeError' || name === 'AbortError';
  return isOfConnection
    ? connectionError(cause, endpoint, 'stream')
    : protocolError(`The AWS client cannot read the stream: ${message.split('\n')[0]}`, cause);
}

/** Reads the headers that a request handler of the AWS client returns. Those of HTTP/2 that begin with a colon are dropped. */
export function toHeaders(given: Readonly<Record<string, string>> = {}): Headers {
  return new Headers(Object.entries(given).filter(([name]) => !name.startsWith(':')));
}
