import type { BedrockError, BedrockErrorCode } from 'bedrock-anywhere';

/** What went wrong, and what a person can do about it. */
export interface Failure {
  title: string;
  /** The words of the service or the library. */
  message: string;
  /** What helps most. */
  action: 'retry' | 'connection' | 'model' | 'settings';
  code: string | undefined;
  requestId: string | undefined;
}

type Words = readonly [title: string, action: Failure['action']];

const BY_CODE: Readonly<Record<BedrockErrorCode, Words>> = {
  ERR_INPUT: ['Bedrock did not accept this request', 'settings'],
  ERR_CREDENTIALS: ['The credentials do not work, or have expired', 'connection'],
  ERR_ACCESS_DENIED: ['Access is not allowed', 'model'],
  ERR_NOT_FOUND: ['Bedrock does not know this model here', 'model'],
  ERR_THROTTLED: ['Bedrock is busy for now', 'retry'],
  ERR_QUOTA: ['A quota is used up', 'model'],
  ERR_MODEL: ['The model failed', 'retry'],
  ERR_SERVICE: ['Bedrock failed', 'retry'],
  ERR_NETWORK: ['No connection to Bedrock', 'retry'],
  ERR_REDIRECT: ['The address leads somewhere else', 'connection'],
  ERR_TIMEOUT: ['The answer took too long', 'retry'],
  ERR_CANCELLED: ['The answer was left', 'retry'],
  ERR_TRUNCATED: ['The answer broke off', 'retry'],
  ERR_PROTOCOL: ['That was not an answer of Bedrock', 'connection'],
};

/** Says a failure in words. */
export function describeFailure(error: unknown, known: BedrockError | undefined): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (known === undefined)
    return { title: 'This did not work', message, action: 'retry', code: undefined, requestId: undefined };
  const [title, action] = BY_CODE[known.code] ?? ['This did not work', 'retry'];
  return { title, message, action, code: known.code, requestId: known.requestId };
}

/** Says why a connection failed: whatever the reason, a look at the connection helps. */
export function describeLinkFailure(error: unknown, known: BedrockError | undefined): Failure {
  const failure = describeFailure(error, known);
  return {
    ...failure,
    title: known === undefined ? 'The connection does not work' : failure.title,
    action: 'connection',
  };
}

/** Reasons why an answer ended that a reader should know. */
const STOPS: Readonly<Record<string, string>> = {
  max_tokens: 'The answer reached the limit of tokens. Raise it in the settings, or write “continue”.',
  model_context_window_exceeded: 'The conversation fills the whole context of the model.',
  guardrail_intervened: 'A guardrail stepped in.',
  content_filtered: 'The content filter of the model stepped in.',
  refusal: 'The model declined to answer.',
  stop_sequence: 'The model wrote one of the stop sequences.',
  malformed_tool_use: 'The model wrote a tool call that cannot be read. Try again.',
  malformed_model_output: 'The model wrote something that cannot be read. Try again.',
};

/** A sentence about an unusual end; undefined if the answer is simply complete. */
export function explainStop(stopReason: string | undefined): string | undefined {
  return stopReason === undefined || !Object.hasOwn(STOPS, stopReason) ? undefined : STOPS[stopReason];
}
