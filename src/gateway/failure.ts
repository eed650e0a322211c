import { type BedrockError, isBedrockError, SETTINGS_ERROR } from '../errors.js';
import { maskText } from '../responses/public-event.js';

/** What went wrong, in words that all three protocols share. Each protocol has its own name for it. */
export type FailureKind =
  | 'input'
  | 'too-long'
  | 'no-key'
  | 'not-allowed'
  | 'unknown-model'
  | 'unknown-item'
  | 'no-route'
  | 'wrong-method'
  | 'too-large'
  | 'wrong-encoding'
  | 'throttled'
  | 'quota'
  | 'busy'
  | 'closing'
  | 'misconfigured'
  | 'model'
  | 'service'
  | 'unavailable'
  | 'timeout'
  | 'gone';

/** A failure as clients are told about it. */
export interface Failure {
  kind: FailureKind;
  status: number;
  message: string;
  /** The field of the request that is wrong, such as `messages.0.content`. */
  param?: string | undefined;
  /** The protocol's own code, if this one has one. */
  code?: string | undefined;
  /** AWS's own exception, where the kind has several. */
  exception?: string | undefined;
  /** Anthropic's `error.details`. */
  details?: Record<string, unknown> | undefined;
  retryAfterMs?: number | undefined;
  /** The methods that a path has, for the header `allow`. */
  allow?: string | undefined;
  /** True if a limit of the model is the reason, so that another model may still be called. */
  isOfModel?: boolean | undefined;
}

/**
 * HTTP statuses by what real clients do with them: Codex repeats a 5xx thirty times and any 4xx but 400 six times, Claude Code
 * retries 401, 408, 429 and 5xx, so a fault of the request is 400 wherever the protocol allows it.
 */
const STATUSES: Readonly<Record<FailureKind, number>> = {
  input: 400,
  'too-long': 400,
  'no-key': 401,
  'not-allowed': 403,
  'unknown-model': 404,
  'unknown-item': 404,
  'no-route': 404,
  'wrong-method': 405,
  'too-large': 413,
  'wrong-encoding': 415,
  throttled: 429,
  quota: 429,
  busy: 429,
  closing: 503,
  misconfigured: 500,
  model: 502,
  service: 500,
  unavailable: 503,
  timeout: 504,
  gone: 499,
};

/** Thrown wherever the gateway itself refuses or ends a request. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(kind: FailureKind, message: string, facts: Partial<Omit<Failure, 'kind' | 'message'>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.failure = { kind, status: STATUSES[kind], message, ...facts };
  }
}

/** A field of the request that cannot be translated, with advice. */
export function refuseField(param: string, message: string): Refusal {
  return new Refusal('input', message, { param });
}

const TOO_LONG =
  /input is too long|too many (?:input )?tokens|maximum context length|input tokens exceeded|prompt is too long|exceeds? (?:the )?context limit|exceeds? the (?:model'?s? )?(?:maximum )?context/i;

const UNKNOWN_MODEL = /model identifier is invalid|on-demand throughput/i;

/** Anything that was thrown, as a failure that clients may see: without accounts, roles, hosts or keys of the gateway. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  if (isBedrockError(error)) return bedrockFailure(error);
  return failure('service', 'The gateway failed. Its log says why.');
}

function failure(kind: FailureKind, message: string, retryAfterMs?: number): Failure {
  return {
    kind,
    status: STATUSES[kind],
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function misconfigured(): Failure {
  return failure(
    'misconfigured',
    'The gateway is not set up to call this model. Its operator finds the reason in its log.',
  );
}

function bedrockFailure(error: BedrockError): Failure {
  const { code, status, retryAfterMs } = error;
  const words = maskText(error.message);
  switch (code) {
    case 'ERR_INPUT':
      if (error.name === SETTINGS_ERROR) return misconfigured();
      if (TOO_LONG.test(words)) return { ...failure('too-long', words) };
      return failure(UNKNOWN_MODEL.test(words) ? 'unknown-model' : 'input', words);
    case 'ERR_NOT_FOUND':
      return failure('unknown-model', words);
    case 'ERR_THROTTLED': {
      // Both OpenAI clients obey any header, but Codex reads the time from the message alone.
      const waitMs = Math.min(retryAfterMs ?? 1000, 60_000);
      return failure(
        'throttled',
        `Bedrock receives too many requests for this model. Please try again in ${waitMs / 1000}s.`,
        waitMs,
      );
    }
    case 'ERR_QUOTA':
      return failure(
        'quota',
        'A quota of this AWS account is used up for now. Try again later, or use another model.',
      );
    case 'ERR_CREDENTIALS':
    case 'ERR_ACCESS_DENIED':
    case 'ERR_REDIRECT':
      // A 401 or 403 would make clients ask their user for another key, which cannot help.
      return misconfigured();
    case 'ERR_TIMEOUT':
      return failure('timeout', 'The model took too long to answer.');
    case 'ERR_MODEL':
      return failure('model', `The model failed: ${words}`);
    case 'ERR_TRUNCATED':
    case 'ERR_PROTOCOL':
      return failure(
        'model',
        'The answer of the model broke off before it was complete. Send the request again.',
      );
    case 'ERR_CANCELLED':
      return failure('gone', 'The request was cancelled.');
    case 'ERR_NETWORK':
      return failure('unavailable', 'The gateway cannot reach Bedrock. Send the request again.');
    case 'ERR_SERVICE':
      return failure(status === 503 ? 'unavailable' : 'service', 'Bedrock failed. Send the request again.');
  }
}
