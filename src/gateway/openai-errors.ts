import { openAiLimitHeaders } from './budgets/headers.js';
import type { Failure, FailureKind } from './failure.js';
import type { ErrorWriter } from './protocol.js';

/** OpenAI's `type` and `code` for each failure. Codex decides by some of the codes. */
const NAMES: Readonly<Record<FailureKind, readonly [type: string, code: string | null]>> = {
  input: ['invalid_request_error', null],
  'too-long': ['invalid_request_error', 'context_length_exceeded'],
  'no-key': ['invalid_request_error', 'invalid_api_key'],
  'not-allowed': ['permission_error', null],
  'unknown-model': ['invalid_request_error', 'model_not_found'],
  'unknown-item': ['invalid_request_error', null],
  'no-route': ['invalid_request_error', null],
  'wrong-method': ['invalid_request_error', null],
  'too-large': ['invalid_request_error', null],
  'wrong-encoding': ['invalid_request_error', null],
  throttled: ['rate_limit_error', 'rate_limit_exceeded'],
  quota: ['insufficient_quota', 'insufficient_quota'],
  busy: ['rate_limit_error', 'rate_limit_exceeded'],
  closing: ['server_error', 'server_error'],
  misconfigured: ['server_error', 'server_error'],
  model: ['server_error', 'server_error'],
  service: ['server_error', 'server_error'],
  unavailable: ['server_error', 'server_error'],
  timeout: ['server_error', 'server_error'],
  gone: ['server_error', 'server_error'],
};

/** The members of OpenAI's `error`. */
export function openAiError({ kind, message, param, code }: Failure) {
  const [type, usual] = NAMES[kind];
  return { message, type, param: param ?? null, code: code ?? usual };
}

/** Chat Completions and Responses. An `error` that is a string would lose its message in the client. */
export const openAiErrors: ErrorWriter = {
  requestIdHeader: 'x-request-id',
  body: (failure) => ({ error: openAiError(failure) }),
  limitHeaders: openAiLimitHeaders,
};
