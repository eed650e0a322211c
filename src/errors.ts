import { BedrockError, type BedrockErrorInit } from './bedrock-error.js';

export {
  BedrockError,
  type BedrockErrorCode,
  type BedrockErrorInit,
  type BedrockErrorPhase,
  isBedrockError,
  type Verdict,
} from './bedrock-error.js';

/** The name of errors that {@link settingsError} makes. */
export const SETTINGS_ERROR = 'SettingsError';

/** Facts about an error besides what it says. */
type Facts = Omit<Partial<BedrockErrorInit>, 'message'>;

/** A copy of an error with more facts: other code may hold the error itself. Facts that are undefined change nothing. */
export function withFacts(
  error: BedrockError,
  { message = error.message, ...facts }: Facts & { message?: string | undefined },
): BedrockError {
  const { stack: _own, message: _said, ...kept } = Object.getOwnPropertyDescriptors(error);
  const copy = new BedrockError({ code: error.code, ...facts, message });
  // Logs show the stack, which begins with the message.
  if (error.stack !== undefined) copy.stack = error.stack.replace(error.message, () => message);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
  const others = Object.entries(kept).filter(([name]) => facts[name as keyof typeof facts] === undefined);
  return Object.defineProperties(copy, Object.fromEntries(others));
}

/** What something that was thrown says: anything can be thrown, even what cannot become a text. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something that is not an error';
  }
}

/** What this library finds by itself; everything else has the service's own name. */
type OwnCode =
  | 'ERR_INPUT'
  | 'ERR_CREDENTIALS'
  | 'ERR_NETWORK'
  | 'ERR_REDIRECT'
  | 'ERR_TIMEOUT'
  | 'ERR_CANCELLED'
  | 'ERR_TRUNCATED'
  | 'ERR_PROTOCOL';

/**
 * A failure that this library found, named after its code: `ERR_TIMEOUT` is a TimeoutError. The message says what happened,
 * why, and what to do.
 */
export function makeError(
  code: OwnCode,
  message: string,
  facts?: Omit<Facts, 'code' | 'name'>,
): BedrockError {
  const name = `${code.charAt(4)}${code.slice(5).toLowerCase()}Error`;
  return new BedrockError({ ...facts, code, name, message });
}

/** A setting that no request could be sent with, such as an endpoint that is not a URL: the sender of a request cannot fix it. */
export function settingsError(message: string, cause?: unknown): BedrockError {
  return new BedrockError({ code: 'ERR_INPUT', name: SETTINGS_ERROR, message, cause });
}

/** A wrong request or option. */
export function inputError(message: string, cause?: unknown): BedrockError {
  return makeError('ERR_INPUT', message, { cause });
}
