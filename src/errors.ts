import { BedrockError, type BedrockErrorInit } from './bedrock-error.js';

export {
  BedrockError,
  type BedrockErrorCode,
  type BedrockErrorInit,
  type BedrockErrorPhase,
  isBedrockError,
  type Verdict,
} from './bedrock-error.js';

/** Facts about an error that may become known after it was made. */
type LateFacts = Omit<Partial<BedrockErrorInit>, 'message' | 'cause'>;

/** A copy of an error with more facts: other code may hold the error itself. Facts that are undefined change nothing. */
export function withFacts(error: BedrockError, facts: LateFacts): BedrockError {
  const { stack: _own, ...kept } = Object.getOwnPropertyDescriptors(error);
  const late = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const copy = new BedrockError({ code: error.code, message: error.message, ...late });
  if (error.stack !== undefined) copy.stack = error.stack;
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
  const others = Object.entries(kept).filter(([name]) => !Object.hasOwn(late, name));
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

/** A wrong request or option: the message says what is wrong, why it cannot work and what to do. */
export function inputError(message: string, cause?: unknown): BedrockError {
  return new BedrockError({ code: 'ERR_INPUT', name: 'InputError', message, cause });
}
