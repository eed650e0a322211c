import type { Failure, FailureKind } from '../failure.js';
import type { ErrorWriter } from '../protocol.js';

/** AWS's exception for each failure. Clients of AWS repeat 429 and 5xx, and take a 403 for final. */
const EXCEPTIONS: Readonly<Record<FailureKind, readonly [status: number, name: string]>> = {
  input: [400, 'ValidationException'],
  'too-long': [400, 'ValidationException'],
  'no-key': [403, 'AccessDeniedException'],
  'not-allowed': [403, 'AccessDeniedException'],
  'unknown-model': [400, 'ValidationException'],
  'unknown-item': [404, 'ResourceNotFoundException'],
  'no-route': [404, 'UnknownOperationException'],
  'wrong-method': [405, 'UnknownOperationException'],
  'too-large': [413, 'RequestEntityTooLargeException'],
  'wrong-encoding': [415, 'SerializationException'],
  throttled: [429, 'ThrottlingException'],
  quota: [400, 'ServiceQuotaExceededException'],
  busy: [429, 'ThrottlingException'],
  closing: [503, 'ServiceUnavailableException'],
  misconfigured: [403, 'AccessDeniedException'],
  model: [424, 'ModelErrorException'],
  service: [500, 'InternalServerException'],
  unavailable: [503, 'ServiceUnavailableException'],
  timeout: [408, 'ModelTimeoutException'],
  gone: [499, 'InternalServerException'],
};

/** What AWS says itself, in front of our own words. */
const WORDS: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  MissingAuthenticationTokenException: 'Missing Authentication Token.',
  'no-key': 'Authentication failed: Please make sure your API Key is valid.',
  'unknown-model': 'The provided model identifier is invalid.',
};

/** AWS's name for a failure. */
export function exceptionOf({ kind, exception }: Failure): string {
  return exception ?? EXCEPTIONS[kind][1];
}

/** What a client of AWS is told. */
export function wordsOf({ kind, exception, message }: Failure): string {
  const words = WORDS[exception ?? kind];
  return words === undefined ? message : `${words} ${message}`;
}

/** Bedrock's own paths. */
export const awsErrors: ErrorWriter = {
  requestIdHeader: 'x-amzn-requestid',
  status: ({ kind }) => EXCEPTIONS[kind][0],
  body: (failure) => ({ message: wordsOf(failure) }),
  headers: (failure) => ({ 'x-amzn-errortype': exceptionOf(failure) }),
};
