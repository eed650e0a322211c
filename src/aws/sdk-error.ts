import { neededPermission, type Operation } from '../catalog/permissions.js';
import { type BedrockError, inputError, isBedrockError, makeError, withFacts } from '../errors.js';
import { connectionError } from '../transport/connection-error.js';
import { errorOfException, errorOfResponse, retryAfterMs } from '../wire/error-body.js';
import { protocolError } from '../wire/frame.js';

/** How far a call of the AWS client has come. */
export interface Progress {
  operation: string;
  modelId: string | undefined;
  /** Where the last request went; undefined while none was sent. */
  endpoint: URL | undefined;
  /** The status of the last answer; undefined while there was none. */
  status: number | undefined;
  requestId: string | undefined;
}

/** What errors of the AWS client carry, each of them or none. */
interface SdkFacts {
  name: string;
  message: string;
  code?: unknown;
  $fault?: unknown;
  $metadata?: { requestId?: string };
  $response?: { headers?: Record<string, string> };
}

/** Names of errors that say nothing of the service: those of the language, and of runtimes. */
const NOT_OF_THE_SERVICE = /^(?:(?:Type|Syntax|Range|Reference)?Error|AbortError|TimeoutError)$/;
const CREDENTIALS = /Credential|Token|SSO|ProviderError|NoAuth/i;
/** What AWS's decoder says of a stream that ends inside a frame. */
const CUT = 'Truncated event message received.';

/** The error of this library for one of the AWS client. */
export function fromSdkError(cause: unknown, progress: Progress): BedrockError {
  const facts = (typeof cause === 'object' && cause !== null ? cause : {}) as Partial<SdkFacts>;
  const error = mapped(cause, facts, progress);
  return withFacts(error, {
    // The client has made its own retries.
    again: 'never',
    requestId: error.requestId ?? facts.$metadata?.requestId ?? progress.requestId,
  });
}

function mapped(cause: unknown, facts: Partial<SdkFacts>, progress: Progress): BedrockError {
  if (isBedrockError(cause)) return cause;
  const { endpoint, status } = progress;
  if (endpoint === undefined) return unsent(cause, facts);
  if (facts.$fault === undefined && status !== undefined && status >= 300)
    return errorOfResponse(status, answerHeaders(facts.$response?.headers), '', { phase: 'request', cause });
  const { name = 'Error' } = facts;
  if (facts.$fault !== undefined || (status !== undefined && !NOT_OF_THE_SERVICE.test(name)))
    return serviceError(cause, facts, progress);
  if (name === 'TimeoutError') return timeoutError(cause, facts);
  if (status === undefined) return connectionError(cause, endpoint, 'request');
  return brokenStream(cause, facts, endpoint);
}

/** Nothing was sent: the client could not make a request. */
function unsent(
  cause: unknown,
  { name = 'Error', message = String(cause) }: Partial<SdkFacts>,
): BedrockError {
  const said = `The AWS client sent nothing: ${message.replace(/\.$/, '')}.`;
  if (!CREDENTIALS.test(name) && !/\b(credentials?|token)\b/i.test(message)) {
    return inputError(`${said} Check the request and what the client was made with.`, cause);
  }
  return makeError('ERR_CREDENTIALS', `${said} Check the credentials that the client was made with.`, {
    cause,
  });
}

/** An exception of the service, in an answer or in the stream. */
function serviceError(cause: unknown, facts: Partial<SdkFacts>, progress: Progress): BedrockError {
  const { status = 0, operation, modelId } = progress;
  const headers = answerHeaders(facts.$response?.headers);
  const isAnswer = status >= 300;
  return errorOfException(
    // What the client says where the answer has no name or message.
    facts.name === 'Unknown' ? undefined : capitalized(facts.name),
    facts.message === 'UnknownError' || facts.message === 'Unknown' ? undefined : messageOf(facts),
    {
      phase: isAnswer ? 'request' : 'stream',
      status: isAnswer ? status : undefined,
      retryAfterMs: retryAfterMs(headers.get('retry-after'), headers.get('date')),
      cause,
    },
    neededPermission(operation as Operation, modelId),
  );
}

/** In a frame, exceptions that the model does not list have their name as it stands there. */
function capitalized(name = 'UnknownException'): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** An exception that the model does not list comes as its JSON, and with a hint where it is the first frame. */
function messageOf({ message = '', $fault }: Partial<SdkFacts>): string {
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

/** The stream has failed and no exception says why: the connection, or the bytes. */
function brokenStream(
  cause: unknown,
  { name, code, message = '' }: Partial<SdkFacts>,
  endpoint: URL,
): BedrockError {
  if (message.startsWith(CUT)) {
    return makeError(
      'ERR_TRUNCATED',
      'The stream ended inside a frame. The connection was cut by the service or something in between. ' +
        'Make the call again.',
      { retryable: true, phase: 'stream', cause },
    );
  }
  const isOfConnection = typeof code === 'string' || name === 'TypeError' || name === 'AbortError';
  return isOfConnection
    ? connectionError(cause, endpoint, 'stream')
    : protocolError(`The AWS client cannot read the stream: ${message.split('\n')[0]}`, cause);
}

/** Headers as the AWS client's request handlers give them; those of HTTP/2 that begin with a colon are no headers. */
export function answerHeaders(given: Readonly<Record<string, string>> = {}): Headers {
  return new Headers(Object.entries(given).filter(([name]) => !name.startsWith(':')));
}
