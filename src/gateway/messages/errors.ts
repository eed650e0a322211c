import { anthropicLimitHeaders } from '../budgets/headers.js';
import type { Failure, FailureKind } from '../failure.js';
import type { ErrorWriter } from '../protocol.js';

/** Anthropic's `type` for each failure. */
const TYPES: Readonly<Record<FailureKind, string>> = {
  input: 'invalid_request_error',
  'too-long': 'invalid_request_error',
  'no-key': 'authentication_error',
  'not-allowed': 'permission_error',
  'unknown-model': 'not_found_error',
  'unknown-item': 'not_found_error',
  'no-route': 'not_found_error',
  'wrong-method': 'not_found_error',
  'too-large': 'request_too_large',
  'wrong-encoding': 'invalid_request_error',
  throttled: 'rate_limit_error',
  quota: 'rate_limit_error',
  busy: 'rate_limit_error',
  closing: 'overloaded_error',
  misconfigured: 'api_error',
  model: 'api_error',
  service: 'api_error',
  unavailable: 'overloaded_error',
  timeout: 'timeout_error',
  gone: 'api_error',
};

/** Anthropic's Messages. */
export const messagesErrors: ErrorWriter = {
  requestIdHeader: 'request-id',
  limitHeaders: anthropicLimitHeaders,
  status: ({ kind, status }) => (TYPES[kind] === 'overloaded_error' ? 529 : status),
  body: ({ kind, message, param, details }: Failure, requestId) => ({
    type: 'error',
    // The protocol has no member for the field, so that the message has to name it.
    error: { type: TYPES[kind], message: withParam(message, param), ...(details && { details }) },
    request_id: requestId,
  }),
};

function withParam(message: string, param: string | undefined): string {
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
}
