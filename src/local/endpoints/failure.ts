import { ApiKeyException, ServiceException, type WholeReply } from '../exception.js';
import type { EndpointApi } from '../http/routes.js';

/** A refusal with what only OpenAI's protocol says about it. */
export class EndpointException extends ServiceException {
  /** The member of the request that is wrong. */
  readonly param: string | undefined;
  /** Null for none; undefined for the usual one. */
  readonly code: string | null | undefined;

  constructor(
    name: string,
    message: string,
    status: number,
    more: { param?: string; code?: string | null } = {},
  ) {
    super(name, message, status);
    this.param = more.param;
    this.code = more.code;
  }
}

/** The refusal of a request whose member is wrong. The code is the one that bedrock-mantle was recorded with. */
export function invalidParameter(message: string, param?: string): EndpointException {
  return new EndpointException('ValidationException', message, 400, {
    code: 'validation_error',
    ...(param !== undefined && { param }),
  });
}

/** Exceptions about a signature, which is AWS's idea. No answer of these paths to a wrong one was recorded. */
const OF_SIGNATURE =
  /^(?:ExpiredToken|IncompleteSignature|InvalidSignature|MissingAuthenticationToken|UnrecognizedClient)/;

type Kind = readonly [status: number, type: string, code: string | null];

/**
 * How OpenAI's paths report an exception. Recorded: `validation_error` (NousResearch/hermes-agent#52316, 2026-08-30),
 * `permission_denied_error` with 401 (BerriAI/litellm#33027, 2026-07-13; others until 2026-09), `invalid_api_key` and
 * `model_not_found`. One source has 403 for a missing permission. The others are the types and codes of OpenAI.
 */
function kindOfOpenAi(exception: ServiceException): Kind {
  const { name, status } = exception;
  if (exception instanceof ApiKeyException) return [401, 'invalid_request_error', 'invalid_api_key'];
  if (OF_SIGNATURE.test(name) || name === 'AccessDeniedException')
    return [401, 'permission_denied_error', 'access_denied'];
  switch (true) {
    case status === 404:
      return [404, 'invalid_request_error', 'model_not_found'];
    case status === 413:
      return [413, 'invalid_request_error', 'request_too_large'];
    case status === 429:
      return [429, 'rate_limit_error', 'rate_limit_exceeded'];
    case status === 503:
      return [503, 'server_error', 'service_unavailable'];
    case status >= 500 || status === 408 || status === 424:
      return [status, 'server_error', 'server_error'];
    default:
      return [status, 'invalid_request_error', 'validation_error'];
  }
}

/**
 * How Anthropic's paths report one. Recorded: `permission_error` with 403 and `not_found_error`, both on bedrock-mantle (2026-07 to
 * 09). The others are those of Anthropic's own API.
 */
function kindOfAnthropic(exception: ServiceException): Kind {
  const { name, status } = exception;
  if (exception instanceof ApiKeyException || OF_SIGNATURE.test(name))
    return [401, 'authentication_error', null];
  if (name === 'AccessDeniedException') return [403, 'permission_error', null];
  const types: Readonly<Record<number, string>> = {
    403: 'permission_error',
    404: 'not_found_error',
    408: 'timeout_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    503: 'overloaded_error',
    529: 'overloaded_error',
  };
  return [
    status,
    types[status] ?? (status < 500 && status !== 424 ? 'invalid_request_error' : 'api_error'),
    null,
  ];
}

/** The status that a protocol reports an exception with. */
export function statusOf(exception: ServiceException, api: EndpointApi): number {
  if (exception.name === 'UnknownOperationException') return exception.status;
  return (api === 'openai' ? kindOfOpenAi : kindOfAnthropic)(exception)[0];
}

/** Writes an exception as a protocol does. */
export function writeEndpointException(
  exception: ServiceException,
  api: EndpointApi,
  requestId: string,
): WholeReply {
  return {
    headers: { 'content-type': 'application/json', ...exception.headers },
    body: JSON.stringify(writeBody(exception, api, requestId)),
  };
}

function writeBody(exception: ServiceException, api: EndpointApi, requestId: string): object {
  // Recorded on bedrock-runtime, with status 200 (notebooks of aws-samples, 2026-08-20).
  if (exception.name === 'UnknownOperationException' && exception.status === 200) {
    return { Output: { __type: `com.amazon.coral.service#${exception.name}` }, Version: '1.0' };
  }
  return api === 'openai' ? { error: openAiErrorOf(exception) } : writeAnthropicError(exception, requestId);
}

/** An error as OpenAI's protocol writes it. */
export function openAiErrorOf(exception: ServiceException): {
  code: string | null;
  message: string;
  param: string | null;
  type: string;
} {
  const [, type, code] = kindOfOpenAi(exception);
  const { param = null, code: own } = exception as Partial<EndpointException>;
  return { code: own === undefined ? code : own, message: exception.message, param, type };
}

/** An error as Anthropic's protocol writes it. */
export function writeAnthropicError(exception: ServiceException, requestId: string): object {
  const [, type] = kindOfAnthropic(exception);
  const request_id = `req_${requestId.replaceAll('-', '')}`;
  return { type: 'error', request_id, error: { type, message: exception.message } };
}
