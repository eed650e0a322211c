import { type BedrockError, type BedrockErrorCode, isBedrockError } from '../../index.js';
import type { PiAssistantMessage } from './types.js';

/**
 * Why a call failed, from a closed set:
 *
 * | reason | what happened |
 * |---|---|
 * | `context_overflow` | the conversation is longer than the model reads |
 * | `invalid_request` | the request or an option is wrong |
 * | `credentials` | none were found, or the service did not accept them |
 * | `access_denied` | the credentials may not do this |
 * | `model_unavailable` | this model cannot be used: it needs a profile, is retired, or the account has no access; another may work |
 * | `not_found` | the model, profile or guardrail does not exist in this region |
 * | `throttled` | too many requests or tokens for now |
 * | `quota` | a quota that does not reset soon |
 * | `model` | the model failed, is not ready, or timed out |
 * | `service` | the service failed |
 * | `network` | no answer arrived, or the connection broke |
 * | `redirect` | the endpoint answered with a redirect |
 * | `timeout` | a time limit of this library or of the runtime expired |
 * | `truncated` | the answer stopped before it was complete |
 * | `protocol` | Bedrock does not send such bytes |
 * | `guardrail` | a guardrail stopped the answer |
 * | `content_filtered` | the model's own filter stopped the answer |
 * | `malformed_output` | the model wrote something that the service could not read |
 * | `stopped` | the model stopped for a reason that pi has no word for |
 * | `aborted` | the caller ended the call |
 * | `unknown` | something else, such as a failing `onPayload` |
 */
export type BedrockFailureReason =
  | 'context_overflow'
  | 'invalid_request'
  | 'credentials'
  | 'access_denied'
  | 'model_unavailable'
  | 'not_found'
  | 'throttled'
  | 'quota'
  | 'model'
  | 'service'
  | 'network'
  | 'redirect'
  | 'timeout'
  | 'truncated'
  | 'protocol'
  | 'guardrail'
  | 'content_filtered'
  | 'malformed_output'
  | 'stopped'
  | 'aborted'
  | 'unknown';

/** A failure, as stored with a message. */
export interface BedrockFailure {
  reason: BedrockFailureReason;
  /** Code of the BedrockError; undefined if the failure is not one, such as an abort. */
  code?: BedrockErrorCode;
  /** Whether the same call may succeed if it is made again. */
  retryable: boolean;
  /** How long to wait before the next call, as the service asked, in milliseconds. */
  retryAfterMs?: number;
  /** AWS's exception name, or the kind of failure. */
  name?: string;
  /** HTTP status. */
  status?: number;
  /** AWS's id of the request. */
  requestId?: string;
  /** How many requests were sent. */
  attempts?: number;
  /** The service's stop reason, if pi has no word for it. */
  rawStopReason?: string;
}

/** Type of the diagnostic in a failed message. */
export const FAILURE_DIAGNOSTIC = 'bedrock_failure';

const REASONS: Readonly<Record<BedrockErrorCode, BedrockFailureReason>> = {
  ERR_INPUT: 'invalid_request',
  ERR_CREDENTIALS: 'credentials',
  ERR_ACCESS_DENIED: 'access_denied',
  ERR_NOT_FOUND: 'not_found',
  ERR_THROTTLED: 'throttled',
  ERR_QUOTA: 'quota',
  ERR_MODEL: 'model',
  ERR_SERVICE: 'service',
  ERR_NETWORK: 'network',
  ERR_REDIRECT: 'redirect',
  ERR_TIMEOUT: 'timeout',
  ERR_CANCELLED: 'aborted',
  ERR_TRUNCATED: 'truncated',
  ERR_PROTOCOL: 'protocol',
};

/** Stop reasons that pi has no word for. */
const STOPS: ReadonlyMap<string, BedrockFailureReason> = new Map([
  ['guardrail_intervened', 'guardrail'],
  ['content_filtered', 'content_filtered'],
  ['malformed_model_output', 'malformed_output'],
  ['malformed_tool_use', 'malformed_output'],
]);

/** How pi's own provider begins its messages: its retries and its overflow test look for these words. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['InternalServerException', 'Internal server error'],
  ['ModelStreamErrorException', 'Model stream error'],
  ['ValidationException', 'Validation error'],
  ['ThrottlingException', 'Throttling error'],
  ['ServiceUnavailableException', 'Service unavailable'],
]);

/**
 * How the families report that a conversation is too long: Claude (prompt is too long; input length and max_tokens exceed
 * context limit), Nova (number of input tokens exceeds maximum length), Titan (too many input tokens), Llama and Mistral
 * (maximum context length), Cohere and others (too large for model with … maximum context length), GPT (prompt tokens exceed model
 * maximum), Grok (maximum prompt length), Kimi (exceeded model token limit). The exception is the one for everything else that is
 * wrong with a request or, in the middle of a stream, with a model, so only the words differ. They are recorded in
 * test/refusals/overflows.ts.
 */
