interface Known {
  status: number;
  /** What the service says if nothing more specific is known. */
  message?: string;
  /** Raised in front of Bedrock, whose own exceptions carry a namespace in `x-amzn-errortype`. */
  isFrontDoor?: boolean;
}

const UNEXPECTED = 'The system encountered an unexpected error during processing. Try your request again.';

/**
 * Exceptions that Bedrock and its front door answer with; of those with the same status, the usual one comes first.
 * Source: the service models of AWS. Not the client's table: a mistake there has to show here.
 */
const EXCEPTIONS: Readonly<Record<string, Known>> = {
  ValidationException: {
    status: 400,
    message: 'The input fails to satisfy the constraints specified by the service.',
  },
  ConflictException: { status: 400 },
  SerializationException: { status: 400 },
  ServiceQuotaExceededException: {
    status: 400,
    message: 'Your request exceeds the service quota for your account.',
  },
  AccessDeniedException: {
    status: 403,
    message: 'User is not authorized to perform this action.',
    isFrontDoor: true,
  },
  ExpiredTokenException: { status: 403, isFrontDoor: true },
  IncompleteSignatureException: { status: 403, isFrontDoor: true },
  InvalidSignatureException: { status: 403, isFrontDoor: true },
  MissingAuthenticationTokenException: { status: 403, isFrontDoor: true },
  UnrecognizedClientException: { status: 403, isFrontDoor: true },
  ResourceNotFoundException: {
    status: 404,
    message: 'Could not resolve the foundation model from the provided model identifier.',
  },
  UnknownOperationException: { status: 404, isFrontDoor: true },
  ModelTimeoutException: {
    status: 408,
    message: 'Model has timed out in processing the request. Try your request again.',
  },
  RequestEntityTooLargeException: { status: 413 },
  ModelErrorException: { status: 424, message: UNEXPECTED },
  ModelStreamErrorException: { status: 424, message: UNEXPECTED },
  ThrottlingException: {
    status: 429,
    message: 'Too many requests, please wait before trying again.',
  },
  ModelNotReadyException: {
    status: 429,
    message: 'The model is not ready for inference. Wait and try your request again.',
  },
  InternalServerException: { status: 500, message: UNEXPECTED },
  ServiceUnavailableException: { status: 503, message: 'Bedrock is unable to process your request.' },
};

/** An error that the service answers with. */
export class ServiceException extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Headers beyond AWS's own, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the front door raises it, and not the service behind it. */
  readonly isFrontDoor: boolean;

  constructor(name: string, message?: string, status?: number, headers: Record<string, string> = {}) {
    super(message ?? messageOf(name));
    this.isFrontDoor = knownException(name)?.isFrontDoor === true;
    Object.defineProperty(this, 'name', { value: name });
    this.status = status ?? knownException(name)?.status ?? 400;
    this.headers = headers;
  }
}

/** What the service itself says to a model that the account may not use; IAM's refusals look different. */
export class ModelAccessException extends ServiceException {
  override readonly isFrontDoor = false;

  constructor(message: string) {
    super('AccessDeniedException', message);
  }
}

/** The refusal of an API key, which other protocols tell from a missing permission. */
export class ApiKeyException extends ServiceException {
  constructor(message: string) {
    super('AccessDeniedException', message);
  }
}

/** A ValidationException. */
export function invalid(message: string): ServiceException {
  return new ServiceException('ValidationException', message);
}

/** The usual message of an exception. */
export function messageOf(name: string): string {
  const known = knownException(name)?.message;
  return known ?? `The local Bedrock was told to fail with ${capitalize(name)}.`;
}

function knownException(name: string): Known | undefined {
  const whole = capitalize(name);
  return Object.hasOwn(EXCEPTIONS, whole) ? EXCEPTIONS[whole] : undefined;
}

/** The name of the exception that usually goes with an HTTP status. */
export function nameOfStatus(status: number): string {
  const [name] = Object.entries(EXCEPTIONS).find(([, known]) => known.status === status) ?? [];
  return name ?? (status >= 500 ? 'InternalFailure' : 'ValidationException');
}

/** The name of an exception as AWS's models write it; inside a stream it starts with a small letter. */
export function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A complete response, apart from its status. */
export interface WholeReply {
  headers: Record<string, string>;
  body: string;
}

/** Writes an exception as Bedrock does. */
export function writeBedrockException(exception: ServiceException): WholeReply {
  const { name, headers } = exception;
  return {
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': `${name}${suffixOf(exception)}`,
      ...headers,
    },
    body: JSON.stringify(bodyOf(exception)),
  };
}

/** Names whose header was recorded with the namespace of AWS's own framework (ruby_llm, New Relic, dd-trace-py, 2025). */
const OF_FRAMEWORK = new Set(['ExpiredTokenException', 'UnrecognizedClientException']);

function suffixOf({ name, isFrontDoor }: ServiceException): string {
  if (OF_FRAMEWORK.has(name)) return ':http://internal.amazon.com/coral/com.amazon.coral.service/';
  return isFrontDoor ? '' : ':http://internal.amazon.com/coral/com.amazon.bedrock/';
}

function bodyOf({ name, message, isFrontDoor }: ServiceException): object {
  if (name === 'UnknownOperationException') {
    return { Output: { __type: `com.amazon.coral.service#${name}`, message }, Version: '1.0', message };
  }
  // The authorizer writes the member with a capital, the service itself without.
  return name === 'AccessDeniedException' && isFrontDoor ? { Message: message } : { message };
}
