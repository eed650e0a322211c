import { bedrockFailure } from 'bedrock-anywhere/pi';

/**
 * OpenClaw's word for each reason of ours. What it is to make nothing of, such as an abort or a filter's intervention, has
 * none: another model must not answer what one of them stopped.
 *
 * @type {Readonly<Partial<Record<
 *   import('bedrock-anywhere/pi').BedrockFailureReason,
 *   import('openclaw/plugin-sdk/plugin-entry').FailoverReason
 * >>>}
 */
const REASONS = {
  context_overflow: 'context_overflow',
  invalid_request: 'format',
  credentials: 'auth',
  access_denied: 'auth_permanent',
  model_unavailable: 'model_not_found',
  not_found: 'model_not_found',
  throttled: 'rate_limit',
  quota: 'rate_limit',
  model: 'overloaded',
  service: 'server_error',
  network: 'timeout',
  redirect: 'format',
  timeout: 'timeout',
  truncated: 'server_error',
  protocol: 'server_error',
  malformed_output: 'server_error',
};

/**
 * Gives a failed message the code of its failure. Only then does OpenClaw always ask the plugin why an attempt failed: without a
 * code, it first goes by its own reading of the message, such as "Access denied" for a retired model.
 *
 * @param {import('bedrock-anywhere/pi').PiAssistantMessage & { errorCode?: string }} message
 */
export function noteErrorCode(message) {
  const code = bedrockFailure(message)?.code;
  if (code !== undefined) message.errorCode = code;
}

/**
 * Why an attempt failed, from the typed error that its text carries.
 *
 * @param {{ errorMessage: string }} context
 */
export function failoverReason({ errorMessage }) {
  const reason = bedrockFailure(errorMessage)?.reason;
  return reason && REASONS[reason];
}

/**
 * Whether the conversation is longer than the model reads.
 *
 * @param {{ errorMessage: string }} context
 */
export const isContextOverflow = ({ errorMessage }) =>
  bedrockFailure(errorMessage)?.reason === 'context_overflow';
