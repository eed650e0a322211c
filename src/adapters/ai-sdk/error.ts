import { type BedrockError, isBedrockError } from '../../index.js';

/** The AI SDK recognizes its errors by symbols, in any copy of itself, and so needs no class of its own here. */
const MARK = 'vercel.ai.error';

/** An error of the AI SDK, by the name that `isInstance()` looks for. */
export function aiSdkError<Facts extends object>(
  name:
    | 'AI_APICallError'
    | 'AI_InvalidArgumentError'
    | 'AI_NoSuchModelError'
    | 'AI_UnsupportedFunctionalityError',
  message: string,
  facts: Facts & { cause?: unknown },
): Error & Facts {
  const error = new Error(message, facts.cause === undefined ? undefined : { cause: facts.cause });
  for (const mark of [MARK, `${MARK}.${name}`])
    Object.defineProperty(error, Symbol.for(mark), { value: true });
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  const { cause: _set, ...members } = facts;
  return Object.assign(error, members as Facts);
}

/** Something in a prompt that Converse has no place for. */
export function unsupportedError(functionality: string, advice: string): Error {
  return aiSdkError(
    'AI_UnsupportedFunctionalityError',
    `Amazon Bedrock does not support ${functionality}. ${advice}`,
    {
      functionality,
    },
  );
}

/** A wrong value among the provider's options. */
export function argumentError(argument: string, wanted: string): Error {
  return aiSdkError('AI_InvalidArgumentError', `${argument} is not ${wanted}.`, { argument });
}

/**
 * The AI SDK's `APICallError` for a failed call, with the BedrockError as its cause; anything else, such as the caller's own
 * reason for an abort, stays as it is. Headers and body are those that the BedrockError was made from: a transport may
 * send without HTTP.
 *
 * @param path The operation's path, such as `/model/…/converse`.
 */
export function toCallError(error: unknown, path: string, requestBodyValues: unknown): unknown {
  if (!isBedrockError(error)) return error;
  const { message, retryable } = error;
  const status = error.status ?? STATUSES[error.name];
  return aiSdkError('AI_APICallError', message, {
    url: path,
    requestBodyValues,
    statusCode: status,
    responseHeaders: headersOf(error),
    responseBody: status === undefined ? undefined : JSON.stringify({ __type: error.name, message }),
    isRetryable: retryable,
    data: { code: error.code, name: error.name },
    cause: error,
  });
}

/** The status that an exception in a stream has as a response. Source: Amazon Bedrock API reference, `ConverseStream`, 2026-11-28. */
const STATUSES: Readonly<Record<string, number>> = {
  InternalServerException: 500,
  ModelStreamErrorException: 424,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,
};

/** `ai` waits as long as these say before it calls again. */
function headersOf({ requestId, retryAfterMs }: BedrockError): Record<string, string> {
  return {
    ...(requestId !== undefined && { 'x-amzn-requestid': requestId }),
    ...(retryAfterMs !== undefined && { 'retry-after-ms': String(retryAfterMs) }),
  };
}