const OVERFLOW =
  /(input|prompt) is too long|exceed(s|ed)? (the )?(model'?s? )?(max(imum)? )?(context|input token|token limit)|exceed(s|ed)? (customer )?model maximum|input tokens? exceed|too many input tokens|maximum (context|prompt) length|longer than the model'?s context|context (window|length)[ _]exceed|exceeds (the )?maximum (length|number of (input )?tokens)/i;

/**
 * What the service says about a model that cannot be used here, in three exceptions. The sentences are recorded in
 * test/refusals/answers.ts.
 */
const UNAVAILABLE =
  /on-demand throughput|provided model identifier|marked by provider as Legacy|end of its life|have access to the model|model access is denied|subscription for (the|this) model|use case details have not|from unsupported countries|data retention mode/i;

/** The failure behind an error. */
export function failureOfError(error: unknown): BedrockFailure {
  if (!isBedrockError(error)) return { reason: 'unknown', retryable: false };
  const { code, name, retryable, retryAfterMs, status, requestId, attempts, message } = error;
  const reason = reasonOf(code, message);
  return {
    reason,
    code,
    name,
    // The same conversation would be too long again, whatever the exception says.
    retryable: retryable && reason !== 'context_overflow',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(attempts > 0 && { attempts }),
  };
}

function reasonOf(code: BedrockErrorCode, message: string): BedrockFailureReason {
  switch (code) {
    case 'ERR_INPUT':
    case 'ERR_MODEL':
      if (OVERFLOW.test(message)) return 'context_overflow';
      break;
    case 'ERR_ACCESS_DENIED':
    case 'ERR_NOT_FOUND':
      break;
    default:
      // A newer copy of the library may have codes that are unknown here.
      return Object.hasOwn(REASONS, code) ? REASONS[code] : 'unknown';
  }
  return UNAVAILABLE.test(message) ? 'model_unavailable' : REASONS[code];
}

/** The failure behind a stop reason that pi has no word for. Only a single word is repeated: a peer can send any text. */
export function failureOfStop(rawStopReason: string): BedrockFailure {
  const isWord = /^[\w-]{1,64}$/.test(rawStopReason);
  return {
    reason: STOPS.get(rawStopReason) ?? 'stopped',
    retryable: false,
    ...(isWord && { rawStopReason }),
  };
}

/**
 * The text for an error: pi's own beginning, the service's words, and at the end a mark for programs, because some of them see
 * nothing but this text.
 */
export function errorText(error: unknown, failure: BedrockFailure): string {
  return `${isBedrockError(error) ? withPrefix(error) : messageOf(error)} ${mark(failure)}`;
}

/** The message of anything that was thrown, even of a value that cannot become a string. */
function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'Something was thrown that is not an error.';
  }
}

/** AWS's exceptions with their name, as in pi's own provider. Failures of this library do not need one. */
function withPrefix({ name, message }: BedrockError): string {
  return name.endsWith('Error') ? message : `${PREFIXES.get(name) ?? name}: ${message}`;
}

/** The failure in brackets, for {@link bedrockFailure}. */
export function mark({ code, reason, retryable }: BedrockFailure): string {
  const isPlain = code !== undefined && REASONS[code] === reason;
  const words = [
    code ?? 'bedrock',
    isPlain ? undefined : reason.replaceAll('_', ' '),
    retryable ? 'retryable' : undefined,
  ];
  return `[${words.filter((word) => word !== undefined).join(', ')}]`;
}

/**
 * Why an answer failed, with a type. Pass a message that stopped with `error` or `aborted`, an error of this library, or just
 * an `errorMessage`, which is all that OpenClaw passes to `classifyFailoverReason` and `matchesContextOverflowError`; a text
 * gives `reason`, `code` and `retryable` only. Undefined for anything that is not a failure of this adapter.
 *
 * @example
 * ```ts
 * import { bedrockFailure } from 'bedrock-anywhere/pi';
 *
 * const failure = bedrockFailure('Throttling error: Too many requests. [ERR_THROTTLED, retryable]');
 * if (failure?.reason === 'throttled') console.log(failure.retryable);
 * ```
 */
export function bedrockFailure(failed: PiAssistantMessage | unknown): BedrockFailure | undefined {
  if (typeof failed === 'string') return failureOfText(failed);
  if (isBedrockError(failed)) return failureOfError(failed);
  if (typeof failed !== 'object' || failed === null) return undefined;
  const { diagnostics, errorMessage, message } = failed as Partial<PiAssistantMessage> & {
    message?: unknown;
  };
  const kept = Array.isArray(diagnostics)
    ? diagnostics.find((diagnostic) => diagnostic?.type === FAILURE_DIAGNOSTIC)
    : undefined;
  if (typeof kept?.details === 'object' && kept.details !== null)
    return kept.details as unknown as BedrockFailure;
  const text = errorMessage ?? message;
  return typeof text === 'string' ? failureOfText(text) : undefined;
}

const KNOWN_REASONS: ReadonlySet<string> = new Set<BedrockFailureReason>([
  ...Object.values(REASONS),
  ...STOPS.values(),
  'context_overflow',
  'model_unavailable',
  'stopped',
  'aborted',
  'unknown',
]);

/** Reads the last mark in a text: whatever wrapped the error may have added words after it. */
function failureOfText(text: string): BedrockFailure | undefined {
  const [first = '', rest = ''] =
    [...text.matchAll(/\[(ERR_[A-Z_]+|bedrock)((?:, [a-z ]+)*)\]/g)].at(-1)?.slice(1) ?? [];
  const words = rest.split(', ').map((word) => word.replaceAll(' ', '_'));
  const code = Object.hasOwn(REASONS, first) ? (first as BedrockErrorCode) : undefined;
  const named = words.find((word) => KNOWN_REASONS.has(word)) as BedrockFailureReason | undefined;
  const reason = named ?? (code && REASONS[code]);
  if (reason === undefined) return undefined;
  return { reason, ...(code && { code }), retryable: words.includes('retryable') };
}
