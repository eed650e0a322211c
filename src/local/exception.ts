/** Statuses of the exceptions that Bedrock and its front door answer with. Source: the service models of AWS. */
const STATUSES: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ConflictException: 400,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InternalServerException: 500,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  RequestEntityTooLargeException: 413,
  ResourceNotFoundException: 404,
  SerializationException: 400,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
  ValidationException: 400,
};

/** What the service says where nothing more is known. */
const MESSAGES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'User is not authorized to perform this action.',
  InternalServerException:
    'The system encountered an unexpected error during processing. Try your request again.',
  ModelErrorException:
    'The system encountered an unexpected error during processing. Try your request again.',
  ModelNotReadyException: 'The model is not ready for inference. Wait and try your request again.',
  ModelStreamErrorException:
    'The system encountered an unexpected error during processing. Try your request again.',
  ModelTimeoutException: 'Model has timed out in processing the request. Try your request again.',
  ResourceNotFoundException: 'Could not resolve the foundation model from the provided model identifier.',
  ServiceQuotaExceededException: 'Your request exceeds the service quota for your account.',
  ServiceUnavailableException: 'Bedrock is unable to process your request.',
  ThrottlingException: 'Too many requests, please wait before trying again.',
  ValidationException: 'The input fails to satisfy the constraints specified by the service.',
};

/** Names that the model's side of the service raises; they carry the namespace in `x-amzn-errortype`. */
const FRONT_DOOR = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

/** An error that the service answers with. */
export class ServiceException extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Headers beside AWS's own, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(name: string, message?: string, status?: number, headers: Record<string, string> = {}) {
    super(message ?? messageOf(name));
    Object.defineProperty(this, 'name', { value: name });
    this.status = status ?? statusOf(name);
    this.headers = headers;
  }
}

/** The request is wrong: ValidationException. */
export function invalid(message: string): ServiceException {
  return new ServiceException('ValidationException', message);
}

/** HTTP status of an exception of this name; 400 where the name is unknown. */
export function statusOf(name: string): number {
  return STATUSES[name] ?? 400;
}

/** Usual message of an exception of this name, whose first letter may be lower case as it is in frames. */
export function messageOf(name: string): string {
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  return MESSAGES[upper] ?? `The local Bedrock was asked to fail with ${upper}.`;
}

/** The exception that goes with an HTTP status. */
export function nameOfStatus(status: number): string {
  switch (status) {
    case 403:
      return 'AccessDeniedException';
    case 404:
      return 'ResourceNotFoundException';
    case 408:
      return 'ModelTimeoutException';
    case 424:
      return 'ModelErrorException';
    case 429:
      return 'ThrottlingException';
    case 500:
      return 'InternalServerException';
    case 503:
      return 'ServiceUnavailableException';
    default:
      return status >= 500 ? 'InternalFailure' : 'ValidationException';
  }
}

/** Headers and body of the answer for an exception, in the shape of the service. */
export function exceptionReply(exception: ServiceException): {
  headers: Record<string, string>;
  body: string;
} {
  const { name, message } = exception;
  const type = FRONT_DOOR.has(name) ? name : `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
  return {
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type, ...exception.headers },
    body: bodyOf(name, message),
  };
}

/** An exception in the shape of AWS's JSON protocol, in which Cognito answers: any fault of the caller is a 400. */
export function jsonExceptionReply({ name, message, headers }: ServiceException): {
  headers: Record<string, string>;
  body: string;
} {
  return {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': `${name}:`,
      'x-amzn-errormessage': message.replace(/[^\x20-\x7e]/g, '?'),
      ...headers,
    },
    body: JSON.stringify({ __type: name, message }),
  };
}

function bodyOf(name: string, message: string): string {
  if (name === 'UnknownOperationException') {
    return JSON.stringify({ Output: { __type: `com.amazon.coral.service#${name}` }, Version: '1.0' });
  }
  // The authorizer writes the member with a capital, the service itself without.
  return JSON.stringify(name === 'AccessDeniedException' ? { Message: message } : { message });
}
